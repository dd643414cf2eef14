"""Takes requests in: checked, told apart from those already seen, on disk, answered. Knows OTLP and nothing of HTTP or gRPC."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from sightline.errors import StoreClosedError, StoreError, StoreFullError
from sightline.receive.check import Checked, MalformedError, check
from sightline.receive.duplicates import SeenBodies
from sightline.receive.envelope import EMPTY_DIGEST, Envelope, digest, digest_in, records
from sightline.receive.otlp_json import to_protobuf
from sightline.receive.outcome import Accepted, Malformed, Outcome, Signal, TooLarge, Unavailable
from sightline.receive.segments import BacklogFullError, Segment, SegmentLog

log = structlog.get_logger(__name__)

DEFAULT_PROJECT = "default"
_MOST_PROJECT_CHARS = 128
_SYNC_EVERY_S = 5.0
_RETRY_S = 1.0
_DRAIN_S = 30.0


class Sink(Protocol):
    """What `receive` needs of a store. `store` provides it, `serve` introduces the two."""

    async def load(self, segment: Segment) -> None:
        """Store a segment's rows, each once however often this is called with the same segment.

        Raises StoreError when the machine is to blame: nothing is lost, it is called again later. Requests that can't be stored
        are the sink's to set aside and count.
        """

    async def sync(self) -> None:
        """Return when all rows of the segments loaded so far would survive a power cut."""

    def complete_until(self, received_ns: int) -> None:
        """Every request received up to then has been loaded: told once, before the first `load`; each `load` moves it on."""


@dataclass(frozen=True, slots=True)
class ReceiverOptions:
    """`directory`: for segments and digests. The limits are those of `sightline.settings`."""

    directory: Path
    max_body_bytes: int
    backlog_bytes: int
    pressure_bytes: int
    pressure_s: float
    segment_bytes: int
    linger_s: float
    duplicate_hours: int
    most_duplicates: int


class Receiver:
    """The one way in. `receive` answers when the request is on disk; `run` hands segments to the sink until `close`."""

    def __init__(self, options: ReceiverOptions, sink: Sink) -> None:
        self.max_body_bytes = options.max_body_bytes
        self._sink = sink
        self._pressure_bytes, self._pressure_s = options.pressure_bytes, options.pressure_s
        self._moved = asyncio.Event()
        self._log = SegmentLog(
            options.directory / "segments",
            backlog_bytes=options.backlog_bytes,
            segment_bytes=options.segment_bytes,
            linger_s=options.linger_s,
        )
        self._seen = SeenBodies(options.directory / "digests", hours=options.duplicate_hours, most=options.most_duplicates)
        self._in_flight: dict[bytes, asyncio.Future[None]] = {}
        self._counting: set[asyncio.Future[None]] = set()
        self._loaded: list[Segment] = []
        left_over = [record for segment in self._log.recovered for record in records(segment.path.read_bytes())]
        for record in left_over:
            self._seen.add(record.digest)
        self._last_received_ns = max((record.received_ns for record in left_over), default=0)
        sink.complete_until(min((record.received_ns for record in left_over), default=time.time_ns()) - 1)

    @property
    def waiting_bytes(self) -> int:
        """Acknowledged bytes that the store has not got yet."""
        return self._log.waiting_bytes

    async def receive(self, signal: Signal, body: bytes, *, json: bool, project: str | None, key: str = "") -> Outcome:
        """Answer for one request body, decompressed. `project` is the sender's header, None without one; `key` the API key's id."""
        try:
            parts = check(signal, to_protobuf(signal, body) if json else body)
            named = [(_project_name(project or part.project or DEFAULT_PROJECT), part) for part in parts]
        except MalformedError as error:
            self._count_lost(signal, "malformed request", project, key)
            return Malformed(str(error))
        try:
            for name, part in named:
                await self._once(signal, name, key, part)
        except StoreFullError as error:
            return Unavailable(str(error), error.retry_after_s, busy=isinstance(error, BacklogFullError))
        except StoreClosedError as error:
            return Unavailable(str(error), 5)
        await self._in_turn()
        refused: dict[str, int] = {}
        for part in parts:
            for reason, count in part.refused.items():
                refused[reason] = refused.get(reason, 0) + count
        return Accepted(sum(part.items for part in parts), refused)

    def too_large(self, signal: Signal, *, project: str | None, key: str = "") -> TooLarge:
        """Count a body that was over the limit, and answer for it."""
        self._count_lost(signal, "larger than the limit", project, key)
        return TooLarge(self.max_body_bytes)

    async def _once(self, signal: Signal, project: str, key: str, part: Checked) -> None:
        """Store the part unless the same is stored, or being stored: then count it as a duplicate."""
        body_digest = digest(part.body)
        name = digest_in((signal, project, key), body_digest)
        while (first := self._in_flight.get(name)) is not None:
            await first
        if name in self._seen:
            await self._append(Envelope(signal, project, key, self._now(), name, refused=part.refused, duplicate=part.items))
            return
        done = asyncio.get_running_loop().create_future()
        self._in_flight[name] = done
        try:
            await self._append(Envelope(signal, project, key, self._now(), name, part.body, body_digest, part.items, part.refused))
            self._seen.add(name)
        finally:
            del self._in_flight[name]
            done.set_result(None)

    async def _in_turn(self) -> None:
        """Hold the answer back while much waits: senders keep the store's pace, and what they were answered for is soon to be seen."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pressure_s):
                while self._log.waiting_bytes > self._pressure_bytes:
                    await self._moved.wait()

    async def _append(self, envelope: Envelope) -> None:
        await self._log.append(envelope.encode())

    def _now(self) -> int:
        """The time in nanoseconds, never the same twice: what one request left behind can be told from another's."""
        self._last_received_ns = max(time.time_ns(), self._last_received_ns + 1)
        return self._last_received_ns

    def _count_lost(self, signal: Signal, reason: str, project: str | None, key: str) -> None:
        """A body that could not be read counts as one item. Nobody waits for it to be on disk: the sender knows by our answer."""
        try:
            name = _project_name(project or DEFAULT_PROJECT)
        except MalformedError:
            name = DEFAULT_PROJECT
        envelope = Envelope(signal, name, key, self._now(), digest_in((reason,), EMPTY_DIGEST), refused={reason: 1})
        task = asyncio.ensure_future(self._append(envelope))
        self._counting.add(task)
        task.add_done_callback(self._counted)

    def _counted(self, task: "asyncio.Future[None]") -> None:
        self._counting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("loss_not_counted", error=str(error))

    async def run(self) -> None:
        """Hand segments to the sink, oldest first, until `close` and nothing waits. Sink's StoreErrors are waited out."""
        syncing = asyncio.create_task(self._sync_forever())
        try:
            while (segment := await self._log.sealed()) is not None:
                await self._load(segment)
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
            await self._sync()

    async def close(self) -> None:
        """Take no more requests; `run` ends when the sink has what was taken."""
        await asyncio.gather(*self._counting, return_exceptions=True)
        await self._log.close()

    async def _load(self, segment: Segment) -> None:
        while True:
            try:
                await self._sink.load(segment)
            except StoreClosedError:
                raise
            except Exception as error:
                log.warning("segment_not_loaded", segment=segment.name, error=str(error)[:300], again_in_s=_RETRY_S)
                await asyncio.sleep(_RETRY_S)
            else:
                self._log.loaded(segment)
                self._loaded.append(segment)
                self._moved.set()
                self._moved = asyncio.Event()
                return

    async def _sync_forever(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_EVERY_S)
            await self._sync()

    async def _sync(self) -> None:
        """Delete the segments whose rows would survive a power cut, keeping their digests. A disk that says no is asked again later."""
        batch, self._loaded = self._loaded, []
        if not batch:
            return
        try:
            await self._sink.sync()
            await asyncio.to_thread(self._keep_digests, batch)
        except (StoreError, OSError) as error:
            log.warning("segments_not_released", segments=len(batch), error=str(error)[:300])
            self._loaded = batch + self._loaded
            return
        self._log.delete(batch)

    def _keep_digests(self, segments: Sequence[Segment]) -> None:
        self._seen.keep([record.digest for segment in segments for record in records(segment.path.read_bytes()) if record.items])


def _project_name(said: str) -> str:
    name = said.strip()
    if not name or len(name) > _MOST_PROJECT_CHARS or not name.isprintable():
        raise MalformedError(f"A project's name has 1 to {_MOST_PROJECT_CHARS} printable characters; this one is {said[:40]!r}.")
    return name


@asynccontextmanager
async def receiving(options: ReceiverOptions, sink: Sink) -> AsyncIterator[Receiver]:
    """A receiver with its loader running; on exit the store gets what was acknowledged, or it waits on disk for the next start."""
    receiver = Receiver(options, sink)
    loading = asyncio.create_task(receiver.run(), name="loader")
    try:
        yield receiver
    finally:
        await receiver.close()
        await asyncio.wait_for(asyncio.gather(loading, return_exceptions=True), timeout=_DRAIN_S)
