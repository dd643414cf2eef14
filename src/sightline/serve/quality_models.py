"""What the API says of quality. Rates lie in 0 … 1, means on people's scale; every number may be null where it is unknown."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sightline.serve.economics_models import Number
from sightline.serve.models import Model
from sightline.serve.reliability_models import Window

Verdict = Literal["usable", "weak", "not usable"]


class Interval(Model):
    """A number with its 95 % interval; an end without bound is null."""

    value: Number
    low: Number
    high: Number


class Standing(Model):
    """How far a judge is to be believed, as its last calibration said, and whether that is still so."""

    judge: str
    calibrated: datetime | None = Field(description="When it was last calibrated; null: never.")
    version: str | None = Field(description="The version that was.")
    verdict: Verdict | None
    reason: str | None
    labelled: int
    due: datetime | None = Field(description="When it is to be calibrated next.")
    overdue: bool
    note: str = Field(description="What to say beside every number of this judge; empty where there is nothing to say.")


class QualityScore(Model):
    name: str
    source: Literal["judge", "code", "person", "user", "external"]
    author: str | None = Field(description="The judge or evaluator; null where many people are meant.")
    version: str = Field(description="The newest.")
    type: Literal["binary", "categorical", "ordinal", "numeric"]
    target: Literal["span", "trace", "session"]
    n: int
    raw: Number = Field(description="The mean as it stands: uncorrected.")
    last: datetime
    standing: Standing | None = Field(description="Of a judge.")


class QualityScoresResponse(Model):
    window: Window
    scores: list[QualityScore]


class ScoreSaid(Model):
    name: str
    source: str
    author: str | None
    type: str
    rates: bool = Field(description="Whether its numbers are shares of what passed; else means.")
    passes: list[str] = Field(description="The labels that pass, of a score with levels.")
    target: str
    versions: list[str]


class Figure(Model):
    judged: int
    labelled: int = Field(description="Units that people labelled, or what they came in.")
    raw: Number = Field(description="What the judge alone says.")
    raw_interval: Interval | None = Field(description="Of scores that are no judge's: there is nothing to correct.")
    corrected: Interval | None = Field(description="What people would say; null without labels: the judge is uncalibrated.")


class QualityPoint(Figure):
    time: datetime
    group: list[str | None] | None = Field(description="null: all of it.")


class QualityGroup(Figure):
    group: list[str | None]
    filter: str | None = Field(description="Selects the group's units.")
    lent: Interval | None = Field(
        description="Corrected where groups lend each other labels: right on average, not for one that stands out."
    )


class RatingsRead(Model):
    used: int
    picked: int = Field(description="Labels picked by hand, which correct nothing.")
    last: datetime | None
    complete: bool = Field(description="False: only the latest 20,000 are read.")


class TrendResponse(Model):
    window: Window
    score: ScoreSaid
    interval: str
    total: Figure
    series: list[QualityPoint] = Field(description="Periods lend each other labels: what a verdict means is alike as far as labels say so.")
    groups: list[QualityGroup]
    more_groups: int
    ratings: RatingsRead
    filter: str = Field(description="Selects what has the score.")
    filter_failed: str | None = Field(description="Selects what the judge or a person did not pass.")
    standing: Standing | None


class AgreementTold(Model):
    measure: str = Field(description="kappa, weighted kappa or correlation.")
    value: Interval | None
    sensitivity: Interval | None
    specificity: Interval | None
    levels: list[float]
    counts: list[list[float]] = Field(description="[i][j]: the judge said levels[i] and a person levels[j], at the labels' effective size.")


class MovedTold(Model):
    moved: bool
    p_value: float
    distance: float
    uncovered: float


class PeopleTold(Model):
    items: int
    raters: int
    distance: str
    alpha: Interval
    fleiss: Interval | None
    cohen: Number
    ceiling: Number = Field(description="The most to expect of any judge.")


class BiasTold(Model):
    value: Interval | None = Field(description="Judge − people.")
    p_value: Number
    adjusted_p: Number
    flagged: bool


class CalibrationSegment(Model):
    group: list[str | None]
    filter: str | None
    judged: int
    labelled: int
    raw: Number
    corrected: Interval | None
    human: Interval | None
    bias: BiasTold | None


class NextLabels(Model):
    failed: float
    passed: float


class CalibrationAnswer(Model):
    """One version of a judge against people."""

    window: Window
    score: ScoreSaid
    version: str
    kind: Literal["binary", "score"]
    judged: int
    labelled: int
    raw: Number
    corrected: Interval | None
    shown: Interval | None = Field(description="The interval to show: where traffic has moved, the union with Rogan & Gladen's.")
    labels_only: Interval | None
    rogan_gladen: Interval | None = Field(description="Beside it, never instead; of scores the inverse regression. null: it says nothing.")
    youden: Number
    agreement: AgreementTold
    verdict: Verdict
    reason: str
    labels_to_decide: int | None
    labels_to_halve: int | None
    moved: MovedTold | None
    people: PeopleTold | None
    warnings: list[str]
    segment: str | None
    segments: list[CalibrationSegment]
    next_labels: NextLabels | None = Field(description="What part of the next labels each verdict of the judge should get.")
    last_label: datetime | None
    picked: int
    standing: Standing | None


class KeptCalibration(Model):
    id: str
    made: datetime
    made_by: Literal["person", "schedule"]
    version: str
    verdict: Verdict
    labelled: int
    agreement: Interval | None
    measure: str
    sensitivity: Interval | None
    specificity: Interval | None
    corrected: Interval | None
    raw: Number


class HistoryResponse(Model):
    calibrations: list[KeptCalibration] = Field(description="The oldest first.")
    standing: Standing


class AnchorBatch(Model):
    time: datetime
    version: str
    judged: int
    moved_by: Number = Field(description="Mean of verdict − the anchor's own baseline.")
    evidence: Number = Field(description="1 at the start; 20 had at most one chance in 20 under a judge that hasn't changed.")


class AnchorsResponse(Model):
    anchors: int
    since: datetime | None
    judged: int
    tolerance: float
    alarm: datetime | None
    changed_since: datetime | None
    moved_by: Number
    evidence_needed: float
    who_moved: Literal["none", "waiting", "system", "judge"]
    main_moved_by: Number
    meaning: str
    batches: list[AnchorBatch]


class UnitTold(Model):
    target: Literal["span", "trace", "session"]
    trace_id: str
    span_id: str
    session_id: str


class AnchorsDueResponse(Model):
    name: str = Field(description="The name that their scores are to have.")
    version: str = Field(description="The version that their scores are to have.")
    units: list[UnitTold]
