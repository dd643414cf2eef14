"""Scores: stored with their target's facts beside them, each once; the last that was said of the same thing by the same author stays.

A score may come before its target has settled, or before it is there at all. It is stored as it is and completed when settling has seen
the target. The SQL is in sql/scores.
"""

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.resources import files

from clickhouse_connect.driver.client import Client

from sightline.facts.scores import ScoreSource, ScoreTarget, ScoreType
from sightline.store.telemetry.engine import guarded

_SQL = {path.name.removesuffix(".sql"): path.read_text() for path in (files("sightline.store.telemetry") / "sql" / "scores").iterdir()}
_SETTLING = (
    "((project, trace_id) IN (SELECT project, trace_id FROM settling_traces) OR (target = 'session' AND (project, session_id) IN ("
    "SELECT project, assumeNotNull(session_id) FROM spans WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)"
    " AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND session_id IS NOT NULL)))"
)
_MOST_AT_ONCE = 20_000
_TOLD_EVERY_NS = 600 * 10**9  # how far is written down so often; what is read again after a crash is known again


@dataclass(frozen=True, slots=True)
class NewScore:
    """A score to be stored; what its target is follows from `target`, and the ids that it has not are ''.

    `value`: 1 or 0 if binary, the level's number if ordinal. `probability`: that this target was selected, in (0, 1], None if unknown.
    `received_ns` decides which of two with one identity (all of target, ids, name, source, author, version) stays: the later stored.
    """

    project: str
    target: ScoreTarget
    name: str
    source: ScoreSource
    type: ScoreType
    trace_id: str = ""
    span_id: str = ""
    session_id: str = ""
    author: str = ""
    version: str = ""
    value: float | None = None
    label: str | None = None
    explanation: str = ""
    confidence: float | None = None
    probability: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    cost_usd: float | None = None
    latency_ns: int | None = None
    judge_trace_id: str = ""
    received_ns: int = 0


_COLUMNS = [f.name for f in fields(NewScore) if f.name != "received_ns"]


class Scorer:
    """Writes scores through a client of its own, which keeps temporary tables."""

    def __init__(self, client: Client, *, retention_days: int) -> None:
        self._client = client
        self._retention = retention_days
        self._lock = threading.Lock()
        self._written = 0
        self._told_until_ns: int | None = None
        self._complete_from_now_on = False
        self._waiting: list[tuple[Sequence[NewScore], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, scores: Sequence[NewScore]) -> None:
        """Return when they are on disk. What arrives meanwhile is written together. Raises StoreError; then none of them may be there."""
        if not scores:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((scores, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                taken, size = 0, 0
                while taken < len(self._waiting) and (taken == 0 or size + len(self._waiting[taken][0]) <= _MOST_AT_ONCE):
                    size += len(self._waiting[taken][0])
                    taken += 1
                group, self._waiting = self._waiting[:taken], self._waiting[taken:]
                try:
                    await asyncio.to_thread(self.store, [score for scores, _ in group for score in scores])
                except Exception as error:
                    for _, done in group:
                        if not done.done():
                            done.set_exception(error)
                else:
                    for _, done in group:
                        if not done.done():
                            done.set_result(None)
        finally:
            self._writing = None

    def store(self, scores: Sequence[NewScore]) -> None:
        """Store them. Raises StoreError."""
        rows = [
            [place, *(getattr(score, name) for name in _COLUMNS), score.received_ns or time.time_ns()] for place, score in enumerate(scores)
        ]
        with self._lock:
            guarded(lambda: self._store(rows, sessions=any(score.target == "session" for score in scores)))

    def follow(self, *, traces: bool, until_ns: int) -> int:
        """What settling brings: scores told in telemetry, and the facts of scores whose targets have settled. Returns how many.

        `traces`: whether this pass settled any. `until_ns`: everything received up to then is loaded. Raises StoreError; call again.
        """
        with self._lock:
            return guarded(lambda: self._follow(traces, until_ns))

    def _follow(self, traces: bool, until_ns: int) -> int:
        if self._told_until_ns is None:
            self._told_until_ns = int(self._client.query("SELECT max(until_ns) FROM scores_told").result_rows[0][0])
        told = until_ns > self._told_until_ns
        if not (traces or told) and self._complete_from_now_on:
            return 0
        # All that wait at first and after a failure, which may have come between settling and this.
        which, self._complete_from_now_on = _SETTLING if self._complete_from_now_on else "1", False
        self._client.command(_SQL["01_arriving"])
        if told:
            self._client.command(_SQL["told_events"], parameters={"after_ns": self._told_until_ns, "until_ns": until_ns})
        if traces:
            self._client.command(_SQL["told_spans"])
        if traces or which == "1":
            self._client.command(_SQL["complete"].replace("$which", which))
        found = int(self._client.query("SELECT count() FROM scores_arriving").result_rows[0][0])
        if found:
            self._finish(sessions=True)
        if told and (found or until_ns - self._told_until_ns > _TOLD_EVERY_NS):
            self._client.command("TRUNCATE TABLE scores_told")
            self._client.command("INSERT INTO scores_told SELECT {until_ns:Int64}", parameters={"until_ns": until_ns})
        self._told_until_ns = max(self._told_until_ns, until_ns)
        self._complete_from_now_on = True
        return found

    def _store(self, rows: Sequence[Sequence[object]], *, sessions: bool) -> None:
        self._client.command(_SQL["01_arriving"])
        self._client.insert("scores_arriving", rows, column_names=["place", *_COLUMNS, "received"])
        self._finish(sessions=sessions)

    def _finish(self, *, sessions: bool) -> None:
        self._delete_superseded()
        for name in ("02_buckets", "03_targets"):
            self._client.command(_SQL[name])
        if sessions:
            self._client.command(_SQL["04_sessions"])
        self._client.command(_SQL["05_ready"])
        self._client.command(_SQL["06_superseded"])
        self._written = max(time.time_ns(), self._written + 1)
        self._client.command(_SQL["07_store"], parameters={"written": self._written, "retention": self._retention}, settings=_ANY_DAYS)
        self._delete_superseded()

    def _delete_superseded(self) -> None:
        if int(self._client.query("SELECT count() FROM scores_superseded").result_rows[0][0]):
            self._client.command(_SQL["08_delete"])
            self._client.command("TRUNCATE TABLE scores_superseded")


_ANY_DAYS = {"max_partitions_per_insert_block": 0}  # labels of a year ago may come in one request
