"""Facts of stored spans derived again, by the SQL that derives them at arrival.

A window goes through in pieces of whole five minutes. In each, one UPDATE gives every span what it says itself by today's table, and its
trace is open again: the next settling pass adds what it has from its relatives, and what it cost. Until then, a second or two, the trace
is shown as one that is still arriving.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import structlog
from clickhouse_connect.driver.client import Client

from sightline.facts import FACTS, FactSql, Sources
from sightline.store.telemetry.engine import guarded
from sightline.store.telemetry.schema import views

log = structlog.get_logger(__name__)

_STORED = (files("sightline.store.telemetry") / "sql" / "stored_spans.sql").read_text()
_WINDOW = (
    "start >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND start < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')"
    " AND ({project:String} = '' OR project = {project:String})"
)
_BUCKET_NS = 300 * 10**9
_PIECE = 50_000  # spans; a piece is at least one bucket


@dataclass(frozen=True, slots=True)
class Refacted:
    """`spans` were derived again; `outdated` of them had been made by another table. `facts_version` is that of now."""

    spans: int
    outdated: int
    facts_version: int


class Refacter:
    """Uses the client of whoever settles: one at a time."""

    def __init__(self, client: Client, sources: Sources, *, retention_days: int) -> None:
        self._client = client
        self.facts_version = FactSql(sources).version()
        made = views(retention_days=retention_days, sources=sources)
        decode, facts = (made[name].partition(" AS\n")[2] for name in ("spans_decode", "spans_write"))
        self._columns = [name for name in FactSql(sources).columns() if name in FACTS or name.endswith("_preview")]
        self._columns = [name for name in self._columns if name not in _AS_SENT]
        stored = _STORED.replace("{{value}}", _value_type().replace("'", "\\'"))
        decode = decode.replace("FROM spans_flat", f"FROM ({stored})")
        self._derive = facts.replace("FROM spans_decoded", f"FROM ({decode})")

    def pieces(self, project: str | None, from_ns: int, to_ns: int) -> list[tuple[int, int]]:
        """The window in pieces of whole five minutes and about _PIECE spans, each as (from, to) in ns."""
        rows = guarded(
            lambda: (
                self._client.query(
                    "SELECT toUnixTimestamp(toStartOfFiveMinutes(start)) AS bucket, count() FROM spans"
                    f" WHERE {_WINDOW} GROUP BY bucket ORDER BY bucket",
                    parameters={"project": project or "", "from_ns": from_ns, "to_ns": to_ns},
                ).result_rows
            )
        )
        pieces: list[tuple[int, int]] = []
        size = 0
        for bucket_s, count in rows:
            start, end = int(bucket_s) * 10**9, int(bucket_s) * 10**9 + _BUCKET_NS
            if pieces and size + count <= _PIECE:
                pieces[-1] = (pieces[-1][0], end)
                size += count
            else:
                pieces.append((start, end))
                size = count
        return [(max(start, from_ns), min(end, to_ns)) for start, end in pieces]

    def derive_again(self, project: str | None, from_ns: int, to_ns: int, reopen: Callable[[], int]) -> Refacted:
        """One piece. `reopen` opens the traces in `reopened_traces` again. Raises StoreError; then the piece is as it was."""
        return guarded(lambda: self._derive_again({"project": project or "", "from_ns": from_ns, "to_ns": to_ns}, reopen))

    def _derive_again(self, window: Mapping[str, object], reopen: Callable[[], int]) -> Refacted:
        self._client.command("DROP TABLE IF EXISTS refacting")
        columns = ", ".join(f"{name} {_plain(name)}" for name in self._columns)
        self._client.command(
            f"CREATE TABLE refacting (project String, trace_id String, span_id String, {columns}, present Bool)"
            " ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0"
        )
        names = ", ".join(self._columns)
        derived = self._derive.replace("{{which}}", _WINDOW)
        self._client.command(
            f"INSERT INTO refacting SELECT project, trace_id, span_id, {names}, true FROM ({derived})", parameters=dict(window)
        )
        counts = self._client.query(
            f"SELECT count(), countIf(facts_version != {self.facts_version}) FROM spans WHERE {_WINDOW}", parameters=dict(window)
        ).result_rows[0]
        key = "toString(project), trace_id, span_id"
        sets = ", ".join(f"{name} = joinGet('refacting', '{name}', {key})" for name in self._columns)
        self._client.command(
            f"UPDATE spans SET {sets}, facts_version = {self.facts_version}, usage_counted = true, wrapper_span_id = NULL, settled = false"
            f" WHERE {_WINDOW} AND joinGet('refacting', 'present', {key})",
            parameters=dict(window),
        )
        self._client.command("DROP TABLE refacting")
        self._client.command("TRUNCATE TABLE reopened_traces")
        self._client.command(
            "INSERT INTO reopened_traces SELECT project, trace_id, min(min_start), max(max_start), min(min_received) FROM trace_index"
            f" WHERE (project, trace_id) IN (SELECT project, trace_id FROM spans WHERE {_WINDOW}) GROUP BY project, trace_id",
            parameters=dict(window),
        )
        reopen()
        return Refacted(int(counts[0]), int(counts[1]), self.facts_version)


_AS_SENT = frozenset(
    {"project", "trace_id", "span_id", "parent_span_id", "name", "start", "received", "duration_ns", "status", "status_message"}
)
"""What no source decides: it is what the sender's span was."""


def _plain(name: str) -> str:
    """A column's type without its dictionary, which a Join table would carry for nothing."""
    if name.endswith("_preview"):
        return "Nullable(String)"
    fact = FACTS[name]
    column = fact.column.removeprefix("LowCardinality(").removesuffix(")") if fact.column.startswith("LowCardinality(") else fact.column
    return f"Nullable({column})" if fact.nullable else column


def _value_type() -> str:
    """The engine's type of one attribute's value, as the schema has it."""
    schema = (files("sightline.store.telemetry") / "schema" / "0001_first.sql").read_text()
    found = re.search(r"^  vals Array\((.*)\),$", schema, re.MULTILINE)
    if found is None:
        raise AssertionError("the schema has no column `vals`")
    return found.group(1)
