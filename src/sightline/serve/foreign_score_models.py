"""Scores in the words of other systems, and what they are in ours."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sightline.serve.models import Json

_KINDS = {"BOOLEAN": "binary", "NUMERIC": "numeric", "CATEGORICAL": "categorical", "TEXT": "categorical"}
_SOURCES = {"HUMAN": "person", "LLM": "judge", "CODE": "code"}


class LangfuseScore(BaseModel):
    """What Langfuse's clients send as a score."""

    model_config = ConfigDict(extra="ignore")

    id: str | None = None
    name: str
    value: float | str
    traceId: str | None = None  # noqa: N815 - Langfuse's word
    observationId: str | None = None  # noqa: N815
    sessionId: str | None = None  # noqa: N815
    dataType: str | None = None  # noqa: N815
    comment: str | None = None
    metadata: Json = None

    def said(self) -> dict[str, Any]:
        """As ScoreIn has it."""
        kind = _KINDS.get(self.dataType or "", "categorical" if isinstance(self.value, str) else "numeric")
        found: dict[str, Any] = {
            "trace_id": self.traceId,
            "span_id": self.observationId,
            "session_id": None if self.traceId else self.sessionId,
            "name": self.name,
            "type": kind,
            "author": "langfuse",
            "explanation": (self.comment or "")[:20_000],
            "metadata": {**(self.metadata if isinstance(self.metadata, dict) else {}), **({"langfuse_id": self.id} if self.id else {})},
        }
        if isinstance(self.value, str):
            return found | {"label": self.value[:200]}
        return found | {"value": self.value, "label": f"{self.value:g}" if kind == "categorical" else None}


class LangfuseEvent(BaseModel):
    """One event of a batch."""

    model_config = ConfigDict(extra="ignore")

    id: str = ""
    type: str
    body: dict[str, Any] = {}


class LangfuseBatch(BaseModel):
    """What Langfuse's clients send to /api/public/ingestion."""

    model_config = ConfigDict(extra="ignore")

    batch: list[LangfuseEvent] = Field(max_length=1_000)


class PhoenixResult(BaseModel):
    """The verdict of an annotation."""

    model_config = ConfigDict(extra="ignore")

    label: str | None = None
    score: float | None = None
    explanation: str | None = None


class PhoenixAnnotation(BaseModel):
    """An annotation of a span, a trace or a session."""

    model_config = ConfigDict(extra="ignore")

    span_id: str | None = None
    trace_id: str | None = None
    session_id: str | None = None
    name: str
    annotator_kind: str = "HUMAN"
    result: PhoenixResult
    metadata: dict[str, Json] = {}
    identifier: str = ""

    def said(self) -> dict[str, Any]:
        """As ScoreIn has it."""
        return {
            "span_id": self.span_id,
            "trace_id": self.trace_id,
            "session_id": self.session_id,
            "name": self.name,
            "source": _SOURCES.get(self.annotator_kind.upper(), "external"),
            "author": self.identifier or "phoenix",
            "value": self.result.score,
            "label": self.result.label,
            "explanation": (self.result.explanation or "")[:20_000],
            "metadata": self.metadata,
        }


class PhoenixAnnotations(BaseModel):
    """What Phoenix's clients send."""

    model_config = ConfigDict(extra="ignore")

    data: list[PhoenixAnnotation] = Field(min_length=1, max_length=1_000)
