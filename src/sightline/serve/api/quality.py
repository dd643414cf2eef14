"""Quality: scores over time, corrected by what people say, and how far a judge can be believed."""

import time
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from sightline.errors import BadRequestError
from sightline.facts.scores import ScoreSource
from sightline.measure import quality
from sightline.query import Filter, as_datetime
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import MAX_FILTER_CHARS, Asker, AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.downloads import DOWNLOADS, FormatParam, download_models
from sightline.serve.api.economics import GroupByParam, IntervalParam
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.calibrating import kept_told, run_of
from sightline.serve.judges_known import KnownJudge, known_judge, standing, standing_of
from sightline.serve.quality_models import (
    AnchorsDueResponse,
    AnchorsResponse,
    CalibrationAnswer,
    HistoryResponse,
    QualityGroup,
    QualityScoresResponse,
    TrendResponse,
)
from sightline.store import Configuration

router = APIRouter(prefix="/quality", tags=["quality"])

_FilterParam = Annotated[
    str, Query(max_length=MAX_FILTER_CHARS, description="Asked of the scores: docs/filter-language.md.", examples=["task = 'support'"])
]
JudgeParam = Annotated[str, Path(max_length=200, description="A judge's id: the author of its scores.", examples=["groundedness"])]
_VersionParam = Annotated[str | None, Query(max_length=100, description="Of the judge; the newest if left out.")]
_NameParam = Annotated[str | None, Query(max_length=200, description="The score, of a judge that gives several.")]
DaysParam = Annotated[int, Query(ge=1, le=400, description="Traffic and labels of so many days.")]
_SegmentParam = Annotated[str | None, Query(max_length=200, description="A fact that a score has of its target.", examples=["model"])]

_HISTORY = 200


@router.get("/scores", response_model=QualityScoresResponse, summary="Scores there are")
async def get_scores(
    asker: AskerParam,
    config: ConfigParam,
    project: ProjectParam = "default",
    from_: FromParam = None,
    to: ToParam = None,
    filter: _FilterParam = "",  # noqa: A002 - the API's word
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Every score of a window by name and by whom; of judges, how far they can be believed."""
    found = await asker.answer(quality.scores(asker.reader, scene(project, from_, to), Filter.parse(filter), limit=limit))
    last = await config.calibrations.last(project)
    plans = {plan.judge: plan for plan in await config.reviews.plans() if plan.project == project}
    for score in found["scores"]:
        judge = score["author"]
        is_judge = score["source"] == "judge" and judge is not None
        plan = plans.get(judge) or (await config.reviews.plan(project, judge) if is_judge else None)
        score["standing"] = standing(plan, last.get(judge), judge) if is_judge and plan is not None else None
    return answer(found)


@router.get("/trend", response_model=TrendResponse, responses=DOWNLOADS | NOT_FOUND, summary="Quality over time")
async def get_trend(
    asker: AskerParam,
    config: ConfigParam,
    name: Annotated[str | None, Query(max_length=200, description="The score.", examples=["groundedness"])] = None,
    judge: Annotated[str | None, Query(max_length=200, description="Of a judge, by its id.")] = None,
    source: ScoreSource = "judge",
    project: ProjectParam = "default",
    from_: FromParam = None,
    to: ToParam = None,
    filter: _FilterParam = "",  # noqa: A002 - the API's word
    group_by: GroupByParam = None,
    interval: IntervalParam = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """A score over time and by segment. A judge's is shown raw and corrected: what people would have said, with a 95 % interval.

    Labels of the last 90 days teach what a verdict means, periods lend each other theirs. Without labels `corrected` is null.
    """
    where = scene(project, from_, to)
    if judge is not None:
        scored = (await known_judge(asker.reader, config, project, judge, name=name)).scored
    elif name is not None:
        scored = await asker.answer(quality.scored_as(asker.reader, where, name, source))
    else:
        raise BadRequestError("Say which score: name, or judge. GET /api/v1/quality/scores lists them.")
    asked = quality.Asked(where, replace(scored, version=""), Filter.parse(filter), group_by or ())
    found = await asker.answer(quality.trend(asker.reader, asked, interval=interval, limit=limit))
    if format != "json":
        return await asker.answer(download_models(asker.reader, found["groups"], QualityGroup, format, "quality", group_by=asked.group_by))
    return answer({**found, "standing": await standing_of(config, project, scored.author) if scored.author else None})


@router.get(
    "/judges/{judge}/calibration", response_model=CalibrationAnswer, responses=NOT_FOUND, summary="How far a judge can be believed, now"
)
async def get_calibration(
    asker: AskerParam,
    config: ConfigParam,
    judge: JudgeParam,
    project: ProjectParam = "default",
    name: _NameParam = None,
    version: _VersionParam = None,
    segment: _SegmentParam = None,
    days: DaysParam = 90,
) -> Response:
    """One version of a judge against people: confusion, sensitivity, specificity, kappa, bias by segment, verdict, corrected rate."""
    found = await asker.answer(_calibration(asker, config, project, judge, name, version, segment, days))
    return answer({**found, "standing": await standing_of(config, project, judge)})


@router.post(
    "/judges/{judge}/calibrations", response_model=HistoryResponse, responses=NOT_FOUND, status_code=201, summary="Calibrate a judge"
)
async def post_calibration(
    asker: AskerParam,
    config: ConfigParam,
    judge: JudgeParam,
    project: ProjectParam = "default",
    name: _NameParam = None,
    version: _VersionParam = None,
    days: DaysParam = 90,
) -> Response:
    """Calibrate now and keep what comes out: the judge's due date begins anew."""
    found = await asker.answer(_calibration(asker, config, project, judge, name, version, None, days))
    if found["labelled"] == 0:
        raise BadRequestError("Nobody has labelled anything this judge's version has judged: label some first.")
    await config.calibrations.add(run_of(found, project, judge, "person"))
    return answer(await _history(config, project, judge), status=201)


@router.get("/judges/{judge}/calibrations", response_model=HistoryResponse, summary="A judge's calibrations")
async def get_calibrations(config: ConfigParam, judge: JudgeParam, project: ProjectParam = "default") -> Response:
    """Each calibration that was kept, the oldest first; the latest 200."""
    return answer(await _history(config, project, judge))


@router.get("/judges/{judge}/anchors", response_model=AnchorsResponse, responses=NOT_FOUND, summary="Is it the judge?")
async def get_anchors(asker: AskerParam, config: ConfigParam, judge: JudgeParam, project: ProjectParam = "default") -> Response:
    """A judge's anchors: the evidence that the judge itself has changed, and whether it or what it judges has."""
    known = await known_judge(asker.reader, config, project, judge)
    anchors = await config.reviews.anchors(project, judge)
    return answer(await asker.answer(quality.anchors_told(asker.reader, known.scored, anchors, now_ns=time.time_ns())))


@router.post("/judges/{judge}/anchors", response_model=AnchorsResponse, responses=NOT_FOUND, summary="Choose a judge's anchors")
async def post_anchors(
    asker: AskerParam,
    config: ConfigParam,
    judge: JudgeParam,
    project: ProjectParam = "default",
    days: DaysParam = 90,
    most: Annotated[int, Query(ge=10, le=300)] = quality.MOST_ANCHORS,
) -> Response:
    """Make anchors of what people have labelled; the ones before are forgotten, and the test begins anew."""
    known = await known_judge(asker.reader, config, project, judge)
    now_ns = time.time_ns()
    found = await asker.answer(quality.anchors_from_labels(asker.reader, known.scored, now_ns=now_ns, days=days, most=most))
    if not found:
        raise BadRequestError("No unit is both judged and labelled yet: anchors are made of labelled units.")
    await config.reviews.set_anchors(project, judge, found)
    return answer(await asker.answer(quality.anchors_told(asker.reader, known.scored, found, now_ns=now_ns)))


@router.get("/judges/{judge}/anchors/due", response_model=AnchorsDueResponse, responses=NOT_FOUND, summary="Anchors to judge now")
async def get_anchors_due(asker: AskerParam, config: ConfigParam, judge: JudgeParam, project: ProjectParam = "default") -> Response:
    """Which anchors the judge is to be asked about now, so many a day; their verdicts are posted as scores of this name and version."""
    known = await known_judge(asker.reader, config, project, judge)
    plan, anchors = await config.reviews.plan(project, judge), await config.reviews.anchors(project, judge)
    due = await asker.answer(
        quality.anchors_due(
            asker.reader, known.scored, anchors, per_day=plan.anchors_per_day, version=known.scored.version, now=as_datetime(time.time_ns())
        )
    )
    return answer({"name": due.name, "version": due.version, "units": [unit_told(unit) for unit in due.units]})


def unit_told(unit: Any) -> dict[str, str]:
    """UnitTold."""
    return {name: getattr(unit, name) for name in ("target", "trace_id", "span_id", "session_id")}


async def _calibration(
    asker: Asker, config: Configuration, project: str, judge: str, name: str | None, version: str | None, segment: str | None, days: int
) -> dict[str, Any]:
    known: KnownJudge = await known_judge(asker.reader, config, project, judge, name=name)
    scored = known.scored if version is None else replace(known.scored, version=version)
    return await quality.calibration(asker.reader, scored, now_ns=time.time_ns(), days=days, segment=segment)


async def _history(config: Configuration, project: str, judge: str) -> dict[str, Any]:
    kept = await config.calibrations.of(project, judge, most=_HISTORY)
    plan = await config.reviews.plan(project, judge)
    return {"calibrations": [kept_told(run) for run in kept], "standing": standing(plan, kept[-1] if kept else None, judge)}
