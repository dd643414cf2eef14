"""What the API takes and says of people's reviews."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sightline.serve.economics_models import Number
from sightline.serve.models import Model
from sightline.serve.quality_models import Interval, PeopleTold, Standing, UnitTold
from sightline.store import ReviewPlan

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # no database keeps a NUL in a text
Rater = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$", description="Who says it.")]


class PlanRequest(BaseModel):
    """How a judge is checked by people."""

    model_config = ConfigDict(extra="forbid")

    weekly_labels: int = Field(default=20, ge=0, le=1_000, description="Labels a week that the queue fills itself for; 0: it doesn't.")
    raters_per_item: int = Field(default=1, ge=1, le=10, description="People who label each unit.")
    core: float = Field(default=0.3, ge=0.3, le=1, allow_inf_nan=False, description="Part of the labels drawn from all units alike.")
    due_days: int = Field(default=30, ge=1, le=365, description="After so many days without a calibration it is overdue.")
    anchors_per_day: int = Field(default=20, ge=0, le=500, description="Anchors that the judge is asked again a day.")

    def plan(self, project: str, judge: str) -> ReviewPlan:
        """As it is kept."""
        return ReviewPlan(project, judge, self.weekly_labels, self.raters_per_item, self.core, self.due_days, self.anchors_per_day)


class Plan(Model):
    weekly_labels: int
    raters_per_item: int
    core: float
    due_days: int
    anchors_per_day: int


class Choice(Model):
    """A verdict that a person can give."""

    label: str
    value: Number
    passes: bool | None = Field(description="null: neither.")


class QueueTold(Model):
    items: int
    open: int = Field(description="Items that still want this rater.")
    labelled: int
    skipped: int
    this_week: int = Field(description="Labels of all raters since Monday, UTC.")


class ReviewedJudge(Model):
    judge: str
    name: str = Field(description="Of the score.")
    queue: QueueTold
    plan: Plan
    standing: Standing


class ReviewsResponse(Model):
    judges: list[ReviewedJudge]


class ReviewResponse(Model):
    """A judge as people review it."""

    judge: str
    name: str
    type: Literal["binary", "categorical", "ordinal", "numeric"]
    target: Literal["span", "trace", "session"]
    version: str
    rubric: str | None
    choices: list[Choice] = Field(description="Empty: a number is asked for.")
    queue: QueueTold
    plan: Plan
    standing: Standing


class Item(UnitTold):
    id: str
    start: datetime
    probability: float = Field(description="That it was drawn, among those it was drawn from.")


class QueueResponse(Model):
    items: list[Item] = Field(
        description="What this rater may label next, in order. Why an item was drawn is not said: it would tell of the verdict."
    )
    last: str | None = Field(description="The item this rater answered last: what undo takes back.")
    queue: QueueTold


class AnswerRequest(BaseModel):
    """A person's verdict on an item."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rater": "ann", "label": "pass"}]})

    rater: Rater
    value: float | None = Field(default=None, allow_inf_nan=False)
    label: Text | None = Field(default=None, max_length=200)
    explanation: Text = Field(default="", max_length=10_000)


class RaterRequest(BaseModel):
    """Who skips or takes back."""

    model_config = ConfigDict(extra="forbid")

    rater: Rater


class SaidOf(Model):
    author: str
    version: str
    value: Number
    label: str | None
    explanation: str
    confidence: Number


class Answered(Model):
    """An item once a person has answered: what the judge had said, and other people."""

    item: Item
    drawn: Literal["core", "disagreement", "uncertain", "rare"]
    mine: SaidOf | None
    judge: SaidOf | None
    people: list[SaidOf]
    queue: QueueTold


class DrawRequest(BaseModel):
    """Labels to draw now."""

    model_config = ConfigDict(extra="forbid")

    labels: int = Field(default=10, ge=1, le=500)


class DrawResponse(Model):
    drawn: int
    queue: QueueTold


class RejectedLabel(Model):
    line: int
    reason: str


class LabelsImported(Model):
    stored: int
    rejected: list[RejectedLabel]


class RaterTold(Model):
    rater: str
    labels: int
    mean: Number


class PairTold(Model):
    raters: list[str]
    units: int
    same: float
    kappa: Interval | None


class AgreementResponse(Model):
    people: PeopleTold | None = Field(description="null while no unit has two ratings.")
    raters: list[RaterTold]
    pairs: list[PairTold]
