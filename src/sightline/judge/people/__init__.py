"""People beside a judge: which units they are asked about, and what they say."""

from sightline.judge.people.choosing import Draw, draw
from sightline.judge.people.keeping import calibration_due, fill, week_of
from sightline.judge.people.labels import COLUMNS, Asked, exported, imported, label_score, retraction

__all__ = ["COLUMNS", "Asked", "Draw", "calibration_due", "draw", "exported", "fill", "imported", "label_score", "retraction", "week_of"]
