"""The period that a budget is in: a calendar's day, week (from Monday), month or quarter, in UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sightline.store import Period

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days [first, after)."""

    first: date
    after: date

    @property
    def from_ns(self) -> int:
        """When it begins."""
        return midnight_ns(self.first)

    @property
    def to_ns(self) -> int:
        """When it has ended."""
        return midnight_ns(self.after)


def period_of(period: Period, starts: date, today: date) -> Span:
    """The period that holds `today`; before the budget starts, its first one. The first period begins on the day that it starts."""
    span = _SPANS[period](max(today, starts))
    return Span(max(span.first, starts), span.after)


def midnight_ns(day: date) -> int:
    """The day's beginning in nanoseconds since 1970."""
    return (day - date(1970, 1, 1)).days * DAY_NS


def day_of(ns: int) -> date:
    """The day that a time lies in."""
    return datetime.fromtimestamp(ns // SECOND_NS, UTC).date()


def _day(day: date) -> Span:
    return Span(day, day + timedelta(days=1))


def _week(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=7))


def _months(count: int) -> Callable[[date], Span]:
    def span(day: date) -> Span:
        first = date(day.year, day.month - (day.month - 1) % count, 1)
        years, month = divmod(first.month - 1 + count, 12)
        return Span(first, date(first.year + years, month + 1, 1))

    return span


_SPANS: Mapping[Period, Callable[[date], Span]] = {"day": _day, "week": _week, "month": _months(1), "quarter": _months(3)}
