"""The segment log: requests that arrive together are appended to a file, fdatasynced once, and only then acknowledged.

A segment is open while it grows, sealed when the loader takes it, and deleted when its rows are known to be on disk in the store.
After a crash whatever is still here is loaded again under the same name, which is the store's deduplication token.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from sightline.errors import StoreClosedError, StoreFullError
from sightline.receive.envelope import records

log = structlog.get_logger(__name__)

_SUFFIX = ".segment"


class BacklogFullError(StoreFullError):
    """More is acknowledged and not loaded than may be: the sender is faster than the store."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A sealed segment. `name` is unique in its directory for all time, and sorts by age."""

    name: str
    path: Path
    size_bytes: int


@dataclass(slots=True)
class _Open:
    path: Path
    fd: int
    size: int
    since: float


class SegmentLog:
    """Append-only files in `directory`. One writer thread; `append` and `sealed` are called from one event loop.

    `backlog_bytes`: what may wait for the loader before `append` raises BacklogFullError. `segment_bytes`: where a segment is sealed
    even if the loader is busy. `linger_s`: how long a segment may grow while the loader is idle.
    """

    def __init__(self, directory: Path, *, backlog_bytes: int, segment_bytes: int, linger_s: float) -> None:
        self._directory = directory
        self._backlog_bytes = backlog_bytes
        self._segment_bytes = segment_bytes
        self._linger_s = linger_s
        directory.mkdir(parents=True, exist_ok=True)
        self._ready: list[Segment] = self._recovered()
        self._waiting = sum(segment.size_bytes for segment in self._ready)
        self._open: _Open | None = None
        self._pending: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = threading.Condition()
        self._open_since: float | None = None
        self._seal_wanted = self._closing = self._done = False
        self._last_name = 0
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._write_forever, name="segment-log", daemon=True)
        self._thread.start()

    @property
    def waiting_bytes(self) -> int:
        """Acknowledged bytes that the store has not got yet."""
        return self._waiting

    @property
    def recovered(self) -> Sequence[Segment]:
        """What an earlier process left behind, oldest first; also handed out by `sealed`."""
        return tuple(self._ready)

    async def append(self, record: bytes) -> None:
        """Return when the record is on disk.

        Raises BacklogFullError when too much waits, StoreFullError when the disk is full, StoreClosedError when the log is closing;
        nothing of the record is kept then.
        """
        future: asyncio.Future[None] = self._loop.create_future()
        with self._wake:
            if self._closing:
                raise StoreClosedError("The server is shutting down.")
            if self._waiting + len(record) > self._backlog_bytes:
                raise BacklogFullError("Too much is waiting to be stored.", retry_after_s=1)
            self._waiting += len(record)
            self._pending.append((record, future))
            self._wake.notify()
        await future

    async def sealed(self) -> Segment | None:
        """The oldest segment that waits for the loader, once there is one; None after `close`, when nothing waits."""
        while True:
            self._changed.clear()
            left = None
            with self._wake:
                if self._ready:
                    return self._ready.pop(0)
                if self._open_since is not None:
                    left = self._open_since + self._linger_s - time.monotonic()
                    if left <= 0:
                        self._seal_wanted, left = True, None
                        self._wake.notify()
                elif self._done:
                    return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    def give_back(self, segment: Segment) -> None:
        """The loader could not load it now: it comes first again."""
        with self._wake:
            self._ready.insert(0, segment)

    def loaded(self, segment: Segment) -> None:
        """The segment no longer counts as waiting; it stays on disk until `delete`."""
        with self._wake:
            self._waiting -= segment.size_bytes

    def delete(self, segments: Sequence[Segment]) -> None:
        """Their rows are on disk elsewhere."""
        for segment in segments:
            segment.path.unlink(missing_ok=True)

    async def close(self) -> None:
        """Take no more; what is appended is sealed and stays for the loader, here or after the next start."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)
        self._changed.set()

    def _recovered(self) -> list[Segment]:
        """Sealed or torn, whatever is there: a torn tail was never acknowledged and is cut off."""
        found = []
        for path in sorted(self._directory.glob(f"*{_SUFFIX}")):
            data = path.read_bytes()
            good = max((record.end for record in records(data, verify=True)), default=0)
            if good < len(data):
                log.warning("segment_tail_cut", segment=path.stem, bytes=len(data) - good)
                os.truncate(path, good)
            if good == 0:
                path.unlink()
            else:
                found.append(Segment(path.stem, path, good))
        return found

    def _write_forever(self) -> None:
        """The writer thread: the only one that touches files that grow, so the lock is never held over a disk's latency."""
        while True:
            with self._wake:
                while not (self._pending or self._closing or self._seal_wanted):
                    self._wake.wait()
                batch, self._pending = self._pending, []
                seal, self._seal_wanted = self._seal_wanted or self._closing, False
                last = self._closing and not batch
            error = self._commit(batch) if batch else None
            if self._open is not None and (seal or self._open.size >= self._segment_bytes):
                self._seal(self._open)
            with self._wake:
                self._open_since = None if self._open is None else self._open.since
                self._done = last
                if error is not None:
                    self._waiting -= sum(len(record) for record, _ in batch)
            self._loop.call_soon_threadsafe(self._answer, batch, error)
            if last:
                return

    def _commit(self, batch: Sequence[tuple[bytes, "asyncio.Future[None]"]]) -> Exception | None:
        try:
            if self._open is None:
                self._open = self._create()
            _write_all(self._open.fd, b"".join(record for record, _ in batch))
            os.fdatasync(self._open.fd)
        except OSError as error:
            log.error("segment_write_failed", error=str(error), requests=len(batch))
            self._undo()
            return StoreFullError(f"The data directory can't be written: {error.strerror}.")
        self._open.size += sum(len(record) for record, _ in batch)
        return None

    def _undo(self) -> None:
        """Cut off what may have been written in part. Where even that fails, nobody reads past `size`."""
        if self._open is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._open.fd, self._open.size)
        self._seal(self._open)

    def _answer(self, batch: Sequence[tuple[bytes, "asyncio.Future[None]"]], error: Exception | None) -> None:
        for _, future in batch:
            if future.cancelled():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
        self._changed.set()

    def _create(self) -> _Open:
        # a time, never used twice: names are the store's deduplication tokens across restarts
        self._last_name = max(time.time_ns(), self._last_name + 1)
        path = self._directory / f"{self._last_name:020d}{_SUFFIX}"
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError:
            os.close(fd)
            path.unlink(missing_ok=True)
            raise
        return _Open(path, fd, 0, time.monotonic())

    def _seal(self, segment: _Open) -> None:
        os.close(segment.fd)
        self._open = None
        if segment.size:
            with self._wake:
                self._ready.append(Segment(segment.path.stem, segment.path, segment.size))
        else:
            with contextlib.suppress(OSError):
                segment.path.unlink(missing_ok=True)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
