"""Judges as they are made and shown, and what is said between the desk and its workers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sightline.judge.definition import Definition, Prices
from sightline.serve.models import Json, Model
from sightline.serve.score_models import ScoreIn


class JudgeRequest(BaseModel):
    """A judge to be made. `backfill_from`: what began since then is judged too, such as -1h."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$", description="Also the name of its scores.")
    definition: Definition
    enabled: bool = True
    backfill_from: str | None = Field(default=None, max_length=100)


class JudgeChange(BaseModel):
    """What is to change; another definition is the next version."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")
    definition: Definition | None = None
    enabled: bool | None = None


class Judge(Model):
    id: str
    project: str
    name: str
    enabled: bool
    version: int
    definition: Definition
    since: datetime | None = Field(description="What began before it is judged only by a backfill.")
    created: datetime
    updated: datetime


class JudgesResponse(Model):
    judges: list[Judge]
    workers: int = Field(description="Workers that were heard of in the last seconds.")


class JudgeVersion(Model):
    version: int
    definition: Definition
    created: datetime


class JudgeVersions(Model):
    versions: list[JudgeVersion]


class LibraryEntry(Model):
    name: str
    title: str
    definition: dict[str, Json] = Field(description="A definition that lacks only its model.")


class Library(Model):
    judges: list[LibraryEntry]
    evaluators: list[str] = Field(description="Code evaluators that are installed at the server.")


class TryRequest(BaseModel):
    """One target to be judged, stored nowhere. Without ids the latest that matches is taken."""

    model_config = ConfigDict(extra="forbid")

    definition: Definition
    trace_id: str = Field(default="", pattern="^([0-9a-fA-F]{32})?$")
    span_id: str = Field(default="", pattern="^([0-9a-fA-F]{16})?$")
    session_id: str = Field(default="", max_length=1_000)


class TryAnswer(Model):
    """What came of a try: a verdict, or the error; and what the model was asked."""

    trace_id: str | None
    span_id: str | None
    session_id: str | None
    value: float | None = None
    label: str | None = None
    explanation: str | None = None
    confidence: float | None = None
    metadata: dict[str, str] = Field(default={})
    error: str | None = None
    cost_usd: float | None = None
    latency_ns: int | None = None
    system: str | None = None
    prompt: str | None = None


class ForecastRequest(BaseModel):
    """What a definition would cost; `judge_id` to learn from its verdicts so far."""

    model_config = ConfigDict(extra="forbid")

    definition: Definition
    judge_id: str | None = Field(default=None, max_length=64)


class Forecast(Model):
    """matching_per_week × selected_share × usd_per_verdict = usd_per_week."""

    matching_per_week: float
    selected_share: float
    verdicts_per_week: float
    usd_per_verdict: float | None = Field(description="Null where the model's price is not known.")
    usd_per_week: float | None
    usd_per_day: float | None
    budget_usd_per_day: float | None
    most_per_week_by_budget: float | None = Field(description="Verdicts a week that the budget has room for.")
    basis: Literal["verdicts", "estimate", "code"] = Field(description="What the cost of a verdict is taken from.")
    days: float = Field(description="How many days of traffic the number a week is taken from.")
    text: str


class DaySpend(Model):
    day: date
    committed_usd: float = Field(description="Spent, or committed for calls under way or never reported.")
    spent_usd: float
    verdicts: int
    failures: int


class BackfillRow(Model):
    id: str
    version: int
    start: datetime
    end: datetime
    state: Literal["running", "done", "cancelled"]
    created: datetime
    selected: int
    judged: int


class Backlog(Model):
    """Where a judge's current version stands."""

    judge_id: str
    version: int
    matching: int = Field(description="Targets since it was switched on that its filter selects.")
    selected: int = Field(description="Of them, those that its sampling selects.")
    judged: int
    owed: int
    in_flight: int
    failing: int = Field(description="Targets that wait after a failure.")
    last_error: str | None
    workers: int
    oldest_owed: datetime | None
    budget_usd_per_day: float | None
    spend: list[DaySpend] = Field(description="The latest 30 days with any, the last first.")
    backfills: list[BackfillRow]


class BackfillRequest(BaseModel):
    """A window of the past. `estimate`: only say what it would take."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: str | int | float = Field(alias="from", examples=["-7d"])
    to: str | int | float | None = None
    estimate: bool = False


class BackfillAnswer(Model):
    id: str | None = Field(description="Null for an estimate.")
    selected: int
    judged: int
    owed: int
    usd: float | None
    days_by_budget: float | None = Field(description="Days that the daily budget stretches it over.")


class TargetModel(Model):
    trace_id: str = ""
    span_id: str = ""
    session_id: str = ""
    start_ns: int = 0
    probability: float = 1.0


class WorkRequest(BaseModel):
    """A worker that has room for `most` targets; 0: it only says that it is alive."""

    model_config = ConfigDict(extra="forbid")

    worker: str = Field(min_length=1, max_length=100)
    most: int = Field(ge=0, le=500)
    judges: list[str] | None = Field(default=None, description="Only these, by id or name.")
    share: Annotated[tuple[int, int], Field(description="(i, n): of n hash ranges the i-th, from 0.")] = (0, 1)


class WorkItem(Model):
    """A target that is the worker's until it says what came of it."""

    lease: str
    judge: str = Field(description="Key into `judges`.")
    target: TargetModel
    spans: list[dict[str, Json]]
    max_input_bytes: int
    reserved_usd: float


class WorkJudge(Model):
    judge_id: str
    version: int
    project: str
    name: str
    definition: Definition
    prices: list[Prices | None] = Field(description="Of each of its models.")


class WorkAnswer(Model):
    items: list[WorkItem]
    tries: list[WorkItem]
    judges: dict[str, WorkJudge]
    heard_every_s: float = Field(description="How often the worker has to ask or tell, not to be taken for gone.")


class OutcomeModel(BaseModel):
    """What came of a lease."""

    model_config = ConfigDict(extra="forbid")

    lease: str = Field(max_length=64)
    judge_id: str = Field(max_length=64)
    version: int
    target: TargetModel
    score: ScoreIn | None = None
    error: str | None = Field(default=None, max_length=2_000)
    skipped: bool = False
    endpoint_down: bool = False
    cost_usd: float | None = Field(default=0.0, ge=0, description="Null: not known; all that was reserved counts as spent.")


class DoneRequest(BaseModel):
    """Outcomes, and answers to tries by their lease."""

    model_config = ConfigDict(extra="forbid")

    worker: str = Field(min_length=1, max_length=100)
    outcomes: list[OutcomeModel] = Field(default=[], max_length=500)
    tries: dict[str, dict[str, Any]] = {}


class ReserveRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lease: str = Field(max_length=64)
    usd: float = Field(ge=0, le=1_000)


class Reserved(Model):
    granted: bool
