"""What questions of every kind start from, and how their numbers are given."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sightline.query import EARLIEST_NS, LATEST_NS, UNITS_NS, Filter, Scene, Window, rfc3339

Json = Any

WIDTHS = ("10s", "30s", "1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "1d", "7d", "30d")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: where and when, of which spans, by which groups."""

    scene: Scene
    filter: Filter = field(default_factory=lambda: Filter(None))
    group_by: Sequence[str] = ()

    @property
    def previous(self) -> Window | None:
        """As long, right before; None when the window has no beginning. One without an end lasts until now."""
        from_ns, to_ns = self.scene.window.from_ns, min(self.scene.window.to_ns, max(self.scene.now_ns, self.scene.window.from_ns))
        if from_ns <= EARLIEST_NS:
            return None
        return Window(max(EARLIEST_NS, 2 * from_ns - to_ns), from_ns)

    @property
    def both(self) -> Window:
        """The window and the one before it."""
        previous = self.previous
        return Window((previous or self.scene.window).from_ns, self.scene.window.to_ns)

    def windows(self) -> dict[str, Json]:
        """`window` and `previous` as every answer gives them."""
        return {"window": shown(self.scene.window), "previous": None if self.previous is None else shown(self.previous)}


def shown(window: Window) -> dict[str, str | None]:
    """A window as answers give it; an open side is null."""
    return {
        "from": rfc3339(window.from_ns) if window.from_ns > EARLIEST_NS else None,
        "to": rfc3339(window.to_ns) if window.to_ns < LATEST_NS else None,
    }


def number(value: Any) -> Any:
    """A number as answers give it: whole numbers whole, what is no number None."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def ratio(of: float | None, to: float | None) -> float | None:
    """`of / to`; None where one is unknown, or nothing is there to divide by."""
    return None if of is None or not to else of / to


def narrowest(wide_ns: int, pieces: int, *, least: str = WIDTHS[0]) -> str:
    """The narrowest width of time, `least` at the least, that cuts so much time into no more than so many pieces."""
    widths = WIDTHS[WIDTHS.index(least) :]
    return next((width for width in widths if wide_ns <= pieces * width_ns(width)), WIDTHS[-1])


def width_ns(width: str) -> int:
    """Of one of `WIDTHS`."""
    return int(width[:-1]) * UNITS_NS[width[-1]]
