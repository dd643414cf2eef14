"""Fetches what is owed, judges it, says what came of it; forgets nothing that it was given before the server knows.

Safe to kill at any moment: what it had is owed again when the server has not heard of it for a while.
"""

import asyncio
import contextlib
import json
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import orjson
import structlog

from sightline import __version__
from sightline.judge.backlog import Target, Version
from sightline.judge.definition import Definition, Prices
from sightline.judge.material import material
from sightline.judge.verdict import Verdict
from sightline.judge.worker.judging import Judged, Judging
from sightline.judge.worker.models import Models
from sightline.judge.worker.tracing import Tracing

log = structlog.get_logger(__name__)

_AHEAD = 3.0  # times its concurrency is what a worker has at hand after it has asked, so that a call follows a call
_AGAIN = 1.5  # times its concurrency is when it asks again: the server answers few large questions more cheaply than many small ones
_IDLE_S = 1.0
_GATHER_S = 0.5
_MOST_OUTCOMES = 200
_PATIENCE_S = 60.0
_STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """`url` of the server; `judges` by id or name, None for all; `share` (i, n) of the targets by hash; `traces`: its calls are sent."""

    url: str
    concurrency: int = 16
    judges: Sequence[str] | None = None
    share: tuple[int, int] = (0, 1)
    traces: bool = True
    name: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class _Known:
    of: Version
    prices: list[Prices | None]


class Worker:
    """`run` until it is cancelled or `stop` is set; `verdicts` counts those that are stored."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._models = Models()
        self._judging = Judging(self._models, time.time_ns)
        self._tracing = Tracing(options.url.rstrip("/") if options.traces else None, __version__)
        self._server = httpx.AsyncClient(base_url=options.url.rstrip("/"), timeout=httpx.Timeout(_PATIENCE_S, connect=10))
        self._waiting: asyncio.Queue[tuple[dict[str, Any], _Known, bool]] = asyncio.Queue()
        self._outcomes: list[dict[str, Any]] = []
        self._tries: dict[str, dict[str, Any]] = {}
        self._told = asyncio.Event()
        self._wanted = asyncio.Event()
        self._definitions: dict[str, _Known] = {}
        self._busy = 0
        self.verdicts = 0

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Work until `stop` is set; then finish what is under way, for a while, and say what came of it."""
        stop = stop or asyncio.Event()
        log.info("worker_started", url=self._options.url, concurrency=self._options.concurrency)
        workers = [asyncio.create_task(self._work()) for _ in range(self._options.concurrency)]
        telling = asyncio.create_task(self._tell())
        fetching = asyncio.create_task(self._fetch())
        try:
            stopping = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait({stopping, telling, fetching}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            for task in done:
                task.result()
            fetching.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_S):
                    while self._busy or self._outcomes:  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
        finally:
            for task in (*workers, telling, fetching):
                task.cancel()
            await asyncio.gather(*workers, telling, fetching, return_exceptions=True)
            await self._models.close()
            await self._server.aclose()
            await asyncio.to_thread(self._tracing.close)
            log.info("worker_stopped", verdicts=self.verdicts)

    async def _fetch(self) -> None:
        """Keep a little more work at hand than is under way."""
        failures = 0
        while True:
            have = self._waiting.qsize() + self._busy
            most = 0 if have > self._options.concurrency * _AGAIN else int(self._options.concurrency * _AHEAD) - have
            try:
                answer = await self._post(
                    "/api/v1/judges/work",
                    {
                        "worker": self._options.name,
                        "most": min(most, 500),
                        "judges": self._options.judges,
                        "share": self._options.share,
                    },
                )
            except _ServerError as error:
                failures += 1
                log.warning("server_not_reached", error=str(error))
                await asyncio.sleep(min(0.25 * 2**failures, 5.0) * random.uniform(0.8, 1.2))  # noqa: S311
                continue
            failures = 0
            found = orjson.loads(answer)
            for key, said in found["judges"].items():
                if key not in self._definitions:
                    self._definitions[key] = _known(said)
            for item in found["tries"]:
                self._waiting.put_nowait((item, self._definitions.pop(item["judge"]), True))
            for item in found["items"]:
                self._waiting.put_nowait((item, self._definitions[item["judge"]], False))
            self._wanted.clear()
            if len(found["items"]) < most:
                await asyncio.sleep(min(_IDLE_S, found["heard_every_s"]))
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(found["heard_every_s"]):
                    await self._wanted.wait()

    async def _work(self) -> None:
        while True:
            item, known, is_try = await self._waiting.get()
            self._busy += 1
            try:
                await self._one(item, known, is_try=is_try)
            finally:
                self._busy -= 1
                if self._waiting.qsize() + self._busy <= self._options.concurrency * _AGAIN:
                    self._wanted.set()

    async def _one(self, item: Mapping[str, Any], known: _Known, *, is_try: bool) -> None:
        target = Target(**item["target"])
        definition = known.of.definition
        narrowed = definition.model_copy(update={"max_input_bytes": max(1_000, item["max_input_bytes"])})
        of = Version(known.of.judge_id, known.of.version, known.of.project, known.of.name, narrowed)
        began = time.perf_counter_ns()

        async def reserve(usd: float) -> bool:
            if is_try:
                return True
            return await self._reserve(item["lease"], usd)

        try:
            found = material(definition.target, target.span_id, item["spans"])
            judged = await self._judging.judge(of, known.prices, found, reserve=reserve)
        except Exception as error:
            log.exception("judging_failed", judge=known.of.name, trace_id=target.trace_id)
            judged = Judged(error=f"{type(error).__name__}: {error}"[:1_000])
        latency_ns = time.perf_counter_ns() - began
        if is_try:
            self._tries[item["lease"]] = _try_answer(judged, latency_ns)
            self._told.set()
            return
        trace_id = self._tracing.tell(known.of, target, judged)
        outcome: dict[str, Any] = {
            "lease": item["lease"],
            "judge_id": known.of.judge_id,
            "version": known.of.version,
            "target": asdict(target),
            "error": judged.error,
            "skipped": judged.skipped,
            "endpoint_down": judged.endpoint_down,
            "cost_usd": judged.usd,
        }
        if judged.verdict is not None:
            outcome["score"] = _score(known, target, judged, judged.verdict, latency_ns, trace_id)
        self._outcomes.append(outcome)
        self._told.set()

    async def _tell(self) -> None:
        """Say what came of leases, a few at once; again and again until the server has it."""
        while True:
            await self._told.wait()
            if len(self._outcomes) < _MOST_OUTCOMES and not self._tries:
                await asyncio.sleep(_GATHER_S)
            self._told.clear()
            outcomes, tries = self._outcomes[:_MOST_OUTCOMES], dict(self._tries)
            if not outcomes and not tries:
                continue
            self.verdicts += await self._told_all(outcomes, tries)
            del self._outcomes[: len(outcomes)]
            for lease in tries:
                self._tries.pop(lease, None)
            if self._outcomes or self._tries:
                self._told.set()

    async def _told_all(self, outcomes: Sequence[dict[str, Any]], tries: Mapping[str, Any]) -> int:
        """Return when the server has them; how many verdicts were among them. One that it can't take is told as a failure."""
        failures = 0
        while True:
            try:
                await self._post("/api/v1/judges/done", {"worker": self._options.name, "outcomes": outcomes, "tries": tries})
                return sum("score" in outcome for outcome in outcomes)
            except _ServerError as error:
                log.warning("outcomes_not_taken", error=str(error), outcomes=len(outcomes))
                if error.refused and len(outcomes) > 1:
                    middle = len(outcomes) // 2
                    return await self._told_all(outcomes[:middle], tries) + await self._told_all(outcomes[middle:], {})
                if error.refused and outcomes and "score" in outcomes[0]:
                    bare = {name: value for name, value in outcomes[0].items() if name != "score"}
                    return await self._told_all([{**bare, "error": f"the server refused the score: {error}"[:2_000]}], tries)
                failures += 1
                await asyncio.sleep(min(0.25 * 2**failures, 5.0) * random.uniform(0.8, 1.2))  # noqa: S311

    async def _reserve(self, lease: str, usd: float) -> bool:
        try:
            return bool(orjson.loads(await self._post("/api/v1/judges/reserve", {"lease": lease, "usd": usd}))["granted"])
        except _ServerError:
            return False

    async def _post(self, path: str, body: Mapping[str, Any]) -> bytes:
        try:
            response = await self._server.post(path, content=_encoded(body), headers={"content-type": "application/json"})
        except httpx.TransportError as error:
            raise _ServerError(f"{type(error).__name__}: {error}") from error
        if response.status_code >= 300:
            refused = response.status_code in (400, 413, 422)
            raise _ServerError(f"HTTP {response.status_code}: {response.text[:300]}", refused=refused)
        return response.content


class _ServerError(Exception):
    """The server was not reached, or said no; `refused`: it would say so again."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body).encode()  # half a surrogate pair


def _known(said: Mapping[str, Any]) -> _Known:
    definition = Definition.model_validate(said["definition"])
    prices = [None if one is None else Prices.model_validate(one) for one in said["prices"]]
    return _Known(Version(said["judge_id"], said["version"], said["project"], said["name"], definition), prices)


def _score(known: _Known, target: Target, judged: Judged, verdict: Verdict, latency_ns: int, trace_id: str) -> dict[str, Any]:
    definition = known.of.definition
    kind = definition.output.type
    if kind == "binary" and verdict.value not in (0, 1):
        kind = "numeric" if verdict.value is not None else "categorical"
    return {
        "target": definition.target,
        "trace_id": target.trace_id or None,
        "span_id": target.span_id or None,
        "session_id": target.session_id or None,
        "name": known.of.name,
        "source": definition.source,
        "author": known.of.judge_id,
        "version": str(known.of.version),
        "type": kind,
        "value": verdict.value,
        "label": verdict.label,
        "explanation": verdict.explanation[:20_000],
        "confidence": verdict.confidence,
        "probability": target.probability,
        "metadata": dict(verdict.metadata),
        "cost_usd": judged.usd if judged.calls else None,
        "latency_ns": latency_ns,
        "judge_trace_id": trace_id,
    }


def _try_answer(judged: Judged, latency_ns: int) -> dict[str, Any]:
    said: dict[str, Any] = asdict(judged.verdict) if judged.verdict is not None else {}
    error = judged.error or ("There is nothing here to judge: no answer, no call, no document." if judged.skipped else None)
    asked = judged.calls[-1].prompt if judged.calls else None
    return {
        **said,
        "error": error,
        "cost_usd": judged.usd,
        "latency_ns": latency_ns,
        "system": asked.system if asked else None,
        "prompt": asked.user if asked else None,
    }
