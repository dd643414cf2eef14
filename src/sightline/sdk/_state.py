"""What this process has set up: one tracer, at most one outbox. Nothing is recorded before `init()`, and nothing fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace

if TYPE_CHECKING:
    from sightline.sdk._outbox import Outbox

SCOPE = "sightline"


class State:
    """The process's one state; `STATE` is it."""

    __slots__ = ("chars", "content", "outbox", "tracer", "url")

    def __init__(self) -> None:
        self.tracer: trace.Tracer = trace.get_tracer(SCOPE)
        self.outbox: Outbox | None = None
        self.content = True
        self.chars = 256 * 1024
        self.url: str | None = None


STATE = State()
