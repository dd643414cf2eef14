"""What the API says, as types: the OpenAPI document and the UI's types are made from these."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Json = Any


class Model(BaseModel):
    """Answers are read-only values."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")


class Column(Model):
    name: str
    type: Literal["string", "integer", "number", "boolean", "time", "json"]
    unit: str | None = Field(default=None, description="For example ns, ms, USD, tokens.")
    approximate: bool = Field(default=False, description="Estimated within 1 %, as happens above 20 million rows.")


class TraceSummary(Model):
    """One request. Sums go over its spans; `settled` is false while more may still arrive."""

    trace_id: str
    project: str
    root_span_id: str | None
    name: str | None = Field(description="The root's name; null while the root has not arrived.")
    kind: str | None
    task: str | None
    service: str | None
    environment: str | None
    release: str | None
    user_id: str | None
    session_id: str | None
    tenant: str | None
    start: datetime
    start_ns: str = Field(description="Unix time in nanoseconds, as text: JavaScript's numbers can't hold it.")
    duration_ns: int | None
    ttft_ns: int | None
    status: Literal["ok", "error", "unset"]
    span_count: int
    error_count: int = Field(description="Spans with status error.")
    llm_count: int
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cost_usd: float | None = Field(description="Of its priced calls; null when none is.")
    revenue_usd: float | None
    unpriced_count: int = Field(description="Calls with known usage and no known price: cost_usd leaves them out.")
    served_from_cache: bool | None
    models: list[str]
    input_preview: str | None = Field(description="The first characters of what went in.")
    output_preview: str | None = Field(description="The first characters of what came out.")
    settled: bool


class TracePage(Model):
    traces: list[TraceSummary]
    next_cursor: str | None


class Part(Model):
    """A piece of a message."""

    type: Literal["text", "reasoning", "image", "audio", "file", "tool_call", "tool_result", "other"]
    text: str | None = None
    tool_call_id: str | None = None
    tool_name: str | None = None
    arguments: Json = Field(default=None, description="Of a tool call: parsed JSON where it parses, else the text as sent.")
    result: Json = Field(default=None, description="Of a tool result.")
    uri: str | None = None
    mime_type: str | None = None
    raw: Json = Field(default=None, description="What no other field holds, as sent.")


class Message(Model):
    role: str = Field(description="system, user, assistant or tool; else the sender's word.")
    name: str | None = None
    parts: list[Part]
    finish_reason: str | None = None


class Document(Model):
    id: str | None = None
    rank: int
    score: float | None = None
    content: str | None = None
    metadata: Json = None


class ToolCall(Model):
    id: str | None = None
    name: str | None = None
    description: str | None = None
    arguments: Json = None
    result: Json = None


class Content(Model):
    """What went in and came out of a span, whichever convention said it. Empty lists mean: nothing was sent."""

    input_messages: list[Message] = []
    output_messages: list[Message] = []
    input_value: Json = Field(default=None, description="Input that is no conversation: text, or parsed JSON.")
    output_value: Json = None
    documents: list[Document] = []
    input_documents: list[Document] = Field(default=[], description="Of a reranker: what it was given.")
    tool_call: ToolCall | None = None
    tool_definitions: list[Json] = []
    decision: Json = None
    state: Json = None
    expired: bool = Field(default=False, description="The content was there and has been removed by policy.")


class Event(Model):
    """A span event, or a log record that belongs to the span."""

    time: datetime
    time_ns: str
    name: str
    source: Literal["span", "log"]
    severity: str | None = None
    body: Json = None
    attributes: dict[str, Json] = {}


class Link(Model):
    trace_id: str
    span_id: str
    trace_state: str | None = None
    attributes: dict[str, Json] = {}


class Score(Model):
    """A verdict on a span, or on its trace."""

    name: str
    source: Literal["judge", "code", "person", "user", "external"]
    author: str | None = None
    version: str | None = None
    type: str | None = None
    value: float | None = None
    label: str | None = None
    explanation: str | None = None
    confidence: float | None = None
    judge_trace_id: str | None = Field(default=None, description="The trace of the judge's own call.")
    received: datetime


class Span(Model):
    """A span with every fact under the vocabulary's name; null is 'not known'."""

    model_config = ConfigDict(frozen=True, extra="allow", ser_json_inf_nan="strings")

    project: str
    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    kind: str
    stage: str
    start: datetime
    start_ns: str
    duration_ns: int | None
    status: Literal["ok", "error", "unset"]
    settled: bool


class SpanDetail(Span):
    """A span whole: facts, everything the sender said, content, events, links and scores."""

    attributes: dict[str, Json]
    resource: dict[str, Json]
    scope: dict[str, Json]
    content: Content
    events: list[Event]
    links: list[Link]
    scores: list[Score]


class TraceDetail(TraceSummary):
    spans: list[SpanDetail]
    truncated: bool = Field(default=False, description="Content left out because the trace is large; ask for single spans to read it.")


class SpanPage(Model):
    spans: list[Span]
    next_cursor: str | None


class QueryRequest(BaseModel):
    """A question: measures of `of`, by groups, in a window [from, to) on `start`."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "project": "default",
                    "of": "spans",
                    "measures": ["count", "sum(cost_usd)", "p95(duration_ms)"],
                    "group_by": ["model"],
                    "filter": "kind = llm and attributes['tier'] = 'gold'",
                    "from": "2026-11-01T00:00:00Z",
                    "to": "2026-11-02T00:00:00Z",
                    "interval": "5m",
                }
            ]
        },
    )

    project: str = "default"
    of: Literal["spans", "traces", "sessions", "scores"] = "spans"
    measures: Annotated[list[str], Field(min_length=1, max_length=50)]
    group_by: Annotated[list[str], Field(max_length=10)] = []
    filter: str = Field(default="", max_length=20_000)
    from_: str | int | float | None = Field(default=None, alias="from", description="RFC 3339 or epoch (s, ms, µs or ns).")
    to: str | int | float | None = None
    interval: str | None = Field(default=None, description="A width of time like 10s, 5m, 1h or 1d: adds the column `time`.")
    order: str | None = Field(default=None, description="A column of the answer; '-' in front for descending.")
    limit: int | None = Field(default=None, ge=1, description="Groups to answer at the most.")
    format: Literal["json", "csv", "parquet"] = Field(default="json", description="csv or parquet: the table as a file instead.")


class QueryResponse(Model):
    columns: list[Column]
    rows: list[dict[str, Json]]


class FactInfo(Model):
    name: str
    type: str
    unit: str | None
    group: str
    meaning: str
    values: list[str] | None = Field(default=None, description="All values it can take, where they are few.")


class FactsResponse(Model):
    facts: list[FactInfo]


class ValuesResponse(Model):
    """Values seen for a fact or attribute, most frequent first: for completion."""

    values: list[str]


class AttributeKeys(Model):
    keys: list[str]


class Project(Model):
    name: str
    spans: int
    last_received: datetime | None


class ProjectsResponse(Model):
    projects: list[Project]


class LedgerRow(Model):
    """received = stored + duplicate + rejected, always."""

    minute: datetime
    project: str
    key: str = Field(description="The API key's id; empty where none was sent.")
    signal: Literal["traces", "logs", "metrics"]
    received: int
    stored: int
    duplicate: int
    rejected: int
    reasons: dict[str, int] = Field(description="Rejected items by reason.")


class LedgerResponse(Model):
    rows: list[LedgerRow]
    total: dict[str, int]


class Health(Model):
    status: Literal["ok", "starting", "degraded"]
    version: str
    detail: str | None = None


class ErrorResponse(Model):
    """Every error looks like this; `column` points into the filter where that is what is wrong."""

    error: str
    column: int | None = None


class RepairRequest(BaseModel):
    """Which rows are made again."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    project: str | None = Field(default=None, min_length=1, max_length=200, description="One project; without it all of them.")
    from_: str | int | float | None = Field(
        default=None, alias="from", description="First moment of the window on `start`.", examples=["-7d"]
    )
    to: str | int | float | None = Field(default=None, description="First moment after the window.", examples=["now"])


class RepricedModel(Model):
    model: str
    spans: int
    changed: int
    newly_priced: int
    before_usd: float | None
    after_usd: float | None


class RepriceAnswer(Model):
    """How much moved. Sums are weighted, over counted calls."""

    spans: int = Field(description="Calls that were looked at.")
    changed: int
    newly_priced: int = Field(description="Calls that had no price before.")
    before_usd: float
    after_usd: float
    moved_usd: float
    by_model: list[RepricedModel]


class RefactAnswer(Model):
    spans: int = Field(description="Spans that were derived again.")
    outdated: int = Field(description="Of them, those made by another table of sources.")
    facts_version: int
