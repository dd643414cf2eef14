"""Run a subject over a dataset: so many at once, every result sent as it comes, stopped and taken up again at will."""

import asyncio
import contextlib
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from opentelemetry.trace import Status, StatusCode

from sightline.errors import SightlineError
from sightline.experiments.client import Client, quoted
from sightline.experiments.evaluators import Evaluator, Score
from sightline.experiments.subjects import Subject
from sightline.experiments.tracing import Tracing, text, trace_id

_BATCH = 50
_BATCH_S = 1.0

Progress = Callable[[int, int, int], None]
"""Called with what is done, what is owed in all, and how many of the done have failed."""


class StoppedError(SightlineError):
    """The run was stopped before all was done; what is done is kept."""

    def __init__(self, experiment_id: str, done: int, owed: int) -> None:
        super().__init__(f"Stopped after {done:,} of {owed:,}: go on with --resume {experiment_id}.")
        self.experiment_id = experiment_id


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `version`: of the dataset, the latest without. `items`: only the first so many."""

    dataset: str
    name: str
    subject: Subject
    evaluators: Sequence[Evaluator] = ()
    version: int | None = None
    repeats: int = 1
    items: int | None = None
    concurrency: int = 8
    author: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """`experiment` as the server has it; `complaints`: what evaluators raised, with how often."""

    experiment: Mapping[str, Any]
    done: int
    failed: int
    complaints: Mapping[str, int] = field(default_factory=dict)


def run(client: Client, plan: Plan, progress: Progress | None = None) -> Ran:
    """Make an experiment and run it. Raises ServerSaidNoError, and StoppedError on an interrupt."""
    said = {
        "dataset": plan.dataset, "version": plan.version, "name": plan.name, "subject": dict(plan.subject.about), "repeats": plan.repeats,
        "items": plan.items, "author": plan.author,
    }  # fmt: skip
    return _run(client, client.post("/experiments", said), plan, progress)


def resume(client: Client, experiment_id: str, plan: Plan, progress: Progress | None = None) -> Ran:
    """Run what an experiment still owes, and again what failed. Its dataset, version and repeats are its own. Raises as `run`."""
    return _run(client, client.get(f"/experiments/{quoted(experiment_id)}"), plan, progress)


def _run(client: Client, experiment: Mapping[str, Any], plan: Plan, progress: Progress | None) -> Ran:
    id_ = experiment["id"]
    items = list(client.items(experiment["dataset_id"], experiment["dataset_version"], most=experiment["items"]))
    there = {(one["item_id"], one["repeat"]) for one in client.get(f"/experiments/{id_}/done")["done"] if not one["failed"]}
    every = [(item, repeat) for repeat in range(1, experiment["repeats"] + 1) for item in items]
    owed = [(item, repeat) for item, repeat in every if (item["id"], repeat) not in there]
    work = _Work(client, experiment, plan, len(every), progress or (lambda *_: None), done=len(every) - len(owed))
    tracing = Tracing(client.url, experiment["traces_project"])
    try:
        work.run(owed, tracing)
    except KeyboardInterrupt:
        raise StoppedError(id_, work.done, len(every)) from None
    finally:
        tracing.close()
    # failures are results too: another --resume tries them again
    finished = client.post(f"/experiments/{id_}/finish")
    return Ran(finished, work.done, work.failed, dict(work.complaints))


class _Work:
    def __init__(self, client: Client, experiment: Mapping[str, Any], plan: Plan, total: int, progress: Progress, *, done: int) -> None:
        self._client = client
        self._experiment = experiment
        self._plan = plan
        self._total = total
        self._progress = progress
        self._waiting: list[dict[str, Any]] = []
        self.done = done
        self.failed = 0
        self.complaints: Counter[str] = Counter()

    def run(self, owed: Sequence[tuple[Mapping[str, Any], int]], tracing: Tracing) -> None:
        """Return when all of it is done and stored."""
        self._progress(self.done, self._total, 0)
        with ThreadPoolExecutor(self._plan.concurrency, thread_name_prefix="item") as executor:
            asyncio.run(self._all(list(reversed(owed)), tracing, executor))

    async def _all(self, owed: list[tuple[Mapping[str, Any], int]], tracing: Tracing, executor: Executor) -> None:
        async def worker() -> None:
            while owed:
                item, repeat = owed.pop()
                result = await self._one(item, repeat, tracing, executor)
                self._waiting.append(result)

        finished = asyncio.Event()
        workers = asyncio.gather(*(worker() for _ in range(min(self._plan.concurrency, max(len(owed), 1)))))
        sending = asyncio.create_task(self._send_as_it_comes(finished))
        try:
            # a server that takes nothing more ends the run: what could not be stored need not be made
            both: set[asyncio.Future[Any]] = {workers, sending}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if workers.done():
                workers.result()
        finally:
            workers.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await workers
            finished.set()
            await sending
            while self._waiting:
                await self._send()

    async def _send_as_it_comes(self, finished: asyncio.Event) -> None:
        """What has come, every second or every fifty of it, until `finished`; it is never cancelled while it sends."""
        last = time.monotonic()
        while not finished.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(finished.wait(), 0.05)
            if len(self._waiting) >= _BATCH or (self._waiting and time.monotonic() - last > _BATCH_S):
                await self._send()
                last = time.monotonic()

    async def _send(self) -> None:
        batch = self._waiting[:_BATCH]
        del self._waiting[:_BATCH]
        await asyncio.to_thread(self._client.post, f"/experiments/{self._experiment['id']}/results", {"results": batch})
        self.done += len(batch)
        self.failed += sum(one["error"] is not None for one in batch)
        self._progress(self.done, self._total, self.failed)

    async def _one(self, item: Mapping[str, Any], repeat: int, tracing: Tracing, executor: Executor) -> dict[str, Any]:
        experiment = self._experiment
        said = {
            "openinference.span.kind": "CHAIN", "input.value": text(item["input"]), "sightline.task": experiment["name"],
            "sightline.experiment.id": experiment["id"], "sightline.experiment.name": experiment["name"],
            "sightline.dataset.id": experiment["dataset_id"], "sightline.dataset.version": experiment["dataset_version"],
            "sightline.dataset.item": item["id"], "sightline.experiment.repeat": repeat,
        }  # fmt: skip
        output, error, scores = None, None, []
        with tracing.item(said) as span:
            began = time.perf_counter_ns()
            try:
                output = _as_json(await self._plan.subject.answer(item, executor))
            except Exception as raised:
                error = "".join(traceback.format_exception_only(raised)).strip()[:10_000] or type(raised).__name__
                span.record_exception(raised)
                span.set_status(Status(StatusCode.ERROR, error[:1_000]))
            took = time.perf_counter_ns() - began
            if error is None:
                span.set_attribute("output.value", text(output))
        if error is None:
            scores = await self._evaluated(output, item, executor)
        return {
            "item_id": item["id"], "repeat": repeat, "trace_id": trace_id(span), "output": output, "error": error, "latency_ns": took,
            "scores": scores,
        }  # fmt: skip

    async def _evaluated(self, output: Any, item: Mapping[str, Any], executor: Executor) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for evaluator in self._plan.evaluators:
            try:
                found: list[Score] = await evaluator.scores(output, item, executor)
            except Exception as raised:
                self.complaints[f"{evaluator.name}: {type(raised).__name__}: {raised}"[:500]] += 1
                continue
            made += [asdict(score) | {"author": evaluator.name, "version": evaluator.version} for score in found]
        return made


def _as_json(value: Any) -> Any:
    """An output as JSON can say it: models and data classes by their fields, anything else by its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "model_dump"):
        return _as_json(value.model_dump(mode="json"))
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return _as_json({name: getattr(value, name) for name in value.__dataclass_fields__})
    if isinstance(value, Mapping):
        return {str(name): _as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_json(one) for one in value]
    return str(value)
