"""The desk where judges' work is handed out: the server's side of the worker.

What is owed is a query; the desk only remembers what it has handed out, for as long as that takes, so that no target is with two workers
at once. It holds the day's budget: what a call may cost is committed in the configuration database before its target is handed out. When
the desk is lost with its server, targets that were handed out are owed again and their commitments stay spent: nothing is lost, a target
may be judged twice into the same score, and no budget is exceeded.
"""

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import structlog

from sightline.errors import BadRequestError, StoreClosedError
from sightline.facts.prices import KeptCatalogue
from sightline.facts.scores import ANCHORS
from sightline.judge import backlog
from sightline.judge.backlog import Target, Version
from sightline.judge.definition import Definition, Prices, read_definition
from sightline.judge.pricing import most_usd, prices
from sightline.query import LATEST_NS, Reader, Window
from sightline.store import Backfill, Configuration, Ended, Judge, NewScore

log = structlog.get_logger(__name__)

_QUEUE = 2_000
_BUCKET_NS = 300 * 10**9
_FRESH_EVERY_S = 5.0
_LEAST_PAUSE_S = 0.5
_PAUSE_FACTOR = 4  # times as long as a query took, before the next
_REMEMBERED_S = 600.0
_FIRST_COOLING_S = 30.0
_LONGEST_COOLING_S = 3_600.0
_ANCHORS_EVERY_S = 60.0
_SKIPPED_S = 6 * 3_600.0
_LEARNED = 20_000


@dataclass(frozen=True, slots=True)
class Lease:
    """A target that a worker has, and what is committed for it."""

    id: str
    worker: str
    of: Version
    target: Target
    day: date
    reserved_usd: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker says of a lease: a score, or why there is none. `cost_usd` None: nobody knows, all that was committed counts.

    `skipped`: there was nothing to judge. `endpoint_down`: the target is not to blame.
    """

    lease: str
    judge_id: str
    version: int
    target: Target
    score: NewScore | None = None
    error: str | None = None
    skipped: bool = False
    endpoint_down: bool = False
    cost_usd: float | None = 0.0


@dataclass
class _Queue:
    """What a version is known to owe. `waits_until`: no query before; `live`: how many of the queue are fresh."""

    targets: deque[Target] = field(default_factory=deque)
    waits_until: float = 0.0
    fresh_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class _Bucket:
    """Calls that a rate limit has room for."""

    tokens: float
    at: float


@dataclass
class _Cooling:
    until: float
    attempts: int
    why: str


@dataclass(frozen=True, slots=True)
class Try:
    """A verdict that somebody waits for."""

    id: str
    of: Version
    target: Target
    spans: list[dict[str, Any]]
    answer: "asyncio.Future[dict[str, Any]]"


_Key = tuple[str, int, str, str, str]


class Desk:
    """One in a server. `add_scores` returns once they are on disk. What a worker had that says nothing for `gone_s` is owed again.

    `anchors_due`: of a judge's anchors those to be judged again now.
    """

    def __init__(
        self,
        reader: Reader,
        config: Configuration,
        catalogue: KeptCatalogue,
        add_scores: Callable[[Sequence[NewScore]], Awaitable[None]],
        anchors_due: Callable[[Version], Awaitable[Sequence[Target]]],
        *,
        gone_s: float,
    ) -> None:
        self.heard_every_s = gone_s / 4
        self._gone_s = gone_s
        self._reader = reader
        self._judges = config.judges
        self._catalogue = catalogue
        self._add_scores = add_scores
        self._anchors_due = anchors_due
        self._anchors: dict[tuple[str, int], tuple[float, Sequence[Target]]] = {}
        self._batches: dict[_Key, str] = {}  # of the anchors that are due
        self._workers: dict[str, float] = {}
        self._leases: dict[str, Lease] = {}
        self._taken: dict[_Key, str] = {}
        self._done: dict[_Key, float] = {}
        self._cooling: dict[_Key, _Cooling] = {}
        self._queues: dict[tuple[str, int, tuple[int, int]], _Queue] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._tries: deque[Try] = deque()
        self._tried: dict[str, Try] = {}
        self._known: tuple[float, list[Judge], list[Backfill]] = (-1.0, [], [])
        self._turn = 0
        self._handing = asyncio.Lock()
        self._errors: dict[str, str] = {}

    @property
    def workers(self) -> int:
        """How many have been heard of lately."""
        return sum(time.monotonic() - heard < self._gone_s for heard in self._workers.values())

    async def work(
        self, worker: str, *, most: int, judges: Sequence[str] | None = None, share: tuple[int, int] = (0, 1)
    ) -> tuple[list[tuple[Lease, list[dict[str, Any]], int]], list[Try]]:
        """At most `most` targets for a worker, each with the spans that it is judged by and how many bytes of them may be shown.

        `judges`: only these, by id or name. With `most` 0 it only says that it is alive.
        """
        self._heard(worker)
        tries = [self._tries.popleft() for _ in range(min(len(self._tries), max(most, 1)))]
        found: list[tuple[Lease, list[dict[str, Any]], int]] = []
        if most > 0:
            async with self._handing:
                wanted = [judge for judge in await self._active() if judges is None or judge.id in judges or judge.name in judges]
                self._turn += 1
                for place in range(len(wanted)):
                    if len(found) >= most:
                        break
                    judge = wanted[(place + self._turn) % len(wanted)]
                    found += await self._hand_out(worker, judge, most - len(found), share)
        return found, tries

    async def reserve(self, lease_id: str, usd: float) -> bool:
        """Whether the budget has room for another call of a lease; committed then."""
        lease = self._leases.get(lease_id)
        if lease is None:
            return False
        async with self._handing:
            room = await self._judges.commit(lease.of.judge_id, lease.day, [usd], budget_usd=lease.of.definition.budget_usd_per_day)
            if room and lease_id in self._leases:
                self._leases[lease_id] = replace(lease, reserved_usd=self._leases[lease_id].reserved_usd + usd)
        return bool(room)

    async def done(self, worker: str, outcomes: Sequence[Outcome]) -> None:
        """Keep what came of leases: first the scores, then the money, then they are no longer handed out. Say it again after an error.

        A lease that is not known (the server was another one, or it was told before) leaves its score and gives nothing back.
        """
        self._heard(worker)
        await self._add_scores([self._kept_as(outcome, outcome.score) for outcome in outcomes if outcome.score is not None])
        ended: dict[tuple[str, date], Ended] = {}
        now = time.monotonic()
        for outcome in outcomes:
            key = _key(outcome.judge_id, outcome.version, outcome.target)
            lease = self._leases.pop(outcome.lease, None)
            self._taken.pop(key, None)
            self._batches.pop(key, None)
            if outcome.score is not None:
                self._done[key] = now + _REMEMBERED_S
                self._cooling.pop(key, None)
            else:
                self._cool(key, outcome, now)
            if lease is not None:
                spent = lease.reserved_usd if outcome.cost_usd is None else outcome.cost_usd
                before = ended.get((lease.of.judge_id, lease.day), Ended())
                ended[lease.of.judge_id, lease.day] = Ended(
                    before.released_usd + lease.reserved_usd - spent,
                    before.spent_usd + spent,
                    before.verdicts + (outcome.score is not None),
                    before.failures + (outcome.error is not None),
                )
        if ended:
            await self._judges.end(ended)

    async def tried(self, try_id: str, answer: dict[str, Any]) -> None:
        """A worker's answer to a try. One that nobody waits for any more is dropped."""
        found = self._tried.pop(try_id, None)
        if found is not None and not found.answer.done():
            found.answer.set_result(answer)

    async def try_out(self, of: Version, target: Target) -> dict[str, Any]:
        """What a worker makes of one target, stored nowhere. Raises StoreClosedError where no worker is there or none answers."""
        if not self.workers:
            raise StoreClosedError("No worker is connected that could ask the model: start `sightline worker --url …` and try again.")
        spans = (await backlog.spans_of(self._reader, of.project, of.definition, [target]))[0]
        wanted = Try(uuid.uuid4().hex, of, target, spans, asyncio.get_running_loop().create_future())
        self._tried[wanted.id] = wanted
        self._tries.append(wanted)
        try:
            async with asyncio.timeout(of.definition.timeout_s + 20):
                return await wanted.answer
        except TimeoutError as error:
            raise StoreClosedError("No worker has answered in time: see its log, and try again.") from error
        finally:
            self._tried.pop(wanted.id, None)

    def prices(self, definition: Definition) -> list[Prices | None]:
        """Of each of its models."""
        return [prices(model, self._catalogue) for model in definition.models]

    def check_money(self, definition: Definition) -> None:
        """Raises BadRequestError for a budget that can't be kept: of a model without a price, or smaller than one call."""
        if definition.budget_usd_per_day is None or definition.evaluator is not None:
            return
        known = self.prices(definition)
        for model, price in zip(definition.models, known, strict=True):
            if price is None:
                raise BadRequestError(
                    f"No price is known of {model.model!r}, so no budget can be kept: give model.prices (0 and 0 for one that is free)."
                )
        least = sum(most_usd(definition, price, input_bytes=1_000) for price in known)
        if 0 < definition.budget_usd_per_day < least:
            raise BadRequestError(f"One call may cost ${least:.4f}, more than the budget of a day: raise it, or lower max_output_tokens.")

    def state(self, judge: Judge) -> dict[str, Any]:
        """What the desk knows of a judge: how many targets are with workers, how many wait after a failure, and the last failure."""
        now = time.monotonic()
        waiting = [
            entry
            for key, entry in self._cooling.items()
            if key[0] == judge.id and key[1] == judge.version and entry.until > now and entry.why
        ]
        return {
            "in_flight": sum(lease.of.judge_id == judge.id for lease in self._leases.values()),
            "failing": len(waiting),
            "last_error": self._errors.get(judge.id),
            "workers": self.workers,
        }

    def changed(self) -> None:
        """Judges were changed: ask for them again."""
        self._known = (-1.0, [], [])

    def _heard(self, worker: str) -> None:
        now = time.monotonic()
        self._workers[worker] = now
        for gone in [name for name, heard in self._workers.items() if now - heard >= self._gone_s]:
            del self._workers[gone]
            for lease in [lease for lease in self._leases.values() if lease.worker == gone]:
                # its commitment stays: the call may have been made
                del self._leases[lease.id]
                self._taken.pop(_key(lease.of.judge_id, lease.of.version, lease.target), None)
            log.info("worker_gone", worker=gone)
        for memory in (self._done,):
            if len(memory) > _LEARNED:
                for key in [key for key, until in memory.items() if until < now]:
                    del memory[key]

    def _cool(self, key: _Key, outcome: Outcome, now: float) -> None:
        before = self._cooling.get(key)
        if outcome.skipped:
            self._cooling[key] = _Cooling(now + _SKIPPED_S, 0, "")
        elif outcome.endpoint_down:
            self._cooling[key] = _Cooling(now + _FIRST_COOLING_S / 6, before.attempts if before else 0, outcome.error or "")
        else:
            attempts = (before.attempts if before else 0) + 1
            pause = min(_FIRST_COOLING_S * 2 ** (attempts - 1), _LONGEST_COOLING_S)
            self._cooling[key] = _Cooling(now + pause, attempts, outcome.error or "")
        if outcome.error:
            self._errors[outcome.judge_id] = outcome.error

    async def _active(self) -> list[Judge]:
        now = time.monotonic()
        if now - self._known[0] > 1.0 or self._known[0] < 0:
            judges, backfills = await asyncio.gather(self._judges.all(), self._judges.backfills(running=True))
            self._known = (now, judges, backfills)
        _, judges, backfills = self._known
        filling = {backfill.judge_id for backfill in backfills}
        return [judge for judge in judges if judge.enabled or judge.id in filling]

    async def _hand_out(
        self, worker: str, judge: Judge, most: int, share: tuple[int, int]
    ) -> list[tuple[Lease, list[dict[str, Any]], int]]:
        of = version_of(judge)
        definition = of.definition
        most = min(most, self._room(of))
        if most <= 0:
            return []
        targets = await self._next(judge, of, most, share)
        if not targets:
            return []
        spans = await backlog.spans_of(self._reader, of.project, definition, targets)
        known = self.prices(definition)
        bytes_ = [min(definition.max_input_bytes, 2 * _size(found) + 1_000) for found in spans]
        cost = [sum(most_usd(definition, price, input_bytes=size) for price in known) for size in bytes_]
        day = _today()
        room = await self._judges.commit(of.judge_id, day, cost, budget_usd=definition.budget_usd_per_day) if known else len(targets)
        found = []
        for target, shown, size, usd in zip(targets[:room], spans, bytes_, cost, strict=False):
            lease = Lease(uuid.uuid4().hex, worker, of, target, day, usd)
            self._leases[lease.id] = lease
            self._taken[_key(of.judge_id, of.version, target)] = lease.id
            found.append((lease, shown, size))
        self._use(of, len(found))
        queue = self._queues[of.judge_id, of.version, share]
        queue.targets.extendleft(reversed(targets[room:]))
        return found

    async def _next(self, judge: Judge, of: Version, most: int, share: tuple[int, int]) -> list[Target]:
        queue = self._queues.setdefault((of.judge_id, of.version, share), _Queue())
        now = time.monotonic()
        if (len(queue.targets) < most or now >= queue.fresh_at) and now >= queue.waits_until:
            # neighbours in the order that content is stored in, the latest five minutes first: a batch reads few pieces of it
            found_now = await self._owed(judge, of, share)
            queue.targets = deque(sorted(found_now, key=lambda target: (-(target.start_ns // _BUCKET_NS), target.trace_id)))
            if judge.enabled:
                queue.targets.extendleft(await self._due_again(of))
            took = time.monotonic() - now
            queue.waits_until = now + took + max(_LEAST_PAUSE_S, _PAUSE_FACTOR * took)
            queue.fresh_at = now + took + max(_FRESH_EVERY_S, _PAUSE_FACTOR * took)
        found: list[Target] = []
        while queue.targets and len(found) < most:
            target = queue.targets.popleft()
            if self._free(_key(of.judge_id, of.version, target)):
                found.append(target)
        return found

    async def _owed(self, judge: Judge, of: Version, share: tuple[int, int]) -> list[Target]:
        """Fresh traffic first, then the windows of the past that are to be judged; one that owes nothing any more is done."""
        now_ns = time.time_ns()
        # What is with workers or waits after a failure is still owed, and must not hide what lies behind it.
        hidden = sum(key[:2] == (of.judge_id, of.version) for memory in (self._taken, self._cooling) for key in memory)
        rows = _QUEUE + min(hidden, 50_000)

        async def ask(window: Window, rows: int) -> list[Target]:
            found = await backlog.owed(self._reader, of, window, now_ns=now_ns, rows=rows, share=share)
            return [target for target in found if self._free(_key(of.judge_id, of.version, target))]

        found: list[Target] = []
        if judge.enabled and judge.since is not None:
            found = await ask(Window(_ns(judge.since), LATEST_NS), rows)
        for backfill in self._known[2]:
            if backfill.judge_id != judge.id or len(found) >= _QUEUE:
                continue
            window = Window(_ns(backfill.start), _ns(backfill.end))
            more = await backlog.owed(self._reader, of, window, now_ns=now_ns, rows=rows, share=share)
            if not more and share == (0, 1):
                await self._judges.end_backfill(backfill.id, "done")
                self.changed()
            known = {(target.trace_id, target.span_id, target.session_id) for target in found}
            found += [
                target
                for target in more
                if self._free(_key(of.judge_id, of.version, target)) and (target.trace_id, target.span_id, target.session_id) not in known
            ]
        return found

    async def _due_again(self, of: Version) -> list[Target]:
        """Anchors that are to be judged again, looked up once a minute."""
        now = time.monotonic()
        until, due = self._anchors.get((of.judge_id, of.version), (0.0, ()))
        if now >= until:
            due = await self._anchors_due(of)
            self._anchors[of.judge_id, of.version] = (now + _ANCHORS_EVERY_S, due)
            for target in due:
                key = _key(of.judge_id, of.version, target)
                self._batches[key] = f"{_today()}"
                self._done.pop(key, None)  # judged a moment ago as traffic, and owed again as an anchor
        return [target for target in due if self._free(_key(of.judge_id, of.version, target))]

    def _kept_as(self, outcome: Outcome, score: NewScore) -> NewScore:
        """A verdict on an anchor is a score of its own. Where the server was another one meanwhile it replaces the target's score."""
        batch = self._batches.get(_key(outcome.judge_id, outcome.version, outcome.target))
        if batch is None:
            return score
        return replace(score, name=score.name + ANCHORS, version=f"{score.version}/{batch}", probability=None)

    def _free(self, key: _Key) -> bool:
        now = time.monotonic()
        cooling = self._cooling.get(key)
        return key not in self._taken and self._done.get(key, 0.0) < now and (cooling is None or cooling.until < now)

    def _room(self, of: Version) -> int:
        """Calls that the rate limit has room for: at the most ten seconds' worth at once."""
        limit = of.definition.rate_limit_per_minute
        if limit is None:
            return 1_000_000
        now, most = time.monotonic(), max(limit / 6, 1.0)
        bucket = self._buckets.setdefault(of.judge_id, _Bucket(min(1.0, most), now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * limit / 60)
        bucket.at = now
        return int(bucket.tokens)

    def _use(self, of: Version, count: int) -> None:
        if of.judge_id in self._buckets:
            self._buckets[of.judge_id].tokens -= count


def version_of(judge: Judge) -> Version:
    """A judge's current version."""
    return Version(judge.id, judge.version, judge.project, judge.name, read_definition(judge.definition))


def _key(judge_id: str, version: int, target: Target) -> _Key:
    return (judge_id, version, target.trace_id, target.span_id, target.session_id)


def _size(spans: Sequence[Mapping[str, Any]]) -> int:
    """Bytes of everything that could be shown, at the least."""
    return sum(
        len(value) * 4 if isinstance(value, str) and not value.isascii() else len(str(value)) for span in spans for value in _said(span)
    )


def _said(span: Mapping[str, Any]) -> list[Any]:
    return [*span["attributes"].values(), *(event["body"] for event in span["events"]), *(event["attributes"] for event in span["events"])]


def _today() -> date:
    return datetime.now(UTC).date()


def _ns(when: datetime) -> int:
    return int(when.timestamp() * 1_000_000) * 1_000
