"""What the API says of experiments and of comparisons of live traffic."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sightline.facts.scores import ScoreType
from sightline.serve.dataset_models import Author
from sightline.serve.economics_models import Number
from sightline.serve.models import Json, Model
from sightline.serve.slo_models import Text

Outcome = Literal["pass", "regression", "not enough data"]


class ExperimentRequest(BaseModel):
    """Something to be run over a version of a dataset. Its runner posts the results."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    dataset: Text = Field(min_length=1, max_length=200, description="Its id or its name.")
    version: int | None = Field(default=None, ge=1, description="The latest unless given.")
    name: Text = Field(min_length=1, max_length=200, description="What is compared over time has one name.", examples=["support answers"])
    subject: dict[str, Json] = Field(default={}, description="What is run: kind, and for example callable, model, prompt, release.")
    repeats: int = Field(default=1, ge=1, le=100, description="How often each item is run.")
    items: int | None = Field(default=None, ge=1, description="Only the first so many items.")
    author: Author = ""


class Experiment(Model):
    id: str
    project: str
    dataset_id: str
    dataset_name: str | None = Field(description="null where it was deleted.")
    dataset_version: int
    name: str
    subject: dict[str, Json]
    repeats: int
    items: int
    author: str
    created: datetime
    finished: datetime | None = Field(description="null while results are owed.")
    traces_project: str = Field(description="Where its traces and their scores are.")


class ExperimentsResponse(Model):
    experiments: list[Experiment] = Field(description="The newest first.")


class Estimate(Model):
    value: Number
    low: Number = Field(description="The 95 % interval; null where it is open.")
    high: Number
    items: int


class Measured(Model):
    name: str = Field(description="A score's name; error, latency_s and cost_usd are there of themselves.")
    type: ScoreType
    lower_is_better: bool
    mean: Estimate
    labels: dict[str, int] = Field(description="How often each word was said.")


class ExperimentSummary(Experiment):
    results: int
    failed: int
    measures: list[Measured]


class ResultScoreIn(BaseModel):
    """A score of a result: it is stored on the result's trace."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    value: float | None = Field(default=None, allow_inf_nan=False)
    label: str | None = Field(default=None, min_length=1, max_length=200)
    type: ScoreType
    author: str = Field(default="", max_length=200)
    version: str = Field(default="", max_length=200)
    explanation: str = Field(default="", max_length=20_000)


class ResultIn(BaseModel):
    """What one repeat of one item came to."""

    model_config = ConfigDict(extra="forbid")

    item_id: str = Field(min_length=1, max_length=200)
    repeat: int = Field(default=1, ge=1, le=100)
    trace_id: str = Field(pattern="^[0-9a-fA-F]{32}$", description="Of the trace of this run, in the experiment's `traces_project`.")
    output: Json = None
    error: str | None = Field(default=None, max_length=20_000, description="Why it failed; null: it did not.")
    latency_ns: int | None = Field(default=None, ge=0, lt=2**63)
    cost_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="Where it is not given, that of the trace.")
    scores: list[ResultScoreIn] = Field(default=[], max_length=100)


class ResultsRequest(BaseModel):
    """Results; of one repeat of one item the last that is sent holds."""

    model_config = ConfigDict(extra="forbid")

    results: list[ResultIn] = Field(max_length=1_000)


class ResultsStored(Model):
    stored: int


class ResultScore(Model):
    value: Number
    label: str | None
    type: ScoreType
    explanation: str
    source: str
    author: str


class Result(Model):
    item_id: str
    repeat: int
    trace_id: str
    output: Json
    error: str | None
    latency_ns: int | None
    cost_usd: Number
    scores: dict[str, ResultScore]


class ResultsResponse(Model):
    results: list[Result] = Field(description="By item and repeat.")
    total: int


class Done(Model):
    item_id: str
    repeat: int
    failed: bool


class DoneResponse(Model):
    done: list[Done]


class PairedDifference(Model):
    value: Number
    low: Number
    high: Number


class ComparedMeasure(Model):
    name: str
    type: ScoreType
    lower_is_better: bool
    first: Estimate = Field(description="Of the items that both have.")
    second: Estimate
    difference: PairedDifference = Field(description="second − first, paired by item, with its 95 % interval.")
    p_value: Number
    items: int
    better: int = Field(description="Items that the second does better.")
    worse: int
    same: int
    method: str
    outcome: Outcome
    items_to_decide: int | None = Field(
        description="How many items would decide, if the difference stays; null: more than 100 times as many."
    )


class ScorePair(Model):
    first: float
    second: float


class DifferingItem(Model):
    item_id: str
    input: str = Field(description="How its input begins.")
    change: float = Field(description="The largest change of a score, as a share of its largest value; negative is worse.")
    scores: dict[str, ScorePair]


class ExperimentComparison(Model):
    first: Experiment
    second: Experiment
    items: int = Field(description="That both were run over, unchanged.")
    changed_items: int = Field(description="Left out: the dataset has changed them in between.")
    margin: float
    gated: list[str] = Field(description="The scores that the outcome is of.")
    outcome: Outcome
    measures: list[ComparedMeasure]
    differing: list[DifferingItem] = Field(description="The losses first.")


class LiveTestRequest(BaseModel):
    """Two arms of production traffic to compare."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {"name": "prompt 8 against 7", "arm": "prompt_version", "first": "7", "second": "8", "measure": "score.groundedness",
                 "smallest_effect": 0.02}
            ]
        },
    )  # fmt: skip

    name: Text = Field(min_length=1, max_length=200)
    arm: Text = Field(min_length=1, max_length=500, description="The fact or attribute of spans that tells the arms apart.")
    first: Text = Field(min_length=1, max_length=500, description="Its value in the arm that is there already.")
    second: Text = Field(min_length=1, max_length=500)
    measure: Text = Field(min_length=1, max_length=300, description="error_rate, cost_usd, duration_s, output_tokens or score.NAME.")
    smallest_effect: float = Field(gt=0, allow_inf_nan=False, description="The difference that matters, in the measure's unit.")
    filter: Text = Field(default="", max_length=20_000, description="Which requests take part.")
    unit: Literal["user_id", "session_id", "tenant", "trace_id"] = Field(default="user_id", description="What is assigned to an arm.")
    expected_share: float = Field(default=0.5, gt=0, lt=1, description="Of the units: what the first arm was to get.")
    before_days: int = Field(default=14, ge=0, le=90, description="How far back the units' own past is looked at; 0: not at all.")
    started: datetime | None = Field(default=None, description="Now unless given.")


class LiveTest(Model):
    id: str
    project: str
    name: str
    arm: str
    first: str
    second: str
    measure: str
    smallest_effect: float
    filter: str
    unit: str
    expected_share: float
    before_days: int
    started: datetime
    ended: datetime | None
    created: datetime


class LiveTestsResponse(Model):
    tests: list[LiveTest] = Field(description="The newest first.")


class LiveMeasure(Model):
    name: str
    meaning: str
    unit: str | None
    lower_is_better: bool


class LiveArm(Model):
    value: str
    units: int
    requests: int
    mean: Number
    filter: str = Field(description="Selects its requests.")


class LiveLook(Model):
    time: datetime
    units: int
    value: Number
    low: Number
    high: Number


class LiveResult(Model):
    test: LiveTest
    measure: LiveMeasure
    from_: datetime = Field(alias="from")
    to: datetime
    first: LiveArm
    second: LiveArm
    difference: PairedDifference = Field(description="second − first, the units' past taken out; its interval holds at all times.")
    variance_reduced: Number = Field(description="By which share the units' past made the variance smaller.")
    split_p_value: float = Field(description="That units were assigned as planned; below 0.001 the comparison is broken.")
    mixed_units: int = Field(description="Seen in both arms, and left out.")
    decision: Literal["second is higher", "second is lower", "no difference that matters", "go on", "broken"]
    decided_at: datetime | None = Field(description="The first look at which the interval left 0 out.")
    remaining_s: Number = Field(description="How much longer at this pace, if the difference stays where it is; null: it can't be told.")
    series: list[LiveLook]
