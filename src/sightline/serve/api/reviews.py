"""People's reviews of what judges judged: the queue, answers to it, labels in and out, and how far people agree."""

import csv
import io
import json
import time
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from sightline.errors import BadRequestError
from sightline.judge import people
from sightline.measure import quality
from sightline.query import as_datetime
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import Asker, AskerParam, ProjectParam
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.downloads import defused
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.api.quality import DaysParam, JudgeParam, unit_told
from sightline.serve.api.scores import StoreParam
from sightline.serve.judges_known import KnownJudge, known_judge, known_judges, standing
from sightline.serve.review_models import (
    AgreementResponse,
    Answered,
    AnswerRequest,
    DrawRequest,
    DrawResponse,
    LabelsImported,
    PlanRequest,
    QueueResponse,
    RaterRequest,
    ReviewResponse,
    ReviewsResponse,
)
from sightline.serve.upkeep import fill
from sightline.store import Configuration, ReviewItem, ReviewPlan

router = APIRouter(prefix="/reviews", tags=["reviews"])

_RaterParam = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$", description="Who labels.", examples=["ann"])]
_ItemParam = Annotated[str, Path(max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]

_QUEUE = 50
_MOST_IMPORT_BYTES = 16 << 20


@router.get("", response_model=ReviewsResponse, summary="What waits for people")
async def get_reviews(asker: AskerParam, config: ConfigParam, rater: _RaterParam, project: ProjectParam = "default") -> Response:
    """Every judge of a project with its queue, and how far it can be believed."""
    judges = await asker.answer(known_judges(asker.reader, config, project))
    last = await config.calibrations.last(project)
    found = []
    for known in judges:
        plan = await config.reviews.plan(project, known.id)
        found.append(
            {
                "judge": known.id,
                "name": known.scored.name,
                "queue": await _queue(config, plan, rater),
                "plan": _plan(plan),
                "standing": standing(plan, last.get(known.id), known.id),
            }
        )
    return answer({"judges": found})


@router.get("/items/{item}", response_model=Answered, responses=NOT_FOUND, summary="An item, and what was said of it")
async def get_item(asker: AskerParam, config: ConfigParam, item: _ItemParam, rater: _RaterParam) -> Response:
    """What the judge and other people said is told to those who have answered; to others both are empty."""
    found = await config.reviews.get(item)
    return answer(await _answered(asker, config, found, rater))


@router.post("/items/{item}/answer", response_model=Answered, responses=NOT_FOUND, summary="Label an item")
async def post_answer(asker: AskerParam, config: ConfigParam, store: StoreParam, item: _ItemParam, request: AnswerRequest) -> Response:
    """A person's verdict, stored as a score with source 'person'; answered with what the judge had said. Said again, it is changed."""
    found = await config.reviews.get(item)
    known = await known_judge(asker.reader, config, found.project, found.judge)
    label = people.label_score(
        known.asked, found, rater=request.rater, value=request.value, label=request.label, explanation=request.explanation
    )
    await store.add_scores([label])
    await config.reviews.turn(item, request.rater, "labelled")
    return answer(await _answered(asker, config, found, request.rater))


@router.post("/items/{item}/skip", response_model=QueueResponse, responses=NOT_FOUND, summary="Skip an item")
async def post_skip(config: ConfigParam, item: _ItemParam, request: RaterRequest) -> Response:
    """It is not shown to this rater again; others are still asked."""
    found = await config.reviews.get(item)
    await config.reviews.turn(item, request.rater, "skipped")
    return answer(await _open(config, await config.reviews.plan(found.project, found.judge), request.rater))


@router.post("/items/{item}/undo", response_model=QueueResponse, responses=NOT_FOUND, summary="Take an answer back")
async def post_undo(asker: AskerParam, config: ConfigParam, store: StoreParam, item: _ItemParam, request: RaterRequest) -> Response:
    """The item is asked again; the label says nothing until then."""
    found = await config.reviews.get(item)
    did = await config.reviews.undo(item, request.rater)
    if did == "labelled":
        known = await known_judge(asker.reader, config, found.project, found.judge)
        await store.add_scores([people.retraction(known.asked, found.unit, rater=request.rater)])
    return answer(await _open(config, await config.reviews.plan(found.project, found.judge), request.rater))


@router.get("/{judge}", response_model=ReviewResponse, responses=NOT_FOUND, summary="A judge under review")
async def get_review(
    asker: AskerParam, config: ConfigParam, judge: JudgeParam, rater: _RaterParam, project: ProjectParam = "default"
) -> Response:
    """What people are asked, how far they are, and by what plan."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    return answer(await _review(config, known, rater))


@router.put("/{judge}", response_model=ReviewResponse, responses=NOT_FOUND, summary="Change how a judge is reviewed")
async def put_review(
    asker: AskerParam, config: ConfigParam, judge: JudgeParam, request: PlanRequest, rater: _RaterParam, project: ProjectParam = "default"
) -> Response:
    """Labels a week, raters a unit, how much is drawn from all alike, how often it is calibrated, anchors a day."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    await config.reviews.set_plan(request.plan(project, judge))
    return answer(await _review(config, known, rater))


@router.get("/{judge}/queue", response_model=QueueResponse, responses=NOT_FOUND, summary="What a rater may label next")
async def get_queue(
    asker: AskerParam, config: ConfigParam, judge: JudgeParam, rater: _RaterParam, project: ProjectParam = "default"
) -> Response:
    """The next fifty, in order. What of this week's quota is missing is drawn first."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    await asker.answer(fill(asker.reader, config, known))
    return answer(await _open(config, await config.reviews.plan(project, judge), rater))


@router.post("/{judge}/draw", response_model=DrawResponse, responses=NOT_FOUND, summary="Draw units to label now")
async def post_draw(
    asker: AskerParam, config: ConfigParam, judge: JudgeParam, request: DrawRequest, rater: _RaterParam, project: ProjectParam = "default"
) -> Response:
    """Beyond the weekly quota: out of what was judged since the last draw, else in the last week."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    drawn = await asker.answer(fill(asker.reader, config, known, labels=request.labels))
    return answer({"drawn": drawn, "queue": await _queue(config, await config.reviews.plan(project, judge), rater)})


@router.get("/{judge}/agreement", response_model=AgreementResponse, responses=NOT_FOUND, summary="How far people agree")
async def get_agreement(
    asker: AskerParam, config: ConfigParam, judge: JudgeParam, project: ProjectParam = "default", days: DaysParam = 90
) -> Response:
    """Krippendorff's alpha, Fleiss' kappa, Cohen's of each pair, and the ceiling that sets for any judge."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    return answer(await asker.answer(quality.agreement(asker.reader, known.scored, now_ns=time.time_ns(), days=days)))


@router.get("/{judge}/labels", responses=NOT_FOUND | {200: {"content": {"text/csv": {}, "application/jsonl": {}}}}, response_class=Response)
async def get_labels(
    asker: AskerParam,
    config: ConfigParam,
    judge: JudgeParam,
    project: ProjectParam = "default",
    format: Literal["csv", "jsonl"] = "csv",  # noqa: A002 - the API's word
) -> Response:
    """The latest 10,000 labels as a file that can be imported again."""
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    rows = await asker.answer(people.exported(asker.reader, project, known.scored.name))
    name = f'attachment; filename="labels.{format}"'
    if format == "jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return Response(text.encode("utf-8", "replace"), media_type="application/jsonl", headers={"content-disposition": name})
    return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


@router.post(
    "/{judge}/labels",
    response_model=LabelsImported,
    responses=NOT_FOUND,
    summary="Import labels",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string"}}, "application/jsonl": {"schema": {"type": "string"}}},
        }
    },
)
async def post_labels(
    asker: AskerParam,
    config: ConfigParam,
    store: StoreParam,
    request: Request,
    judge: JudgeParam,
    project: ProjectParam = "default",
    format: Literal["csv", "jsonl"] = "csv",  # noqa: A002 - the API's word
) -> Response:
    """A CSV with a head, or a JSON object a line: trace_id (and span_id, or session_id), label or value, and if known rater, explanation,
    probability. What can't be a label is rejected by its line; the others are stored. At most 10,000 labels and 16 MiB at once.
    """
    text = await _text(request)  # first: whoever watches for the client's going reads what it sends
    known = await asker.answer(known_judge(asker.reader, config, project, judge))
    scores, rejected = await run_in_threadpool(people.imported, text, format, known.asked)
    await store.add_scores(scores)
    return answer({"stored": len(scores), "rejected": [{"line": line, "reason": reason} for line, reason in rejected]})


async def _text(request: Request) -> str:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_IMPORT_BYTES:
            raise BadRequestError(f"A file of labels has at most {_MOST_IMPORT_BYTES >> 20} MiB: cut it in pieces.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"A file of labels is UTF-8 text: it has another byte at {error.start:,}.") from error


async def _review(config: Configuration, known: KnownJudge, rater: str) -> dict[str, Any]:
    plan = await config.reviews.plan(known.scored.project, known.id)
    kept = await config.calibrations.of(plan.project, plan.judge, most=1)
    return {
        "judge": known.id,
        "name": known.scored.name,
        "type": known.scored.type,
        "target": known.scored.target,
        "version": known.scored.version,
        "rubric": known.rubric,
        "choices": known.choices,
        "queue": await _queue(config, plan, rater),
        "plan": _plan(plan),
        "standing": standing(plan, kept[-1] if kept else None, known.id),
    }


async def _open(config: Configuration, plan: ReviewPlan, rater: str) -> dict[str, Any]:
    items = await config.reviews.open(plan.project, plan.judge, rater, raters_per_item=plan.raters_per_item, most=_QUEUE)
    last = await config.reviews.turns(plan.project, plan.judge, rater, most=1)
    return {
        "items": [_item(item) for item in items],
        "last": last[0].item_id if last else None,
        "queue": await _queue(config, plan, rater),
    }


async def _answered(asker: Asker, config: Configuration, item: ReviewItem, rater: str) -> dict[str, Any]:
    plan = await config.reviews.plan(item.project, item.judge)
    known = await known_judge(asker.reader, config, item.project, item.judge)
    said = await asker.answer(quality.said_of_unit(asker.reader, known.scored, item.unit))
    mine = next((one for one in said["people"] if one["author"] == rater), None)
    others = [one for one in said["people"] if one["author"] != rater]
    return {
        "item": _item(item),
        "drawn": item.drawn,
        "mine": mine,
        "judge": said["judge"] if mine else None,
        "people": others if mine else [],
        "queue": await _queue(config, plan, rater),
    }


async def _queue(config: Configuration, plan: ReviewPlan, rater: str) -> dict[str, Any]:
    week = people.week_of(as_datetime(time.time_ns()))
    state = await config.reviews.state(plan.project, plan.judge, rater, raters_per_item=plan.raters_per_item, week=week)
    return asdict(state)


def _plan(plan: ReviewPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ("weekly_labels", "raters_per_item", "core", "due_days", "anchors_per_day")}


def _item(item: ReviewItem) -> dict[str, Any]:
    return {**unit_told(item.unit), "id": item.id, "start": item.start, "probability": item.probability}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, people.COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: defused(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8", "replace")
