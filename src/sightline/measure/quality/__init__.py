"""How good the answers are: scores over time, a judge's corrected by what people say, and how far it can be believed."""

from sightline.measure.quality.anchors import MOST_ANCHORS, AnchorsDue, anchors_due, anchors_from_labels, anchors_told
from sightline.measure.quality.asking import ANCHORS, LABELS_REACH_DAYS, Asked, Scored, judges_seen, of_judge, scored_as
from sightline.measure.quality.calibration import calibration
from sightline.measure.quality.people import agreement, labels_since, said_of_unit
from sightline.measure.quality.scores import scores
from sightline.measure.quality.trend import score_field, trend

__all__ = [
    "ANCHORS",
    "LABELS_REACH_DAYS",
    "MOST_ANCHORS",
    "AnchorsDue",
    "Asked",
    "Scored",
    "agreement",
    "anchors_due",
    "anchors_from_labels",
    "anchors_told",
    "calibration",
    "judges_seen",
    "labels_since",
    "of_judge",
    "said_of_unit",
    "score_field",
    "scored_as",
    "scores",
    "trend",
]
