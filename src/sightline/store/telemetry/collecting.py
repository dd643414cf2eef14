"""Writes the items of datasets and the results of experiments, through a client of its own."""

import threading
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client

from sightline.store.telemetry.engine import guarded


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row of `dataset_items`, but for when it was received; its JSON texts are '' where there is nothing."""

    project: str
    dataset_id: str
    item_id: str
    version: int
    position: int
    removed: bool = False
    digest: str = ""
    input: str = ""
    expected: str = ""
    context: str = ""
    metadata: str = ""
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of `experiment_results`, but for when it was received."""

    project: str
    experiment_id: str
    item_id: str
    repeat: int
    trace_id: str
    output: str = ""
    error: str = ""
    latency_ns: int | None = None
    cost_usd: float | None = None


class Collector:
    """Every method returns once its rows are on disk, and raises StoreError."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._last_us = 0

    def add_items(self, rows: Sequence[ItemRow]) -> None:
        """Nobody reads them before their version is committed."""
        self._insert("dataset_items", rows)

    def add_results(self, rows: Sequence[ResultRow]) -> None:
        """The last of one repeat of one item holds."""
        self._insert("experiment_results", rows)

    def forget_dataset(self, project: str, dataset_id: str) -> None:
        """Delete all of a dataset's items."""
        self._delete("dataset_items", "dataset_id", project, dataset_id)

    def forget_experiment(self, project: str, experiment_id: str) -> None:
        """Delete all of an experiment's results."""
        self._delete("experiment_results", "experiment_id", project, experiment_id)

    def _insert(self, table: str, rows: Sequence[ItemRow] | Sequence[ResultRow]) -> None:
        if not rows:
            return
        with self._lock:
            # the clock may stand still between two requests, and the later one has to be the later
            self._last_us = max(time.time_ns() // 1000, self._last_us + 1)
            received = datetime.fromtimestamp(self._last_us / 1e6, UTC)
            names = [*(field.name for field in fields(rows[0])), "received"]
            data = [[*astuple(row), received] for row in rows]
            guarded(lambda: self._client.insert(table, data, column_names=names))

    def _delete(self, table: str, column: str, project: str, id_: str) -> None:
        sql = f"DELETE FROM {table} WHERE project = {{project:String}} AND {column} = {{id:String}}"
        with self._lock:
            guarded(lambda: self._client.command(sql, parameters={"project": project, "id": id_}))
