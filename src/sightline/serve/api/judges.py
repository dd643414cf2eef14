"""Judges: made, tried, forecast and watched; and the desk at which workers fetch what is owed."""

import asyncio
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from sightline.errors import BadRequestError, NotFoundError, StoreClosedError
from sightline.judge import backlog, evaluators
from sightline.judge.backlog import Target, Version
from sightline.judge.definition import Definition, read_definition
from sightline.judge.desk import Desk, Lease, Outcome, version_of
from sightline.judge.forecast import forecast, usd_per_verdict
from sightline.judge.library import library
from sightline.judge.material import material
from sightline.query import LATEST_NS, Reader, Window, as_datetime, parse_window
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, ProjectParam
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.judge_models import (
    BackfillAnswer,
    BackfillRequest,
    Backlog,
    DoneRequest,
    Forecast,
    ForecastRequest,
    Judge,
    JudgeChange,
    JudgeRequest,
    JudgesResponse,
    JudgeVersions,
    Library,
    OutcomeModel,
    Reserved,
    ReserveRequest,
    TryAnswer,
    TryRequest,
    WorkAnswer,
    WorkRequest,
)
from sightline.store import Judge as Kept

router = APIRouter(prefix="/judges", tags=["judges"])

_TARGETS = {"span": "span_id", "trace": "trace_id", "session": "session_id"}

JudgeIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]


def _desk(request: Request) -> Desk:
    desk: Desk | None = getattr(request.state, "desk", None)
    if desk is None:
        raise StoreClosedError("The desk of judges is not open yet.")
    return desk


DeskParam = Annotated[Desk, Depends(_desk)]


@router.get("", response_model=JudgesResponse, summary="List judges")
async def get_judges(config: ConfigParam, desk: DeskParam, project: ProjectParam = "default") -> Response:
    """A project's judges and code evaluators under their current versions."""
    return answer({"judges": [_shown(judge) for judge in await config.judges.all(project)], "workers": desk.workers})


@router.post("", response_model=Judge, status_code=201, summary="Make a judge")
async def post_judge(config: ConfigParam, desk: DeskParam, request: JudgeRequest, project: ProjectParam = "default") -> Response:
    """A judge in version 1. It judges what begins from now on, and with `backfill_from` what began since then."""
    now_ns = time.time_ns()
    _check(desk, request.definition, now_ns)
    window = None if request.backfill_from is None else parse_window(request.backfill_from, None, now_ns=now_ns)
    judge = await config.judges.add(project, request.name, request.definition.model_dump_json(), enabled=request.enabled)
    if window is not None:
        await config.judges.add_backfill(judge.id, 1, as_datetime(window.from_ns), judge.created)
    desk.changed()
    return answer(_shown(judge), status=201)


@router.get("/library", response_model=Library, summary="Rubrics to begin with")
async def get_library() -> Response:
    """Definitions that lack only their model, and the code evaluators that are installed."""
    return answer({"judges": [asdict(rubric) for rubric in library()], "evaluators": evaluators.names()})


@router.post("/try", response_model=TryAnswer, summary="Try a definition on one target")
async def post_try(asker: AskerParam, desk: DeskParam, request: TryRequest, project: ProjectParam = "default") -> Response:
    """The verdict that a definition would give, stored nowhere. A model is asked by a connected worker, code is run here."""
    now_ns = time.time_ns()
    backlog.check(request.definition, now_ns=now_ns)
    of = Version("", 0, project, "try", request.definition)
    target = await asker.answer(_target(asker.reader, of, request, now_ns))
    ids = {"trace_id": target.trace_id or None, "span_id": target.span_id or None, "session_id": target.session_id or None}
    if request.definition.evaluator is None:
        return answer({**ids, **await desk.try_out(of, target)})
    spans = (await asker.answer(backlog.spans_of(asker.reader, project, request.definition, [target])))[0]
    found = material(request.definition.target, target.span_id, spans)
    code = request.definition.evaluator
    began = time.perf_counter_ns()
    verdict = await asyncio.to_thread(evaluators.evaluate, code.name, code.options, found)
    said = {"error": "There is nothing here that it looks at: no score."} if verdict is None else asdict(verdict)
    return answer({**ids, **said, "latency_ns": time.perf_counter_ns() - began, "cost_usd": 0.0})


@router.post("/forecast", response_model=Forecast, summary="Forecast a definition's cost")
async def post_forecast(
    asker: AskerParam, config: ConfigParam, desk: DeskParam, request: ForecastRequest, project: ProjectParam = "default"
) -> Response:
    """What a week of it would cost, by the last week's traffic and the judge's verdicts so far, or the size of some targets."""
    now_ns = time.time_ns()
    backlog.check(request.definition, now_ns=now_ns)
    kept = None if request.judge_id is None else await config.judges.get(request.judge_id)
    of = Version(kept.id if kept else "", 0, project, kept.name if kept else "", request.definition)
    found = await asker.answer(forecast(asker.reader, of, desk.prices(request.definition), now_ns=now_ns))
    week, budget = found.usd_per_week, request.definition.budget_usd_per_day
    by_budget = None if budget is None or not found.usd_per_verdict else 7 * budget / found.usd_per_verdict
    return answer(
        {
            **asdict(found),
            "verdicts_per_week": found.verdicts_per_week,
            "usd_per_week": week,
            "usd_per_day": None if week is None else week / 7,
            "budget_usd_per_day": budget,
            "most_per_week_by_budget": by_budget,
            "text": found.text(),
        }
    )


@router.post("/work", response_model=WorkAnswer, summary="Fetch work (workers)")
async def post_work(desk: DeskParam, request: WorkRequest) -> Response:
    """Targets for a worker, each until it says what came of it, and definitions that somebody tries out."""
    if not 0 <= request.share[0] < request.share[1] <= 10_000:
        raise BadRequestError("share is (i, n) with i from 0 to n - 1.")
    found, tries = await desk.work(request.worker, most=request.most, judges=request.judges, share=request.share)
    judges: dict[str, Any] = {}
    prices: dict[str, Any] = {}

    def named(of: Version, key: str) -> str:
        if key not in judges:
            prices[key] = [price and price.model_dump() for price in desk.prices(of.definition)]
            judges[key] = {
                "judge_id": of.judge_id,
                "version": of.version,
                "project": of.project,
                "name": of.name,
                "definition": of.definition.model_dump(mode="json"),
                "prices": prices[key],
            }
        return key

    items = [_item(lease, spans, size, named(lease.of, f"{lease.of.judge_id}:{lease.of.version}")) for lease, spans, size in found]
    tried = [
        {
            "lease": one.id,
            "judge": named(one.of, one.id),
            "target": asdict(one.target),
            "spans": one.spans,
            "max_input_bytes": one.of.definition.max_input_bytes,
            "reserved_usd": 0.0,
        }
        for one in tries
    ]
    return answer({"items": items, "tries": tried, "judges": judges, "heard_every_s": desk.heard_every_s})


@router.post("/done", status_code=204, summary="Say what came of work (workers)")
async def post_done(config: ConfigParam, desk: DeskParam, request: DoneRequest) -> Response:
    """Outcomes of leases; answered when their scores are on disk. Said again after an error, it changes nothing twice."""
    for lease, said in request.tries.items():
        await desk.tried(lease, said)
    judges = {judge.id: judge for judge in await config.judges.all()} if request.outcomes else {}
    now_ns = time.time_ns()
    outcomes = [_outcome(one, judges, now_ns) for one in request.outcomes]
    await desk.done(request.worker, outcomes)
    return Response(status_code=204)


@router.post("/reserve", response_model=Reserved, summary="Reserve another call (workers)")
async def post_reserve(desk: DeskParam, request: ReserveRequest) -> Reserved:
    """Whether the day's budget has room for another call of a lease."""
    return Reserved(granted=await desk.reserve(request.lease, request.usd))


@router.get("/{id}", response_model=Judge, responses=NOT_FOUND, summary="Read a judge")
async def get_judge(config: ConfigParam, id_: JudgeIdParam) -> Response:
    """A judge under its current version."""
    return answer(_shown(await config.judges.get(id_)))


@router.put("/{id}", response_model=Judge, responses=NOT_FOUND, summary="Change a judge")
async def put_judge(config: ConfigParam, desk: DeskParam, id_: JudgeIdParam, request: JudgeChange) -> Response:
    """Another name, on or off, or another definition, which becomes its next version and judges what begins from now on."""
    if request.definition is not None:
        _check(desk, request.definition, time.time_ns())
    before = await config.judges.get(id_)
    definition = None if request.definition is None else request.definition.model_dump_json()
    judge = await config.judges.change(id_, name=request.name, definition=definition, enabled=request.enabled)
    if judge.version != before.version:
        for backfill in await config.judges.backfills(id_, running=True):
            await config.judges.end_backfill(backfill.id, "cancelled")
    desk.changed()
    return answer(_shown(judge))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a judge")
async def delete_judge(config: ConfigParam, desk: DeskParam, id_: JudgeIdParam) -> Response:
    """With its versions. Its scores stay."""
    await config.judges.remove(id_)
    desk.changed()
    return Response(status_code=204)


@router.get("/{id}/versions", response_model=JudgeVersions, responses=NOT_FOUND, summary="List a judge's versions")
async def get_versions(config: ConfigParam, id_: JudgeIdParam) -> Response:
    """The latest first."""
    found = await config.judges.versions(id_)
    return answer({"versions": [{**asdict(one), "definition": _definition(one.definition)} for one in found]})


@router.get("/{id}/backlog", response_model=Backlog, responses=NOT_FOUND, summary="Where a judge stands")
async def get_backlog(asker: AskerParam, config: ConfigParam, desk: DeskParam, id_: JudgeIdParam) -> Response:
    """What it owes and has judged since it was switched on, what it spent, and how its backfills get on."""
    judge = await config.judges.get(id_)
    of, now_ns = version_of(judge), time.time_ns()
    since = now_ns if judge.since is None else int(judge.since.timestamp() * 1e6) * 1_000
    live = Window(since, LATEST_NS)
    spend, kept = await asyncio.gather(config.judges.spend(id_, days=30), config.judges.backfills(id_))

    async def ask() -> tuple[Any, Any, list[Any]]:
        standing, oldest = await asyncio.gather(
            backlog.progress(asker.reader, of, live, now_ns=now_ns), backlog.owed(asker.reader, of, live, now_ns=now_ns, rows=10_000)
        )
        fills = [await backlog.progress(asker.reader, of, _window(one), now_ns=now_ns) for one in kept[:20] if one.version == of.version]
        return standing, oldest, fills

    standing, owed, fills = await asker.answer(ask())
    return answer(
        {
            "judge_id": id_,
            "version": of.version,
            "matching": standing.matching,
            "selected": standing.selected,
            "judged": standing.judged,
            "owed": standing.selected - standing.judged,
            **desk.state(judge),
            "oldest_owed": as_datetime(owed[-1].start_ns) if owed else None,
            "budget_usd_per_day": of.definition.budget_usd_per_day,
            "spend": [asdict(day) for day in spend],
            "backfills": [
                {**asdict(one), "selected": done.selected, "judged": done.judged}
                for one, done in zip([one for one in kept[:20] if one.version == of.version], fills, strict=True)
            ],
        }
    )


@router.post("/{id}/backfills", response_model=BackfillAnswer, responses=NOT_FOUND, summary="Judge a window of the past")
async def post_backfill(asker: AskerParam, config: ConfigParam, desk: DeskParam, id_: JudgeIdParam, request: BackfillRequest) -> Response:
    """What a window would take, or have it judged, after fresh traffic and within the budget of each day."""
    judge = await config.judges.get(id_)
    of, now_ns = version_of(judge), time.time_ns()
    window = parse_window(request.from_, request.to if request.to is not None else "now", now_ns=now_ns)

    async def ask() -> tuple[Any, float | None]:
        seen = await backlog.progress(asker.reader, of, window, now_ns=now_ns)
        cost, _ = await usd_per_verdict(asker.reader, of, desk.prices(of.definition), window, now_ns=now_ns)
        return seen, cost

    seen, cost = await asker.answer(ask())
    owed = seen.selected - seen.judged
    usd, budget = (None if cost is None else cost * owed), of.definition.budget_usd_per_day
    made = None
    if not request.estimate:
        made = await config.judges.add_backfill(id_, of.version, as_datetime(window.from_ns), as_datetime(window.to_ns))
        desk.changed()
    return answer(
        {
            "id": made.id if made else None,
            "selected": seen.selected,
            "judged": seen.judged,
            "owed": owed,
            "usd": usd,
            "days_by_budget": usd / budget if usd is not None and budget else None,
        }
    )


@router.delete("/{id}/backfills/{backfill}", status_code=204, responses=NOT_FOUND, summary="Stop a backfill")
async def delete_backfill(
    config: ConfigParam, desk: DeskParam, id_: JudgeIdParam, backfill: Annotated[str, Path(max_length=64)]
) -> Response:
    """What it has judged stays."""
    await config.judges.get(id_)
    await config.judges.end_backfill(backfill, "cancelled")
    desk.changed()
    return Response(status_code=204)


def _check(desk: Desk, definition: Definition, now_ns: int) -> None:
    backlog.check(definition, now_ns=now_ns)
    if definition.evaluator is not None:
        evaluators.evaluator(definition.evaluator.name)
    desk.check_money(definition)


def _shown(judge: Kept) -> dict[str, Any]:
    return {**asdict(judge), "definition": _definition(judge.definition)}


def _definition(text: str) -> dict[str, Any]:
    return read_definition(text).model_dump(mode="json")


def _window(backfill: Any) -> Window:
    return Window(*(int(when.timestamp() * 1e6) * 1_000 for when in (backfill.start, backfill.end)))


async def _target(reader: Reader, of: Version, request: TryRequest, now_ns: int) -> Target:
    wanted = getattr(request, _TARGETS[of.definition.target])
    if wanted:
        return Target(request.trace_id.lower(), request.span_id.lower(), request.session_id, now_ns, 1.0)
    everything = of.definition.model_copy(update={"sampling": type(of.definition.sampling)()})
    found = await backlog.owed(reader, Version("", 0, of.project, "", everything), Window(0, LATEST_NS), now_ns=now_ns, rows=1)
    if not found:
        raise NotFoundError("Nothing settled matches the filter yet: give trace_id and, for a span, span_id.")
    return found[0]


def _item(lease: Lease, spans: list[dict[str, Any]], size: int, judge: str) -> dict[str, Any]:
    return {
        "lease": lease.id,
        "judge": judge,
        "target": asdict(lease.target),
        "spans": spans,
        "max_input_bytes": size,
        "reserved_usd": lease.reserved_usd,
    }


def _outcome(said: OutcomeModel, judges: dict[str, Kept], now_ns: int) -> Outcome:
    judge = judges.get(said.judge_id)
    # of a judge that was deleted meanwhile nothing is kept
    score = said.score.score(judge.project, now_ns) if said.score is not None and judge is not None else None
    target = Target(**said.target.model_dump())
    return Outcome(said.lease, said.judge_id, said.version, target, score, said.error, said.skipped, said.endpoint_down, said.cost_usd)
