"""Counters of the traffic since the server started, made by the engine from settled spans and never falling.

Hours that are over for an hour are counted once and kept; what came since is counted anew at each reading. A span counts by its start,
so what arrives more than an hour after it, or began before the server did, is not in them: they are for rates, not for accounts. Sets of
labels beyond `most_series` are counted together, as `other`; which ones have series of their own is settled once, the busiest first.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sightline.errors import SettingsError
from sightline.query import SPAN_FIELDS, UNITS_NS, Binder, Reader, Window, statements_in

statement = statements_in("sightline.measure.traffic")

SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = tuple(float(4**n) for n in range(14))
"""The buckets that OpenTelemetry's GenAI conventions advise for durations and token counts."""

OTHER = "other"

_HOUR_NS = UNITS_NS["h"]
_FRESH_NS = 5 * UNITS_NS["s"]
_CALLS = "usage_counted AND kind IN ('llm', 'embedding', 'rerank') AND coalesce(provider, request_model, model) IS NOT NULL"
_IDS = frozenset({"trace_id", "span_id", "parent_span_id", "wrapper_span_id", "response_id", "fallback_of", "status_message", "query"})

Values = dict[str, Any]
Series = dict[tuple[str, ...], Values]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, by the values of the labels: `calls` by the configured ones, `requests` and `silent` by those named here."""

    calls: Series
    requests: Series
    silent: Series
    request_labels: tuple[str, ...] = ("project", "status")
    silent_labels: tuple[str, ...] = ("project", "silent_failure")


@dataclass(slots=True)
class _Family:
    """One family of series: how it is asked, what was counted of whole hours, and the sets of labels that it has."""

    sql: str
    which: str
    labels: tuple[str, ...]
    params: Mapping[str, object] = field(default_factory=dict)
    known: list[int] = field(default_factory=list)
    closed: Series = field(default_factory=dict)
    last: Series = field(default_factory=dict)

    @property
    def labels_sql(self) -> str:
        """The values of the labels as an array of texts; '' where unknown."""
        values = (f"ifNull(toString({SPAN_FIELDS[name].sql}), '')" for name in self.labels)
        return f"[{', '.join(values)}]"


def check_labels(names: Sequence[str]) -> None:
    """Raises SettingsError that names the first that no series can be told apart by."""
    for name in names:
        found = SPAN_FIELDS.get(name)
        if found is None or found.type not in ("string", "boolean") or name in _IDS:
            right = "a fact with few values, such as project, provider, request_model, error_type, task or tenant"
            raise SettingsError(f"metrics_labels: {name!r} can't be a label: name {right}.")
    if len(set(names)) < len(names):
        raise SettingsError("metrics_labels: one of them is there twice.")


class TrafficCounters:
    """Read them as often as you like: the engine is asked once in five seconds at the most."""

    def __init__(self, reader: Reader, labels: Sequence[str], *, most_series: int, started_ns: int) -> None:
        self.labels = tuple(labels)
        self._reader = reader
        self._most = most_series
        self._closed_until_ns = started_ns
        self._read_ns = 0
        self._turn = asyncio.Lock()
        histogram = {"seconds": list(SECONDS), "tokens": list(TOKENS)}
        self._calls = _Family("calls", _CALLS, self.labels, histogram)
        self._requests = _Family("spans", "parent_span_id IS NULL", ("project", "status"))
        self._silent = _Family("spans", "silent_failure IS NOT NULL", ("project", "silent_failure"))

    async def read(self, now_ns: int) -> Counted:
        """What was counted until now. Raises StoreError."""
        async with self._turn:
            if now_ns - self._read_ns >= _FRESH_NS:
                await self._count(now_ns)
                self._read_ns = now_ns
        return Counted(self._calls.last, self._requests.last, self._silent.last)

    async def _count(self, now_ns: int) -> None:
        families = (self._calls, self._requests, self._silent)
        while self._closed_until_ns + 2 * _HOUR_NS <= now_ns:
            window = Window(self._closed_until_ns, self._closed_until_ns + _HOUR_NS)
            found = [await self._ask(family, window) for family in families]
            for family, series in zip(families, found, strict=True):
                family.closed = _added(family.closed, series)
            self._closed_until_ns = window.to_ns
        window = Window(self._closed_until_ns, now_ns)
        for family in families:
            family.last = _never_less(family.last, _added(family.closed, await self._ask(family, window)))

    async def _ask(self, family: _Family, window: Window) -> Series:
        binder = Binder()
        parts = {"labels": family.labels_sql, "window": binder.spans_in(window)}
        if len(family.known) < self._most:
            params = {**binder.params, "known": family.known, "rows": self._most - len(family.known)}
            rows = await self._reader.rows(statement("label_sets", which=family.which, **parts), params)
            family.known += [row["key"] for row in rows]
        params = {**binder.params, **family.params, "known": family.known, "other": [OTHER] * len(family.labels)}
        more = {} if family.sql == "calls" else {"which": family.which}
        rows = await self._reader.rows(statement(family.sql, **parts, **more), params)
        return {tuple(row.pop("labels")): {name: value if value is not None else 0.0 for name, value in row.items()} for row in rows}


def _added(one: Series, other: Series) -> Series:
    made = {labels: dict(values) for labels, values in one.items()}
    for labels, values in other.items():
        made[labels] = _combined(made[labels], values, lambda a, b: a + b) if labels in made else dict(values)
    return made


def _never_less(last: Series, now: Series) -> Series:
    """A trace that opened again is not settled for a moment, and a wrapper stops being a call: a counter waits until it is passed."""
    made = {labels: dict(values) for labels, values in now.items()}
    for labels, values in last.items():
        made[labels] = _combined(values, made[labels], max) if labels in made else dict(values)
    return made


def _combined(one: Values, other: Values, how: Any) -> Values:
    return {
        name: [how(a, b) for a, b in zip(value, other[name], strict=True)] if isinstance(value, list) else how(value, other[name])
        for name, value in one.items()
    }
