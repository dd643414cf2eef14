"""The telemetry store: one data directory (or one ClickHouse), open for loading, settling and asking."""

import asyncio
import contextlib
import fcntl
import os
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from sightline.errors import StoreClosedError, StoreError, StoreFullError, StoreLockedError
from sightline.facts import SOURCES, Sources
from sightline.facts.prices import RevenueRule
from sightline.receive import Segment
from sightline.store.telemetry import schema
from sightline.store.telemetry.collecting import Collector, ItemRow, ResultRow
from sightline.store.telemetry.engine import Engine, EngineOptions
from sightline.store.telemetry.loader import Loader, sync_filesystem
from sightline.store.telemetry.pricing import Pricer, PriceShelf, Repriced
from sightline.store.telemetry.refacting import Refacted, Refacter
from sightline.store.telemetry.retention import drop_expired
from sightline.store.telemetry.rollups import RollupOptions, Rollups
from sightline.store.telemetry.scoring import NewScore, Scorer
from sightline.store.telemetry.settling import Settled, Settler, SettlingOptions

log = structlog.get_logger(__name__)

_RETENTION_EVERY_S = 3600.0
_LONGEST_REST_S = 5.0
_MANY = 500  # traces in a pass; from there on its cost is theirs and no longer its own (half a second of CPU, whatever there is to do)
_ROLLUPS_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """`directory` holds the engine's files, dead letters and the lock. `url` names a ClickHouse server instead of the embedded engine."""

    directory: Path
    url: str | None
    readers: int
    query_memory_bytes: int
    retention_days: int
    settling: SettlingOptions
    settle_every_s: float
    settle_share: float
    prices: PriceShelf
    rollups: RollupOptions = field(default_factory=RollupOptions)
    revenue: Sequence[RevenueRule] = ()
    prices_tools: bool = False
    sources: Sources = field(default_factory=lambda: SOURCES)


class Store:
    """What the other rooms know of the engine: ask with `rows`; `load` and `sync` make it `receive`'s sink."""

    def __init__(self, options: StoreOptions) -> None:
        self._options = options
        self._engine = Engine(
            EngineOptions(
                directory=options.directory / "engine",
                url=options.url,
                readers=options.readers,
                memory_bytes=options.query_memory_bytes,
            )
        )
        loading, settling = self._engine.connect(), self._engine.connect()
        schema.apply(settling, retention_days=options.retention_days, sources=options.sources)
        self._loader = Loader(loading, options.directory / "dead-letters")
        self._settling_client = settling
        self._complete_until_ns = 0
        self._loading_since_ns = 0  # 0: nothing is being loaded
        self._pricer = Pricer(settling, options.prices, options.revenue, prices_tools=options.prices_tools)
        self._settler = Settler(settling, options.settling, self._pricer)
        self._rollups = Rollups(settling, options.rollups)
        self._refacter = Refacter(settling, options.sources, retention_days=options.retention_days)
        self._collector = Collector(self._engine.connect())
        self._scorer = Scorer(self._engine.connect(keeps_tables=True), retention_days=options.retention_days)
        self._settling = threading.Lock()  # one client: settling and pricing anew take turns

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

        `given` are questions that are answered first, each into a table of its name that the later ones can read. Raises
        QueryTimeoutError past `limit_s` seconds, of all together. Cancelling the awaiting task kills the query in the engine.
        """
        return await self._engine.rows(sql, params, limit_s=limit_s, settings=settings, given=given)

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
        return await self._engine.file(sql, params, format=format, limit_s=limit_s, settings=settings)

    async def load(self, segment: Segment) -> None:
        """Store a segment's rows, each once however often it is called. Raises StoreError: call again."""
        self._loading_since_ns = self._loading_since_ns or time.time_ns()
        try:
            self._complete_until_ns = max(self._complete_until_ns, await asyncio.to_thread(self._loader.load, segment))
        except OSError as error:
            raise StoreFullError(f"The data directory can't be written: {error.strerror}.") from error
        self._loading_since_ns = 0

    async def add_items(self, items: Sequence[ItemRow]) -> None:
        """Store items of datasets; returns when they are on disk. Raises StoreError."""
        await asyncio.shield(asyncio.to_thread(self._collector.add_items, items))

    async def add_results(self, results: Sequence[ResultRow]) -> None:
        """Store results of experiments; returns when they are on disk. Raises StoreError."""
        await asyncio.shield(asyncio.to_thread(self._collector.add_results, results))

    async def forget_dataset(self, project: str, dataset_id: str) -> None:
        """Delete a dataset's items. Raises StoreError."""
        await asyncio.shield(asyncio.to_thread(self._collector.forget_dataset, project, dataset_id))

    async def forget_experiment(self, project: str, experiment_id: str) -> None:
        """Delete an experiment's results. Raises StoreError."""
        await asyncio.shield(asyncio.to_thread(self._collector.forget_experiment, project, experiment_id))

    async def add_scores(self, scores: Sequence[NewScore]) -> None:
        """Store scores with the facts of their targets; returns when they are on disk. Raises StoreError."""
        await asyncio.shield(self._scorer.add(scores))

    def complete_until(self, received_ns: int) -> None:
        """Every request received up to then has been loaded. Settling looks no further: views fill one table after the other."""
        self._complete_until_ns = received_ns

    def loader_lag_s(self) -> float:
        """How old the oldest rows are that were handed over and are not there yet; 0 when there are none."""
        return max(0.0, (time.time_ns() - self._loading_since_ns) / 1e9) if self._loading_since_ns else 0.0

    async def sync(self) -> None:
        """Return when all rows loaded so far would survive a power cut."""
        if self._options.url is None:
            await asyncio.to_thread(sync_filesystem, self._options.directory)

    async def reprice(self, project: str | None, from_ns: int, to_ns: int) -> Repriced:
        """Price the spans anew that start in [from_ns, to_ns), of one project or of all. Raises StoreError; nothing has changed then."""

        def work() -> Repriced:
            with self._settling:
                self._pricer.look_again()
                return self._pricer.reprice(project, from_ns, to_ns)

        return await asyncio.shield(asyncio.to_thread(work))

    async def refact(self, project: str | None, from_ns: int, to_ns: int) -> Refacted:
        """Derive the facts again of spans that start in [from_ns, to_ns), of one project or of all. Raises StoreError; call again."""

        def one(piece: tuple[int, int]) -> Refacted:
            with self._settling:
                return self._refacter.derive_again(project, *piece, self._settler.open_again)

        def pieces() -> list[tuple[int, int]]:
            with self._settling:
                return self._refacter.pieces(project, from_ns, to_ns)

        done = [await asyncio.shield(asyncio.to_thread(one, piece)) for piece in await asyncio.to_thread(pieces)]
        version = self._refacter.facts_version
        return Refacted(sum(part.spans for part in done), sum(part.outdated for part in done), version)

    def _settle(self) -> Settled:
        with self._settling:
            self._pricer.look_again()
            if self._pricer.newly_priced:
                done = self._pricer.price_the_unpriced()
                log.info("priced_retroactively", spans=done.newly_priced, usd=done.after_usd)
            until_ns = self._complete_until_ns
            settled = self._settler.settle(until_ns)
            self._scorer.follow(traces=settled.traces > 0, until_ns=until_ns)
            return settled

    def _roll_up(self) -> int:
        with self._settling:
            return self._rollups.derive()

    async def settle_forever(self) -> None:
        """Settle what has gone quiet, roll up hours that are over, and drop what has expired, until cancelled.

        Faults of the engine are logged and tried again.
        """
        last_retention, last_rollups = -_RETENTION_EVERY_S, -_ROLLUPS_EVERY_S
        options = self._options
        while True:
            rest_s, began = options.settle_every_s, time.perf_counter()
            try:
                done = await asyncio.shield(asyncio.to_thread(self._settle))
                now = asyncio.get_running_loop().time()
                if now - last_retention >= _RETENTION_EVERY_S:
                    await asyncio.shield(asyncio.to_thread(drop_expired, self._settling_client))
                    last_retention = now
                if now - last_rollups >= _ROLLUPS_EVERY_S:
                    hours = await asyncio.shield(asyncio.to_thread(self._roll_up))
                    # while hours wait, the next ones follow at once
                    last_rollups = now if hours < self._options.rollups.most else -_ROLLUPS_EVERY_S
                    if hours:
                        log.debug("rolled_up", hours=hours)
            except StoreClosedError:
                return
            except StoreError as error:
                log.warning("settling_failed", error=str(error)[:500])
            else:
                if done.traces or done.reopened:
                    log.debug("settled", traces=done.traces, duplicates=done.duplicates, reopened=done.reopened)
                    if done.traces >= options.settling.most:
                        continue
                if done.traces < _MANY:
                    rest_s = max(rest_s, min((time.perf_counter() - began) * (1 / options.settle_share - 1), _LONGEST_REST_S))
            await asyncio.sleep(rest_s)

    def close(self) -> None:
        """Wait for what runs, a settling pass too, then close. Idempotent."""
        with self._settling:
            self._engine.close()


@contextlib.contextmanager
def _locked(directory: Path) -> Any:
    directory.mkdir(parents=True, exist_ok=True)
    fd = os.open(directory / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(fd, 32, 0).decode(errors="replace").strip() or "unknown"
            raise StoreLockedError(
                f"The data directory {str(directory)!r} is in use by another Sightline server (process {holder}): "
                "stop it, or choose another --data directory."
            ) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)


@asynccontextmanager
async def open_store(options: StoreOptions) -> AsyncIterator[Store]:
    """A store with its directory locked, its schema up to date and its settler running.

    Raises StoreLockedError when another server has the directory, StoreNewerError when a newer version wrote it, StoreError when it
    can't be created or opened.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_locked(options.directory))
        except OSError as error:
            raise StoreError(f"The data directory {str(options.directory)!r} can't be used: {error.strerror}.") from error
        store = await asyncio.to_thread(Store, options)
        settling = asyncio.create_task(store.settle_forever(), name="settler")
        try:
            yield store
        finally:
            settling.cancel()
            await asyncio.gather(settling, return_exceptions=True)
            await asyncio.to_thread(store.close)
