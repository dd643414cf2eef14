"""Whom a request is for: said once, inherited by every span below it, through OpenTelemetry's baggage."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import baggage, context, trace

from sightline.sdk._options import log

ONCE = context.create_key("sightline-once")
"""Facts for the request's first span only: what it earned must not be added up over its spans."""

_INHERITED = {
    "task": "sightline.task",
    "feature": "sightline.feature",
    "user": "sightline.user_id",
    "session": "sightline.session_id",
    "tenant": "sightline.tenant",
    "environment": "sightline.environment",
    "release": "sightline.release",
}
_FACTS = frozenset(_INHERITED.values())
_OWN = "sightline.own."
_LONGEST = 256


def inherited(said: Mapping[str, object]) -> dict[str, str]:
    """The attributes that a span takes from baggage; other people's entries stay where they are."""
    taken: dict[str, str] = {}
    for key, value in said.items():
        if key in _FACTS:
            taken[key] = str(value)[:_LONGEST]
        elif key.startswith(_OWN):
            taken[key.removeprefix(_OWN)] = str(value)[:_LONGEST]
    return taken


@contextmanager
def request(
    *,
    task: str | None = None,
    user: str | None = None,
    session: str | None = None,
    tenant: str | None = None,
    feature: str | None = None,
    environment: str | None = None,
    release: str | None = None,
    revenue_usd: float | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Every span started inside belongs to this request: `with sightline.request(task="answer", tenant="acme"):`

    Holds across awaits, tasks and threads, and over HTTP to the hosts that `init(propagate_to=…)` names; the innermost name wins.
    `attributes` are names of your own. `revenue_usd` is put on the request's first span alone. Around a web framework's handler the
    request's own span has begun before: it is told too. Never raises into your code and sends nothing by itself.
    """
    token = None
    try:
        token = _enter(locals(), revenue_usd, attributes)
    except Exception:
        log.debug("a request could not be named", exc_info=True)
    try:
        yield
    finally:
        if token is not None:
            context.detach(token)


def _enter(said: Mapping[str, Any], revenue_usd: float | None, attributes: Mapping[str, str] | None) -> Any:
    here = context.get_current()
    named = {key: str(said[name])[:_LONGEST] for name, key in _INHERITED.items() if said[name] is not None}
    own = {name: str(value)[:_LONGEST] for name, value in (attributes or {}).items()}
    once = {} if revenue_usd is None else {"sightline.revenue_usd": float(revenue_usd)}
    span = trace.get_current_span(here)
    parent = getattr(span, "parent", None)
    if span.is_recording() and (parent is None or parent.is_remote):
        span.set_attributes({**named, **own, **once})
    for key, value in named.items():
        here = baggage.set_baggage(key, value, here)
    for name, value in own.items():
        here = baggage.set_baggage(_OWN + name, value, here)
    return context.attach(context.set_value(ONCE, once, here) if once else here)
