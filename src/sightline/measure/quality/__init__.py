"""How good the answers are: scores over time, a judge's corrected by what people say, and how far it can be believed."""

from sightline.measure.quality.anchors import AnchorsDue, anchors_due, anchors_from_labels, anchors_told
from sightline.measure.quality.asking import ANCHORS, LABELS_REACH_DAYS, Asked, Scored, of_judge
from sightline.measure.quality.calibration import calibration
from sightline.measure.quality.people import agreement
from sightline.measure.quality.scores import scores
from sightline.measure.quality.trend import score_field, trend

__all__ = [
    "ANCHORS",
    "LABELS_REACH_DAYS",
    "AnchorsDue",
    "Asked",
    "Scored",
    "agreement",
    "anchors_due",
    "anchors_from_labels",
    "anchors_told",
    "calibration",
    "of_judge",
    "score_field",
    "scores",
    "trend",
]
