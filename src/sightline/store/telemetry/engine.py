"""The engine behind one face: embedded chDB or a ClickHouse server, reached with the same client and the same SQL.

This is the only place where the event loop meets the engine's threads, and where the engine's errors become ours.
"""

import asyncio
import queue
import re
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import clickhouse_connect
import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from sightline.errors import QueryTimeoutError, QueryTooLargeError, StoreClosedError, StoreError, StoreFullError

log = structlog.get_logger(__name__)
T = TypeVar("T")

_CODE = re.compile(r"\bCode: (\d+)\b|\berror code (\d+)\b", re.IGNORECASE)
_TIMEOUTS = frozenset({159, 160})  # TIMEOUT_EXCEEDED, TOO_SLOW
_MEMORY_LIMIT = 241
_FULL = frozenset({243, 28})  # NOT_ENOUGH_SPACE; CANNOT_WRITE_TO_OSTREAM
_TOO_LARGE = frozenset({158, 307, 396})  # TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES
# A table takes whatever types an answer has.
_AS_ANSWERED: Mapping[str, Any] = {"allow_suspicious_low_cardinality_types": 1}
# What is wrong with the machine rather than with the rows: the same insert may go through later.
_ENVIRONMENT = frozenset(
    {28, 49, 74, 75, 76, 77, 107, 159, 160, 164, 202, 209, 210, 236, 241, 242, 243, 252, 319, 394, 439, 517, 999, 1000, 1001}
)


class EngineError(StoreError):
    """The engine refused; `code` is its own number, None where it gave none; `environmental` when the rows are not to blame."""

    def __init__(self, message: str, *, code: int | None) -> None:
        super().__init__(message)
        self.code = code

    @property
    def environmental(self) -> bool:
        """Whether the machine (disk, memory, network, shutdown) is to blame and the same call may succeed later."""
        return self.code is None or self.code in _ENVIRONMENT


def _ours(error: Exception) -> StoreError:
    found = _CODE.search(str(error))
    code = int(found.group(1) or found.group(2)) if found else None
    text = str(error).strip().splitlines()[0][:2000] if str(error).strip() else type(error).__name__
    if code in _TIMEOUTS:
        return QueryTimeoutError("The query took longer than its limit; narrow the window or the filter.")
    if code in _FULL or "No space left on device" in text:
        return StoreFullError("The disk is full.")
    if code in _TOO_LARGE:
        return StoreError(text)
    return EngineError(text, code=code)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Where the engine is and what it may use.

    `directory`: of the embedded engine; `url`: `clickhouse://user:password@host:port/database` instead. `readers`: queries at
    once. `memory_bytes`: cap on one query's memory; half of it before sorting and grouping spill to disk.
    """

    directory: Path | None
    url: str | None = None
    readers: int = 4
    memory_bytes: int = 1 << 30
    threads: int = 2


class Engine:
    """A pool of clients. Every method raises StoreClosedError after `close`."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._clients: queue.SimpleQueue[Client | None] = queue.SimpleQueue()
        self._all: list[Client] = []
        self._closed = False
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(options.readers, thread_name_prefix="query")
        for _ in range(options.readers):
            self._clients.put(self.connect(keeps_tables=True))

    def connect(self, *, keeps_tables: bool = False) -> Client:
        """A client of its own: for the loader and the settler, which run beside the readers. Closed with the engine.

        `keeps_tables`: its temporary tables live from one statement to the next. Such a client is used by one thread at a time.
        """
        settings: dict[str, Any] = {
            "max_memory_usage": self._options.memory_bytes,
            "max_bytes_before_external_group_by": self._options.memory_bytes // 2,
            "max_bytes_before_external_sort": self._options.memory_bytes // 2,
            "max_threads": self._options.threads,
            "use_query_cache": 0,
            "session_timezone": "UTC",
            "output_format_json_quote_64bit_integers": 0,
        }
        try:
            if self._options.url:
                client = clickhouse_connect.get_client(dsn=self._options.url, settings=settings, autogenerate_session_id=keeps_tables)
            else:
                client = clickhouse_connect.get_client(interface="chdb", path=str(self._options.directory), settings=settings)
        except ClickHouseError as error:
            raise _ours(error) from error
        with self._lock:
            self._all.append(client)
        return client

    def close(self) -> None:
        """Wait for what runs, then close every client. Idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        for client in self._all:
            client.close()

    @contextmanager
    def _leased(self) -> Iterator[Client]:
        if self._closed:
            raise StoreClosedError("The store is closed.")
        client: Client | None = self._clients.get()
        try:
            if client is None:
                client = self.connect(keeps_tables=True)
            yield client
        except BaseException:
            # What a query that failed or was killed had answered by then stays in its client, in front of the next answer:
            # whoever comes next connects anew.
            self._dismiss(client)
            client = None
            raise
        finally:
            self._clients.put(client)

    def _dismiss(self, client: Client | None) -> None:
        if client is not None:
            with self._lock:
                self._all.remove(client)
            client.close()

    async def rows(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        limit_s: float = 30.0,
        settings: Mapping[str, object] | None = None,
        given: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        """The answer to one question, a dict per row. `{name:Type}` in `sql` is bound from `params` by the engine.

        `given` are questions that are answered first, each into a table of its name that the later ones can read: a common table
        expression is analysed wherever it is used. Raises QueryTimeoutError past `limit_s` seconds, of all together. Cancelling the
        awaiting task kills the query in the engine.
        """

        def ask(client: Client, everything: dict[str, Any]) -> list[dict[str, Any]]:
            began = time.monotonic()
            try:
                for table, question in (given or {}).items():
                    create = f"CREATE OR REPLACE TEMPORARY TABLE {table} ENGINE = Memory AS {question}"
                    client.command(create, parameters=dict(params or {}), settings={**everything, **_AS_ANSWERED})
                    everything["max_execution_time"] = max(0.001, limit_s - (time.monotonic() - began))
                result = client.query(sql, parameters=dict(params or {}), settings=everything)
            finally:
                for table in given or {}:
                    client.command(f"DROP TEMPORARY TABLE IF EXISTS {table}")
            names = result.column_names
            return [dict(zip(names, row, strict=True)) for row in result.result_rows]

        return await self._answered(ask, limit_s, settings)

    async def file(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        format: str,  # noqa: A002 - the engine's word
        limit_s: float = 30.0,
        settings: Mapping[str, object] | None = None,
    ) -> bytes:
        """The answer to one question as the engine writes it in one of its formats, such as Parquet. Else as `rows`."""

        def ask(client: Client, everything: dict[str, Any]) -> bytes:
            return client.raw_query(sql, parameters=dict(params or {}), settings=everything, fmt=format)

        return await self._answered(ask, limit_s, settings)

    async def _answered(self, ask: Callable[[Client, dict[str, Any]], T], limit_s: float, settings: Mapping[str, object] | None) -> T:
        mark = secrets.token_hex(8)
        everything = {"max_execution_time": limit_s, "log_comment": mark} | dict(settings or {})

        def asked() -> T:
            with self._leased() as client:
                return ask(client, everything)

        try:
            return await self._run(asked, mark)
        except EngineError as error:
            if error.code == _MEMORY_LIMIT:
                raise QueryTooLargeError(
                    "The query needs more memory than its limit; narrow the window, or group by fewer things."
                ) from error
            raise

    async def _run(self, ask: Callable[[], T], mark: str) -> T:
        if self._closed:
            raise StoreClosedError("The store is closed.")
        future = self._pool.submit(guarded, ask)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel():
                threading.Thread(target=self._kill, args=(mark, future), daemon=True).start()
            raise

    def _kill(self, mark: str, future: Any) -> None:
        killer = self.connect()
        try:
            while not future.done():
                killer.command("KILL QUERY WHERE Settings['log_comment'] = {mark:String} ASYNC", parameters={"mark": mark})
                try:
                    future.exception(timeout=0.2)
                except TimeoutError:
                    continue
        except ClickHouseError as error:
            log.warning("query_not_killed", error=str(error)[:200])
        finally:
            self._dismiss(killer)


def guarded(ask: Callable[[], T]) -> T:
    """`ask()`, with the engine's errors turned into ours."""
    try:
        return ask()
    except ClickHouseError as error:
        raise _ours(error) from error
    except MemoryError as error:
        raise StoreFullError("Out of memory.") from error


def statements(sql: str) -> Sequence[str]:
    """The statements of a .sql file: separated by a semicolon at the end of a line, comments kept for the reader, not sent."""
    bare = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", bare) if part.strip()]


@asynccontextmanager
async def opened(options: EngineOptions) -> AsyncIterator[Engine]:
    """An open engine; opening and closing happen off the event loop."""
    engine = await asyncio.to_thread(Engine, options)
    try:
        yield engine
    finally:
        await asyncio.to_thread(engine.close)


__all__ = ["Engine", "EngineError", "EngineOptions", "QueryTooLargeError", "guarded", "opened", "statements"]
