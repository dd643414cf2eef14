"""What this process has set up: one tracer, at most one outbox. Nothing is recorded before `init()`, and nothing fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from opentelemetry import trace

if TYPE_CHECKING:
    from sightline.sdk._outbox import Outbox

SCOPE = "sightline"
EXPORT_THREAD = "sightline-export"


class Leavable(Protocol):
    """A stream's call."""

    def give_up(self, before_ns: int) -> bool:
        """End it if it was left before that moment; whether it is ended."""


class State:
    """The process's one state; `STATE` is it."""

    __slots__ = ("chars", "content", "left", "outbox", "tracer", "url")

    def __init__(self) -> None:
        self.tracer: trace.Tracer = trace.get_tracer(SCOPE)
        self.outbox: Outbox | None = None
        self.content = True
        self.chars = 256 * 1024
        self.url: str | None = None
        self.left: set[Leavable] = set()
        """streams that their consumers left before the end: the exporting thread ends those that nobody comes back to"""

    def end_left(self, after_s: float) -> None:
        """End the streams that were left more than `after_s` seconds ago."""
        before_ns = time.time_ns() - int(after_s * 1e9)
        for one in tuple(self.left):
            if one.give_up(before_ns):
                self.left.discard(one)


STATE = State()
