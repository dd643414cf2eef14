"""Scores as they are sent and as they are shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, WrapValidator, model_validator

from sightline.facts.scores import BINARY_LABELS, ScoreSource, ScoreTarget, ScoreType
from sightline.serve.models import Json, Model
from sightline.store import NewScore

MOST_SCORES = 1_000
MOST_METADATA = 50
_EXAMPLE: Json = {
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
    "name": "groundedness",
    "value": 1,
    "label": "grounded",
    "type": "binary",
    "source": "external",
    "author": "nightly-eval",
    "version": "3",
    "explanation": "Every claim is in the second document.",
}


class ScoreIn(BaseModel):
    """A verdict on a span (trace_id and span_id), a trace (trace_id) or a session (session_id)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [_EXAMPLE]})

    target: ScoreTarget | None = Field(default=None, description="Follows from the ids where it is not said.")
    trace_id: str | None = Field(default=None, pattern="^[0-9a-fA-F]{32}$", description="32 hex digits.")
    span_id: str | None = Field(default=None, pattern="^[0-9a-fA-F]{16}$", description="16 hex digits.")
    session_id: str | None = Field(default=None, min_length=1, max_length=1_000)
    name: str = Field(min_length=1, max_length=200, description="What is scored, such as groundedness.")
    value: StrictBool | float | None = Field(
        default=None, allow_inf_nan=False, description="A number; true or false; of a binary score 1 or 0, of an ordinal one the level's."
    )
    label: str | None = Field(default=None, min_length=1, max_length=200, description="A word; of an ordinal score the level's.")
    type: ScoreType | None = Field(
        default=None, description="Without it: binary for true or false, numeric for a number, else categorical."
    )
    source: ScoreSource = Field(
        default="external", description="A judge, code, a person who labels, a user who gives feedback, or external."
    )
    author: str = Field(default="", max_length=200, description="Which judge, evaluator, rater or library.")
    version: str = Field(default="", max_length=200, description="The author's version: each has a score of its own.")
    explanation: str = Field(default="", max_length=20_000)
    confidence: float | None = Field(default=None, ge=0, le=1)
    probability: float | None = Field(default=None, gt=0, le=1, description="With which the target was selected; 1 if all are scored.")
    metadata: dict[str, Json] = Field(default={}, max_length=MOST_METADATA)
    cost_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    latency_ns: int | None = Field(default=None, ge=0, lt=2**63)
    judge_trace_id: str = Field(default="", pattern="^([0-9a-fA-F]{32})?$", description="The trace of the judge's own call.")

    @model_validator(mode="after")
    def _says_something(self) -> "ScoreIn":
        if self.value is None and self.label is None:
            raise ValueError("it has neither a value nor a label: give one")
        problem = _UNFIT[self.kind](self._number(), self.label)
        if problem:
            raise ValueError(problem)
        if self.span_id is not None and self.trace_id is None:
            raise ValueError("span_id needs the trace_id that it belongs to")
        needed = {"span": self.span_id, "trace": self.trace_id, "session": self.session_id}
        if self.target is not None and needed[self.target] is None:
            raise ValueError(f"a score of a {self.target} needs {self.target}_id")
        if not any(needed.values()):
            raise ValueError("it says of nothing: give trace_id and span_id, trace_id, or session_id")
        return self

    @property
    def kind(self) -> ScoreType:
        """The type said, else the one that the value shows."""
        if self.type is not None:
            return self.type
        if isinstance(self.value, bool):
            return "binary"
        return "categorical" if self.value is None else "numeric"

    def score(self, project: str, received_ns: int) -> NewScore:
        """As it is stored."""
        target: ScoreTarget = self.target or ("span" if self.span_id else "trace" if self.trace_id else "session")
        return NewScore(
            project=project,
            target=target,
            name=self.name,
            source=self.source,
            type=self.kind,
            trace_id="" if target == "session" else (self.trace_id or "").lower(),
            span_id=(self.span_id or "").lower() if target == "span" else "",
            session_id=(self.session_id or "") if target == "session" else "",
            author=self.author,
            version=self.version,
            value=self._number(),
            label=self.label,
            explanation=self.explanation,
            confidence=self.confidence,
            probability=self.probability,
            metadata=_texts(self.metadata),
            cost_usd=self.cost_usd,
            latency_ns=self.latency_ns,
            judge_trace_id=self.judge_trace_id.lower(),
            received_ns=received_ns,
        )

    def _number(self) -> float | None:
        if self.value is None and self.kind == "binary":
            return BINARY_LABELS.get((self.label or "").lower())
        return None if self.value is None else float(self.value)


def _unfit_binary(value: float | None, label: str | None) -> str | None:
    if value in (0, 1):
        return None
    said = f"{value:g}" if value is not None else repr(label)
    return f"a binary score is 1 (passed) or 0 (failed), true or false, or one of the labels {', '.join(BINARY_LABELS)}: it is {said}"


def _unfit_categorical(_value: float | None, label: str | None) -> str | None:
    return None if label is not None else "a categorical score has a label: give one"


def _unfit_number(value: float | None, _label: str | None) -> str | None:
    return None if value is not None else "an ordinal or numeric score has a value: give the level's number"


_UNFIT = {"binary": _unfit_binary, "categorical": _unfit_categorical, "ordinal": _unfit_number, "numeric": _unfit_number}


def _texts(metadata: Mapping[str, Json]) -> dict[str, str]:
    return {key[:200]: (value if isinstance(value, str) else json.dumps(value))[:2_000] for key, value in metadata.items()}


class Unfit:
    """What stands in a request in place of a score that can't be one."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def reason_of(error: ValidationError) -> str:
    """Everything that is wrong with a value, as one sentence."""
    faults = []
    for fault in error.errors(include_url=False, include_context=False):
        where = ".".join(str(part) for part in fault["loc"] if part not in ("float", "bool"))
        message = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{where}: {message}" if where else message)
    return "; ".join(dict.fromkeys(faults))


def _or_unfit(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        return Unfit(reason_of(error))


class ScoresRequest(BaseModel):
    """Scores to be stored. One that can't be is rejected by itself; the others are stored."""

    model_config = ConfigDict(extra="forbid")

    scores: Annotated[list[Annotated[ScoreIn, WrapValidator(_or_unfit)]], Field(min_length=1, max_length=MOST_SCORES)]


class RejectedScore(Model):
    index: int = Field(description="Its place in the request, from 0.")
    reason: str


class ScoresStored(Model):
    stored: int
    rejected: list[RejectedScore]


class ScoreRow(Model):
    """A score whole, with the facts of what it scores."""

    project: str
    id: str
    target: ScoreTarget
    trace_id: str | None
    span_id: str | None
    session_id: str | None
    name: str
    source: ScoreSource
    author: str | None
    version: str | None
    type: str
    value: float | None
    label: str | None
    explanation: str | None
    confidence: float | None
    probability: float | None = Field(description="With which its target was selected.")
    metadata: dict[str, str]
    cost_usd: float | None
    latency_ns: int | None
    judge_trace_id: str | None
    start: datetime = Field(description="When what is scored began; when the score came while that is unknown.")
    start_ns: str
    received: datetime
    settled: bool = Field(description="Whether the target was settled when its facts were copied.")
    task: str | None
    model: str | None
    prompt_version: str | None
    tenant: str | None
    release: str | None
    environment: str | None
    service: str | None
    index_version: str | None


class ScorePage(Model):
    scores: list[ScoreRow]
    next_cursor: str | None


class ScoreName(Model):
    """What is scored under one name."""

    name: str
    type: str
    sources: list[str]
    targets: list[str]
    count: int
    last_received: datetime


class ScoreNames(Model):
    names: list[ScoreName]


__all__ = [
    "MOST_SCORES",
    "RejectedScore",
    "ScoreIn",
    "ScoreName",
    "ScoreNames",
    "ScorePage",
    "ScoreRow",
    "ScoresRequest",
    "ScoresStored",
    "Unfit",
    "reason_of",
]
