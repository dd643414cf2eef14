"""Tables in files (Parquet, CSV, TSV, JSON lines), read by the engine inside this process: no server, no directory of data."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from numpy.typing import NDArray

from sightline.errors import BadTableError

_FORMATS = {".parquet": "Parquet", ".csv": "CSVWithNames", ".tsv": "TSVWithNames", ".jsonl": "JSONEachRow", ".ndjson": "JSONEachRow"}
_PACKED = (".gz", ".zst", ".xz", ".bz2")
_SETTINGS: Mapping[str, Any] = {
    "session_timezone": "UTC",
    "use_query_cache": 0,
    "date_time_input_format": "best_effort",
    "input_format_csv_empty_as_default": 1,
    "input_format_allow_errors_num": 0,
    "schema_inference_make_columns_nullable": 1,
    "allow_suspicious_low_cardinality_types": 1,
}


@dataclass(frozen=True, slots=True)
class FileTable:
    """An open file. `columns`: name → the engine's type, in the file's order. In SQL its rows are
    `file({file:String}, {format:String})`."""

    name: str
    columns: Mapping[str, str]
    _client: Client
    _bound: Mapping[str, object]

    def rows(self, sql: str, params: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """A small answer. Raises BadTableError with the engine's own words where the file can't be read."""
        try:
            return [tuple(row) for row in self._client.query(sql, parameters={**self._bound, **params}).result_rows]
        except ClickHouseError as error:
            raise BadTableError(f"{self.name}: {_first_line(error)}") from error

    def run(self, sql: str, params: Mapping[str, object]) -> None:
        """A statement without an answer, such as CREATE TEMPORARY TABLE. Raises BadTableError."""
        try:
            self._client.command(sql, parameters={**self._bound, **params})
        except ClickHouseError as error:
            raise BadTableError(f"{self.name}: {_first_line(error)}") from error

    def records(self, sql: str, params: Mapping[str, object], dtype: np.dtype[Any]) -> NDArray[Any]:
        """An answer of fixed-width columns as records of `dtype`, little-endian and packed: what the engine's RowBinary is. The SQL
        casts each column to what `dtype` says. Raises BadTableError."""
        try:
            raw = self._client.raw_query(sql, parameters={**self._bound, **params}, fmt="RowBinary")
        except ClickHouseError as error:
            raise BadTableError(f"{self.name}: {_first_line(error)}") from error
        return np.frombuffer(raw, dtype=dtype)


@contextmanager
def open_file(path: Path, *, threads: int = 2) -> Iterator[FileTable]:
    """Open a table. Raises BadTableError for a name that says no format, OSError for a file that isn't there."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1] if suffixes and suffixes[-1] in _PACKED else ""
    kind = suffixes[-2] if packed and len(suffixes) > 1 else suffixes[-1] if suffixes else ""
    if kind not in _FORMATS:
        raise BadTableError(f"{path}: its name ends in none of {', '.join(_FORMATS)}, each of them also with {', '.join(_PACKED)}.")
    with path.open("rb"):
        pass
    with tempfile.TemporaryDirectory(prefix="sightline-") as folder:
        link = Path(folder) / f"table{kind}{packed}"  # a name of ours: in the file's own the engine would read * ? {} and ::
        link.symlink_to(path.resolve())
        client = clickhouse_connect.get_client(interface="chdb", path=":memory:", settings={**_SETTINGS, "max_threads": threads})
        try:
            bound = {"file": str(link), "format": _FORMATS[kind]}
            try:
                found = client.query("DESCRIBE file({file:String}, {format:String})", parameters=bound).result_rows
            except ClickHouseError as error:
                raise BadTableError(f"{path} can't be read as {_FORMATS[kind]}: {_first_line(error)}") from error
            yield FileTable(str(path), {str(row[0]): str(row[1]) for row in found}, client, bound)
        finally:
            client.close()


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:500] if text else type(error).__name__
