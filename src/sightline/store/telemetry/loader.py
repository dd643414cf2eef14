"""Segments into the engine: decoded, derived and stored by its views, each row once however often a segment comes.

The segment's name is the insert's deduplication token, checked by every target table. If rows are to blame for a failure, what the
failed insert left in some tables is removed and the segment is halved until the request at fault stands alone: it becomes a dead
letter, counted as rejected, and its neighbours are stored.
"""

import ctypes
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client

from sightline.receive import SIGNALS, Record, Segment, Signal, frame, records, refused_whole
from sightline.store.telemetry.engine import EngineError, guarded

log = structlog.get_logger(__name__)

_PROTO = (files("sightline.store.telemetry") / "otlp.proto").read_text()
_REFUSED_BY_ENGINE = "refused by the engine"


@dataclass(frozen=True, slots=True)
class _Target:
    table: str
    message: str
    received_in: tuple[tuple[str, str], ...]
    """(table, column): where an insert's rows can be found again by the time of their request"""


_LEDGER = _Target("ledger_in", "LedgerBatch", ())
_TARGETS: Mapping[Signal, _Target] = {
    "traces": _Target(
        "otlp_traces_in",
        "TraceBatch",
        (("spans", "received"), ("payloads", "received"), ("events", "received"), ("trace_arrivals", "max_received")),
    ),
    "logs": _Target("otlp_logs_in", "LogBatch", (("events", "received"), ("trace_arrivals", "max_received"))),
    "metrics": _Target("otlp_metrics_in", "MetricBatch", (("metrics", "received"),)),
}


class Loader:
    """Loads one segment at a time through a client of its own. `dead_letters`: where refused requests are kept."""

    def __init__(self, client: Client, dead_letters: Path) -> None:
        self._client = client
        self._dead_letters = dead_letters

    def load(self, segment: Segment) -> int:
        """Store the segment's rows and its ledger lines; returns when the last of its requests was received, in ns.

        Raises StoreError when the machine is to blame (disk, memory, network): call again, nothing is lost or doubled.
        """
        with segment.path.open("rb") as file:
            data = file.read(segment.size_bytes)
        found = list(records(data))
        dead: set[int] = set()
        for signal in SIGNALS:
            mine = [record for record in found if record.signal == signal and record.items]
            if mine:
                dead |= self._load_signal(signal, segment.name, data, mine)
        ledger = b"".join(_for_the_ledger(data, record, record.received_ns in dead) for record in found)
        self._insert(_LEDGER, f"{segment.name}:ledger", ledger)
        return max((record.received_ns for record in found), default=0)

    def _load_signal(self, signal: Signal, name: str, data: bytes, mine: Sequence[Record]) -> set[int]:
        target = _TARGETS[signal]
        try:
            self._insert(target, f"{name}:{signal}", data)
        except EngineError as error:
            if error.environmental:
                raise
            log.warning("segment_refused", segment=name, signal=signal, requests=len(mine), error=str(error)[:500])
            self._remove(target, mine)
            return self._halve(target, data, mine, str(error))
        return set()

    def _halve(self, target: _Target, data: bytes, mine: Sequence[Record], why: str) -> set[int]:
        """Store what can be stored of `mine`, none of which is; returns the dead by their time of arrival."""
        if len(mine) == 1:
            self._bury(data, mine[0], why)
            return {mine[0].received_ns}
        dead: set[int] = set()
        middle = len(mine) // 2
        for half in (mine[:middle], mine[middle:]):
            # a token of its own: after a crash the rows of a half are removed before they are loaded again
            token = secrets.token_hex(16)
            try:
                self._insert(target, token, b"".join(frame(record.signal, data[record.start : record.end]) for record in half))
            except EngineError as error:
                if error.environmental:
                    raise
                self._remove(target, half)
                dead |= self._halve(target, data, half, str(error))
        return dead

    def _remove(self, target: _Target, mine: Sequence[Record]) -> None:
        times = [record.received_ns for record in mine]
        for table, column in target.received_in:
            guarded(
                lambda table=table, column=column: self._client.command(  # type: ignore[misc]
                    f"DELETE FROM {table} WHERE {column} >= fromUnixTimestamp64Nano({{first:Int64}}, 'UTC')"
                    f" AND {column} <= fromUnixTimestamp64Nano({{last:Int64}}, 'UTC')",
                    parameters={"first": min(times), "last": max(times)},
                )
            )

    def _bury(self, data: bytes, record: Record, why: str) -> None:
        self._dead_letters.mkdir(parents=True, exist_ok=True)
        stem = self._dead_letters / f"{record.received_ns}.{record.signal}"
        stem.with_suffix(f".{record.signal}.pb").write_bytes(data[record.start : record.end])
        about = {"signal": record.signal, "received_ns": record.received_ns, "items": record.items, "reason": why[:2000]}
        stem.with_suffix(f".{record.signal}.json").write_text(json.dumps(about, indent=1))
        log.error("request_dead", **about)

    def _insert(self, target: _Target, token: str, data: bytes) -> None:
        settings: dict[str, Any] = {
            "format_schema_source": "string",
            "format_schema": _PROTO,
            "format_schema_message_name": target.message,
            "input_format_protobuf_oneof_presence": 1,
            "insert_deduplicate": 1,
            "insert_deduplication_token": token,
            "deduplicate_blocks_in_dependent_materialized_views": 1,
            # one bad clock must not fail a group: its dates may lie in hundreds of partitions
            "max_partitions_per_insert_block": 0,
            "max_insert_threads": 1,
            "parallel_view_processing": 1,
            # the views' long expressions are merged and compiled anew for each insert: that took a fifth of its time
            "query_plan_enable_optimizations": 0,
            "compile_expressions": 0,
            "max_memory_usage": 0,
        }
        guarded(lambda: self._client.raw_insert(target.table, insert_block=data, fmt="ProtobufSingle", settings=settings))


def _for_the_ledger(data: bytes, record: Record, dead: bool) -> bytes:
    payload = data[record.start : record.end]
    return frame(record.signal, refused_whole(payload, reason=_REFUSED_BY_ENGINE, items=record.items) if dead else payload)


def sync_filesystem(directory: Path) -> None:
    """Return when everything written to the file system of `directory` is on disk. Raises OSError."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _LIBC is None:
            os.sync()
        elif _LIBC.syncfs(fd) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(directory))
    finally:
        os.close(fd)


def _libc() -> ctypes.CDLL | None:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        _ = libc.syncfs
    except (OSError, AttributeError):  # not Linux
        return None
    return libc


_LIBC = _libc()
