"""Experiments: what a run over a dataset came to, two of them compared item by item, and two arms of live traffic."""

from sightline.measure.experiments.comparing import LOWER_IS_BETTER, Outcome, compare
from sightline.measure.experiments.live import MEASURES, check, live
from sightline.measure.experiments.results import Result, as_json, done, results, summary, traces_project

__all__ = [
    "LOWER_IS_BETTER",
    "MEASURES",
    "Outcome",
    "Result",
    "as_json",
    "check",
    "compare",
    "done",
    "live",
    "results",
    "summary",
    "traces_project",
]
