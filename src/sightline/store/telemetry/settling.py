"""Settling: what a span can only know from its relatives, once nothing more is expected of its trace.

A pass takes the traces that have gone quiet and completes their rows in place, with one UPDATE, so that a reader sees a span as it
arrived or settled and never half. Every step may be cut short by a crash: the next pass does it again. The SQL is in sql/settle.
"""

import time
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client

from sightline.facts import ESTIMATES, JSON_ASKED, LATE_CLOCKS, REFUSAL_WORDS, REFUSALS, finish_reason_sql, scoped_sql, sql_text
from sightline.store.telemetry.engine import guarded
from sightline.store.telemetry.pricing import Pricer
from sightline.store.telemetry.schema import trace_summary

log = structlog.get_logger(__name__)

_HERE = files("sightline.store.telemetry") / "sql" / "settle"
_MARKS = files("sightline.store.telemetry") / "sql" / "rollups"
_WORDS = {
    "{{finish_reason}}": finish_reason_sql("said"),
    "{{late_clock}}": scoped_sql(LATE_CLOCKS),
    "{{estimates}}": scoped_sql(ESTIMATES),
    "{{json_asked}}": sql_text(JSON_ASKED),
    "{{refusals}}": sql_text("|".join(REFUSALS)),
    "{{refusal_words}}": f"[{', '.join(map(sql_text, REFUSAL_WORDS))}]",
}


def _read(text: str) -> str:
    for word, sql in _WORDS.items():
        text = text.replace(word, sql)
    return text


_SQL = {path.name.removesuffix(".sql"): _read(path.read_text()) for path in _HERE.iterdir()}
_MARK_SETTLED, _MARK_REOPENED = ((_MARKS / f"mark_{what}.sql").read_text() for what in ("settled", "reopened"))
_TRACES = (
    "(s.project, s.trace_id) IN (SELECT project, trace_id FROM settling_traces)"
    " AND toStartOfFiveMinutes(s.start) IN (SELECT bucket FROM settling_buckets)"
)
_SPANS = (
    "toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)"
    " AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)"
)
_SUMMARISE = f"INSERT INTO traces_settled SELECT * FROM ({trace_summary(_TRACES)})"
_DEEPEST = 16  # steps; a chain of 65,536 spans
_DEEPEST_PATH = 200  # spans, one in the other; time below belongs to the last
_WORK_TABLES = (
    *("settling_traces", "settling_buckets", "settling_spans", "settling_facts", "settling_calls", "settling_pairs", "settling_wraps"),
    *("settling_nodes", "settling_roots", "settling_children", "settling_path", "settling_stalls"),
    *("reopened_traces", "settling_silent", "settling_origins"),
)


@dataclass(frozen=True, slots=True)
class SettlingOptions:
    """`quiet_s`: without arrivals before a trace with a root settles; `patience_s`: for one without. `most`: traces in one pass."""

    quiet_s: float
    patience_s: float
    most: int = 20_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What a pass did."""

    traces: int = 0
    duplicates: int = 0
    reopened: int = 0


class Settler:
    """One at a time per store, through a client of its own."""

    def __init__(self, client: Client, options: SettlingOptions, pricer: Pricer) -> None:
        self._client = client
        self._options = options
        self._pricer = pricer
        self._looked_until_ns = 0

    def settle(self, until_ns: int) -> Settled:
        """One pass over what was received up to `until_ns`, all of which must be loaded.

        Raises StoreError; whatever the pass had done is done, the rest is found again.
        """
        return guarded(lambda: self._settle(until_ns))

    def _settle(self, until_ns: int) -> Settled:
        self._finish_plans()
        for table in _WORK_TABLES:
            self._run(f"TRUNCATE TABLE {table}")
        reopened = self._reopen(until_ns)
        options = self._options
        self._run(
            _SQL["01_pick_quiet"],
            quiet_ms=int(options.quiet_s * 1000),
            patience_ms=int(options.patience_s * 1000),
            most=options.most,
            until_ns=until_ns,
        )
        traces = self._count("SELECT count() FROM settling_traces")
        if not traces:
            return Settled(reopened=reopened)
        self._run(_SQL["02_buckets"])
        self._run(_MARK_SETTLED)
        duplicates = self._remove_duplicates()
        self._inherit()
        self._walk()
        self._run(_SQL["24_find_silent"])
        self._run(_SQL["25_find_origins"])
        self._pricer.price(_SPANS)
        self._run(_SQL["07_update_spans"])
        if self._count(_SQL["08_known_traces"]):
            self._run(_SQL["09_forget_known"])
        self._run(_SUMMARISE)
        self._run(_SQL["11_clear_arrivals"])
        return Settled(traces, duplicates, reopened + self._reopen_twins())

    def _reopen(self, until_ns: int) -> int:
        if until_ns <= self._looked_until_ns:
            return 0
        self._run(_SQL["reopen_find"], since_ns=self._looked_until_ns, until_ns=until_ns)
        self._looked_until_ns = until_ns
        return self.open_again()

    def _reopen_twins(self) -> int:
        """Traces settled before another told of the same call and of more around it."""
        self._run("TRUNCATE TABLE reopened_traces")
        self._run(_SQL["15_reopen_twins"])
        return self.open_again()

    def open_again(self) -> int:
        """Whatever stands in `reopened_traces` is open again; returns how many."""
        reopened = self._count("SELECT count() FROM reopened_traces")
        if reopened:
            self._run(_MARK_REOPENED)
            for step in ("reopen_arrivals", "reopen_spans", "reopen_traces", "reopen_scores"):
                self._run(_SQL[step])
        return reopened

    def _remove_duplicates(self) -> int:
        self._run(_SQL["03_find_duplicates"], plan=time.time_ns())
        return self._finish_plans()

    def _finish_plans(self) -> int:
        """Carry out what is planned: the ledger first, under the plan's number, then the copies, the spans last."""
        plans = self._client.query("SELECT plan, count() FROM settling_duplicates GROUP BY plan ORDER BY plan").result_rows
        for plan, _ in plans:
            self._run(
                _SQL["duplicates_ledger"],
                settings={"insert_deduplicate": 1, "insert_deduplication_token": f"settled {plan}"},
                plan=plan,
            )
            for step in ("duplicates_events", "duplicates_payloads", "duplicates_spans"):
                self._run(_SQL[step], plan=plan)
        if plans:
            self._run("TRUNCATE TABLE settling_duplicates")
        return sum(int(count) for _, count in plans)

    def _inherit(self) -> None:
        self._run(_SQL["04_inherit_start"])
        step = 0
        while step < _DEEPEST and self._count("SELECT count() FROM settling_spans WHERE step = {step:UInt8} AND ancestor != ''", step=step):
            step += 1
            self._run(_SQL["05_inherit_step"], step=step)
        self._run(_SQL["06_inherit_finish"], step=step)
        self._count_once(step)

    def _count_once(self, step: int) -> None:
        """Calls that several spans tell of: one counts and knows what the others say."""
        self._run(_SQL["10_find_calls"], step=step)
        for name in ("12_pair_calls", "13_index_calls", "14_pair_traces", "16_mark_wrappers", "17_complete_calls"):
            self._run(_SQL[name])
        if self._count("SELECT count() FROM settling_pairs") or self._count("SELECT count() FROM settling_calls WHERE helped"):
            self._run(_SQL["18_update_calls"])

    def _walk(self) -> None:
        """What each span did itself, what the response waited for in it, and how its answer stalled."""
        for name in ("19_tree_nodes", "20_tree_roots", "21_tree_children"):
            self._run(_SQL[name])
        self._run(_SQL["22_critical_path"], deepest=_DEEPEST_PATH)
        self._run(_SQL["23_stalls"])

    def _run(self, sql: str, *, settings: dict[str, Any] | None = None, **parameters: object) -> None:
        self._client.command(sql, parameters=parameters or None, settings=settings)

    def _count(self, sql: str, **parameters: object) -> int:
        return int(self._client.query(sql, parameters=parameters or None).result_rows[0][0])
