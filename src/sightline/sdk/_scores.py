"""A verdict on a trace, a span or a session, as OpenTelemetry's event `gen_ai.evaluation.result`."""

from collections.abc import Mapping

from opentelemetry import trace

from sightline.sdk._options import log
from sightline.sdk._packets import Event
from sightline.sdk._recorder import Fact, Recorder
from sightline.sdk._state import STATE

EVENT = "gen_ai.evaluation.result"


def score(
    name: str,
    value: float | bool | None = None,
    *,
    label: str | None = None,
    explanation: str | None = None,
    trace_id: str | None = None,
    span_id: str | None = None,
    of: Recorder | None = None,
    session: str | None = None,
    user: str | None = None,
    response_id: str | None = None,
    source: str = "code",
    attributes: Mapping[str, Fact] | None = None,
) -> None:
    """Score the current request, the step `of`, a trace by its id, or a `session`: `sightline.score("helpful", True, user="ann")`.

    `value` is a number or a yes or no; `label` is a word; one of them is needed. `source` says who judges: code, model, person or user.
    Sent with everything else, counted with everything else; never raises.
    """
    try:
        outbox = STATE.outbox
        if outbox is None:
            return
        if value is None and label is None:
            log.warning("score(%r) has neither a value nor a label and is left out", name)
            return
        where = _where(trace_id, span_id, of)
        said: dict[str, Fact | None] = {
            "gen_ai.evaluation.name": name,
            "gen_ai.evaluation.score.value": None if value is None else float(value),
            "gen_ai.evaluation.score.label": label,
            "gen_ai.evaluation.explanation": explanation if STATE.content else None,
            "gen_ai.response.id": response_id,
            "session.id": session,
            "user.id": user,
            "sightline.score.source": source,
        }
        facts = {key: item for key, item in said.items() if item is not None}
        outbox.put_event(Event(EVENT, {**facts, **(attributes or {})}, *where, body=label or ""))
    except Exception:
        log.debug("a score could not be recorded", exc_info=True)


def _where(trace_id: str | None, span_id: str | None, of: Recorder | None) -> tuple[int, int]:
    if trace_id is not None:
        return int(trace_id, 16), int(span_id, 16) if span_id else 0
    told = (trace.get_current_span() if of is None else of.span).get_span_context()
    return told.trace_id, told.span_id
