"""Rollups: settled rows summed up by the hour, so that questions over weeks cost the same however much came in.

A cache that can be thrown away: an hour is derived again, whole and under a new build, when nothing has changed in it for a while.
Readers take an hour's newest build unless the hour is marked as changed, and raw rows otherwise. Runs on the client of whoever settles,
so that nothing changes meanwhile.
"""

import time
from dataclasses import dataclass
from importlib.resources import files

from clickhouse_connect.driver.client import Client

from sightline.store.telemetry.engine import guarded

_HERE = files("sightline.store.telemetry") / "sql" / "rollups"
_SQL = {path.name.removesuffix(".sql"): path.read_text() for path in _HERE.iterdir()}

RELATIVE_ERROR = 0.01
GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
"""Width of a bin: a value in (GAMMA^(k-1), GAMMA^k] is told as 2 GAMMA^k / (GAMMA + 1)."""
MEASURES = ("duration", "ttft", "critical")
_KEPT_NS = 600 * 10**9
"""A build is kept for so long after another has taken its place: a question that is under way reads it to the end."""


def bin_sql(value: str) -> str:
    """SQL of the bin that a whole number lies in; -32768 for what is not above 0."""
    return f"if({value} > 0, toInt16(ceil(log(greatest({value}, 1)) / log({GAMMA!r}))), toInt16(-32768))"


def _sums() -> str:
    parts = []
    for name in MEASURES:
        value = f"toFloat64({name}_ns)"
        known = f"isNotNull({name}_ns)"
        parts += [
            f"countIf({known})",
            f"ifNull(sum({value}), 0)",
            f"ifNull(max({value}), 0)",
            f"sumMapIf(map({bin_sql(f'assumeNotNull({value})')}, toUInt64(1)), {known})",
        ]
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class RollupOptions:
    """`quiet_s`: how long an hour must be over and unchanged before it is derived; `most`: hours at once."""

    quiet_s: float = 60.0
    most: int = 24


class Rollups:
    """Uses the client of whoever settles: one at a time."""

    def __init__(self, client: Client, options: RollupOptions) -> None:
        self._client = client
        self._options = options

    def derive(self) -> int:
        """Derive the hours that are due; returns how many. Raises StoreError: what was derived stays, the rest is due again."""
        return guarded(self._derive)

    def _derive(self) -> int:
        build = time.time_ns()
        self._client.command("TRUNCATE TABLE rollup_due")
        quiet_before_ms = build // 1_000_000 - int(self._options.quiet_s * 1000)
        self._client.command(_SQL["find_due"], parameters={"build": build, "quiet_before_ms": quiet_before_ms, "most": self._options.most})
        due = int(self._client.query("SELECT count() FROM rollup_due").result_rows[0][0])
        if due:
            for name in ("derive_spans", "derive_requests"):
                self._client.command(_SQL[name].replace("{{sums}}", _sums()), parameters={"build": build})
            self._client.command(_SQL["switch"])
            self._client.command(_SQL["clear_marks"])
        self._forget(build)
        return due

    def _forget(self, now_ns: int) -> None:
        old = self._client.query(_SQL["superseded"], parameters={"before": now_ns - _KEPT_NS}).result_rows
        if old:
            builds = [row[2] for row in old]
            which = "(project, toUnixTimestamp(hour), build) IN {old:Array(Tuple(String, UInt32, UInt64))}"
            given = {"old": [(project, int(hour.timestamp()), build) for project, hour, build in old]}
            self._client.command(f"DELETE FROM rollup_latency WHERE build <= {max(builds)} AND {which}", parameters=given)
            self._client.command(f"DELETE FROM rollup_builds WHERE {which}", parameters=given)
