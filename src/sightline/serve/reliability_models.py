"""What the API says of reliability. Every number may be null where it is unknown; shares lie between 0 and 1, times are ns."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sightline.serve.economics_models import MoneyWindow, Number
from sightline.serve.models import Model


class Window(MoneyWindow):
    """[from, to) on `start`; an open side is null."""


class Tally(Model):
    """So many of so many. Counts hold the weights of head sampling; the interval is that of the rows that were seen."""

    n: float
    of: float
    share: Number
    interval: tuple[float, float] | None = Field(description="95 %, Wilson's; null without a case.")
    enough: bool = Field(description="From 30 cases on; below, show the interval.")


class ReliabilityTotal(Model):
    spans: float
    requests: float
    failed_requests: Tally = Field(description="Requests whose root ended in an error.")
    errors: float = Field(description="Errors where they began: nothing below the span failed too.")
    traces_with_errors: int
    silent_failures: float
    traces_with_silent_failures: int


class CaseGroup(Model):
    group: list[str | None]
    cases: float
    traces: int
    share: Number = Field(description="Of all cases.")
    rate: Tally | None = Field(description="Of all spans of the group; null where the group is made of what makes the case.")
    last: datetime
    trace_ids: list[str] = Field(description="The latest.")
    filter: str | None = Field(description="Selects the group's cases; null where the filter language can't say it.")


class CasePoint(Model):
    time: datetime
    group: list[str | None] = Field(description="As in `groups`; ['(other)'] is the rest.")
    cases: float


class ErrorMessage(Model):
    error_type: str | None
    message: str | None = Field(description="What was said; '#' stands for numbers and ids.")
    example: str | None
    cases: float
    traces: int
    stages: list[str]
    models: list[str]
    first: datetime
    last: datetime
    trace_ids: list[str]
    filter: str


class ErrorsResponse(Model):
    window: Window
    total: ReliabilityTotal
    interval: str
    groups: list[CaseGroup]
    more_groups: int
    series: list[CasePoint]
    messages: list[ErrorMessage]


class SilentKind(Model):
    kind: str
    meaning: str
    cases: float
    traces: int
    among: Literal["calls", "tools", "retrievals"] = Field(description="What could have had it: `rate` is of those.")
    rate: Tally
    trace_ids: list[str]
    filter: str


class SilentFailuresResponse(Model):
    window: Window
    total: ReliabilityTotal
    interval: str
    kinds: list[SilentKind] = Field(description="The most serious first.")
    groups: list[CaseGroup]
    more_groups: int
    series: list[CasePoint] = Field(description="By kind.")


class Failures(Model):
    rate_limited: float
    overloaded: float
    timeout: float
    server_error: float
    other: float


class ModelAvailability(Model):
    provider: str | None
    model: str | None
    calls: float
    available: Tally = Field(description="Of the calls that could have been answered, those that were.")
    failures: Failures
    callers_own: float = Field(description="Calls that failed for the caller's reasons: key, request, content, patience.")
    last_failure: datetime | None
    filter: str


class AvailabilityPoint(Model):
    time: datetime
    provider: str | None
    model: str | None
    available: Tally


class AvailabilityResponse(Model):
    window: Window
    interval: str
    models: list[ModelAvailability]
    series: list[AvailabilityPoint]


class Chain(Model):
    models: list[str | None] = Field(description="In the order that they were tried; one model: it was tried again.")
    calls: float
    attempts: float
    succeeded: Tally
    first_error: str | None = Field(description="What the first try most often failed with.")
    waited_p50_ns: Number = Field(description="Until the last try began.")
    trace_ids: list[str]


class Waited(Model):
    """Of the calls that took more than one try: what passed until the last one began."""

    p50_ns: Number
    p95_ns: Number
    n: int


class FilteredTally(Tally):
    filter: str


class Headroom(Model):
    provider: str | None
    model: str | None
    what: str = Field(examples=["requests", "tokens"])
    remaining: Number
    limit: Number
    left: Number = Field(description="Remaining ÷ limit, by the last header.")
    least_remaining: Number
    least_at: datetime
    last: datetime
    calls: int = Field(description="Calls that said it.")


class RetriesResponse(Model):
    window: Window
    calls: float = Field(description="Logical calls: all tries for one answer are one.")
    attempts: float
    succeeded: Tally
    attempts_per_success: Number
    retried: Tally = Field(description="Calls that took more than one try.")
    saved_by_retries: float
    fell_back: Tally = Field(description="Calls that went to another model.")
    fell_back_well: float
    waited: Waited
    chains: list[Chain]
    timeouts: FilteredTally
    cancelled_streams: FilteredTally
    broken_streams: FilteredTally = Field(description="Streams that failed otherwise.")
    headroom: list[Headroom]


class Turns(Model):
    mean: Number
    p50: Number
    p95: Number
    max: Number
    n: int


class Took(Model):
    p50_ns: Number
    p95_ns: Number
    n: int


class AbandonedSession(Model):
    session_id: str
    last_trace_id: str
    filter: str


class SessionsResponse(Model):
    window: Window
    sessions: int = Field(description="Whose last request began in the window.")
    open: int = Field(description="Too recent to tell.")
    abandoned: Tally = Field(description="Of those that are over: the last request failed, was cancelled or got no answer.")
    abandoned_failed: int
    abandoned_empty: int
    turns: Turns
    time_to_resolution: Took = Field(description="From the first request's start to the last one's end, of sessions not abandoned.")
    abandoned_sessions: list[AbandonedSession] = Field(description="The latest.")


class Hop(Model):
    kind: str
    stage: str


class HopNode(Hop):
    calls: float
    failed: Tally
    errors: float
    silent_failures: Tally
    filter: str


class HopEdge(Model):
    from_: Hop | None = Field(alias="from", description="null: it began the request.")
    to: Hop
    calls: float
    traces: int
    failed: Tally
    errors: float = Field(description="Those that began here.")
    silent_failures: Tally
    after_ns: int | None = Field(description="From its parent's start to its own, the mean.")
    p50_ns: Number
    p95_ns: Number
    timed: int
    enough: bool = Field(description="Whether there are spans enough for the P95: 100.")
    filter: str


class MissingHop(Hop):
    task: str
    requests: Tally = Field(description="Of the task's requests, those that make this hop.")
    without: int
    without_failed: int = Field(description="Of those without it, the requests that failed.")
    trace_ids: list[str] = Field(description="The latest requests without it.")


class HopsResponse(Model):
    window: Window
    one_in: int = Field(description="Of so many traces one was looked at; counts are of those.")
    nodes: list[HopNode]
    edges: list[HopEdge]
    missing: list[MissingHop] = Field(description="Hops that 80 % or more of a task's requests make, and not all.")


class SpanStanding(Model):
    span_id: str
    percentile: float = Field(description="Of its like, the share that was faster, in percent; equal ones count half.")
    n: int
    p50_ns: int
    enough: bool


class StandingResponse(Model):
    """Spans among their like: the same stage and model, around the time of their trace."""

    window: Window
    fewest: int
    spans: list[SpanStanding]
