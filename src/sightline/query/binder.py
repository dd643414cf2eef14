"""Values on their way into a query: each becomes one of the engine's placeholders, never text of the SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sightline.query.times import EARLIEST_NS, LATEST_NS, Window

_INTEGERS = (("Int64", -(2**63), 2**63 - 1), ("UInt64", 0, 2**64 - 1))


@dataclass(slots=True)
class Binder:
    """Collects a query's values and hands out the placeholders that stand for them, such as `{p3:String}`."""

    params: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object, type_: str) -> str:
        """The placeholder for a value of the engine's type `type_`."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"{{{name}:{type_}}}"

    def text(self, value: str) -> str:
        """Any text; what UTF-8 can't hold (half a surrogate pair) becomes '?'."""
        return self.bind(_sound(value), "String")

    def texts(self, values: Sequence[str]) -> str:
        """An array of texts."""
        return self.bind([_sound(value) for value in values], "Array(String)")

    def number(self, value: Fraction) -> str:
        """A number, exact wherever one of the engine's integers can hold it."""
        if value.denominator == 1:
            for type_, low, high in _INTEGERS:
                if low <= value.numerator <= high:
                    return self.bind(value.numerator, type_)
        return self.bind(float(value), "Float64")

    def time(self, ns: int) -> str:
        """A time as the engine's DateTime64(9). A constant to the engine, so that it prunes by primary key."""
        return f"fromUnixTimestamp64Nano({self.bind(ns, 'Int64')}, 'UTC')"

    def traces_in(self, window: Window) -> str:
        """Rows of `traces` that start in a window; a side that is open asks nothing."""
        lowest, end = self.sides(window)
        conditions = [f"start >= {lowest}" if lowest else "", f"start < {end}" if end else ""]
        return " AND ".join(filter(None, conditions)) or "1"

    def spans_in(self, window: Window) -> str:
        """Rows of `spans` that start in a window.

        The primary key holds five-minute buckets, and the engine does not conclude from `start` to its bucket: both are asked.
        """
        lowest, end = self.sides(window)
        conditions = [buckets("start", ">=", lowest) if lowest else "", buckets("start", "<", end) if end else ""]
        return " AND ".join(filter(None, conditions)) or "1"

    def sides(self, window: Window) -> tuple[str, str]:
        """Both sides of a window as SQL, '' for one that is open."""
        return (
            self.time(window.from_ns) if window.from_ns > EARLIEST_NS else "",
            self.time(window.to_ns) if window.to_ns < LATEST_NS else "",
        )


def buckets(column: str, operator: str, time: str) -> str:
    """A comparison of a time with a constant, said of its five-minute bucket too."""
    return f"{column} {operator} {time} AND toStartOfFiveMinutes({column}) {operator[0]}= toStartOfFiveMinutes({time})"


def _sound(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")
