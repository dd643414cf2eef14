"""Experiments: made, fed by their runner, compared item by item."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from sightline.errors import BadRequestError, NotFoundError
from sightline.measure import datasets, experiments
from sightline.serve.api.answers import answer, encoded
from sightline.serve.api.asking import Asker, AskerParam, ProjectParam
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.datasets import read_versions
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.api.scores import StoreParam
from sightline.serve.experiment_models import (
    DoneResponse,
    Experiment,
    ExperimentComparison,
    ExperimentRequest,
    ExperimentsResponse,
    ExperimentSummary,
    ResultIn,
    ResultsRequest,
    ResultsResponse,
    ResultsStored,
)
from sightline.store import Configuration, ExperimentTerms, NewScore, ResultRow
from sightline.store import Experiment as Kept

router = APIRouter(prefix="/experiments", tags=["experiments"])

ExperimentIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]


@router.get("", response_model=ExperimentsResponse, responses=NOT_FOUND, summary="List experiments")
async def get_experiments(
    config: ConfigParam,
    project: ProjectParam = "default",
    dataset: Annotated[str | None, Query(max_length=200, description="Only those over this dataset: its id or its name.")] = None,
) -> Response:
    """A project's experiments, the newest first."""
    dataset_id = None if dataset is None else (await config.datasets.get(project, dataset)).id
    found = await config.experiments.all(project, dataset_id=dataset_id)
    names = {one.id: one.name for one in await config.datasets.all(project)}
    return answer({"experiments": [_shown(one, names.get(one.dataset_id)) for one in found]})


@router.post("", response_model=Experiment, status_code=201, responses=NOT_FOUND, summary="Make an experiment")
async def post_experiment(
    asker: AskerParam, config: ConfigParam, request: ExperimentRequest, project: ProjectParam = "default"
) -> Response:
    """Its results are owed from now on: whatever runs it posts them."""
    dataset, versions = await read_versions(config, project, request.dataset, request.version)
    if not versions:
        raise BadRequestError(f"dataset: Dataset {dataset.name!r} has no item yet.")
    version = next(one for one in await config.datasets.versions(dataset.id) if one.version == max(versions))
    items = version.items if request.items is None else min(request.items, version.items)
    terms = ExperimentTerms(project, dataset.id, version.version, request.name, request.subject, items, request.repeats, request.author)
    return answer(_shown(await config.experiments.add(terms), dataset.name), status=201)


@router.get("/compare", response_model=ExperimentComparison, responses=NOT_FOUND, summary="Compare two experiments")
async def get_compare(
    asker: AskerParam,
    config: ConfigParam,
    first: Annotated[str, Query(max_length=64, description="The experiment that is compared with.")],
    second: Annotated[str, Query(max_length=64, description="The new one.")],
    project: ProjectParam = "default",
    score: Annotated[list[str] | None, Query(max_length=50, description="What the outcome is of; all scores unless given.")] = None,
    margin: Annotated[float, Query(ge=0, allow_inf_nan=False, description="The loss that doesn't matter, in a score's unit.")] = 0.0,
    lower: Annotated[list[str] | None, Query(max_length=50, description="Scores of which less is better.")] = None,
) -> Response:
    """Paired by item, with intervals: what is better, what is worse, and whether a gate lets the second through."""
    pair = [await config.experiments.get(project, id_) for id_ in (first, second)]
    if pair[0].dataset_id != pair[1].dataset_id:
        raise BadRequestError("second: The two were run over different datasets: compare experiments over one.")

    async def work() -> dict[str, Any]:
        inputs, changed = await _same_items(asker, config, pair)
        found = [await _results(asker, one) for one in pair]
        made = experiments.compare(found[0], found[1], same=inputs, scores=score or [], margin=margin, lower=lower or [])
        for row in made["differing"]:
            row["input"] = inputs[row["item_id"]]
        return {**made, "changed_items": changed}

    made = await asker.answer(work())
    dataset = await _dataset_name(config, pair[0])
    return answer({"first": _shown(pair[0], dataset), "second": _shown(pair[1], dataset), **made})


@router.get("/{id}", response_model=ExperimentSummary, responses=NOT_FOUND, summary="Read an experiment")
async def get_experiment(asker: AskerParam, config: ConfigParam, id_: ExperimentIdParam, project: ProjectParam = "default") -> Response:
    """What it is of, and the means of its scores with intervals."""
    kept = await config.experiments.get(project, id_)
    found = await asker.answer(_results(asker, kept))
    return answer({**_shown(kept, await _dataset_name(config, kept)), **experiments.summary(found)})


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete an experiment")
async def delete_experiment(store: StoreParam, config: ConfigParam, id_: ExperimentIdParam, project: ProjectParam = "default") -> Response:
    """With its results. Its traces and their scores stay as long as traces do."""
    await config.experiments.remove(project, id_)
    await store.forget_experiment(project, id_)
    return Response(status_code=204)


@router.get("/{id}/results", response_model=ResultsResponse, responses=NOT_FOUND, summary="List results")
async def get_results(
    asker: AskerParam,
    config: ConfigParam,
    id_: ExperimentIdParam,
    project: ProjectParam = "default",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    item_id: Annotated[str | None, Query(max_length=200, description="Only of this item.")] = None,
) -> Response:
    """Every repeat of every item with its scores."""
    kept = await config.experiments.get(project, id_)
    found = await asker.answer(_results(asker, kept))
    chosen = found if item_id is None else [one for one in found if one.item_id == item_id]
    return answer({"results": [experiments.as_json(one) for one in chosen[offset : offset + limit]], "total": len(chosen)})


@router.get("/{id}/done", response_model=DoneResponse, responses=NOT_FOUND, summary="List what is done")
async def get_done(asker: AskerParam, config: ConfigParam, id_: ExperimentIdParam, project: ProjectParam = "default") -> Response:
    """Which repeats of which items have a result: a runner that was stopped goes on with the others."""
    kept = await config.experiments.get(project, id_)
    found = await asker.answer(experiments.done(asker.reader, project, kept.id))
    return answer({"done": [{"item_id": item, "repeat": repeat, "failed": failed} for item, repeat, failed in found]})


@router.post("/{id}/results", response_model=ResultsStored, responses=NOT_FOUND, summary="Store results")
async def post_results(
    store: StoreParam, config: ConfigParam, id_: ExperimentIdParam, request: ResultsRequest, project: ProjectParam = "default"
) -> Response:
    """Answered when they are on disk, with their scores. The same again takes the place of what was there."""
    kept = await config.experiments.get(project, id_)
    # scores first: the result is what says that all of it is there
    await store.add_scores([score for result in request.results for score in _scores(kept, result)])
    await store.add_results([_row(kept, result) for result in request.results])
    return answer({"stored": len(request.results)})


@router.post("/{id}/finish", response_model=Experiment, responses=NOT_FOUND, summary="Finish an experiment")
async def post_finish(config: ConfigParam, id_: ExperimentIdParam, project: ProjectParam = "default") -> Response:
    """Nothing more is owed."""
    kept = await config.experiments.finish(project, id_)
    return answer(_shown(kept, await _dataset_name(config, kept)))


async def _results(asker: Asker, kept: Kept) -> list[experiments.Result]:
    created_ns = int(kept.created.timestamp() * 1e9)
    return await experiments.results(asker.reader, kept.project, kept.id, created_ns=created_ns)


async def _same_items(asker: Asker, config: Configuration, pair: Sequence[Kept]) -> tuple[dict[str, str], int]:
    """Items that are the same in the versions that the two ran over, with how their inputs begin; and how many are not."""
    versions = [one.version for one in await config.datasets.versions(pair[0].dataset_id)]
    seen = []
    for one in pair:
        upto = [version for version in versions if version <= one.dataset_version]
        seen.append({item.id: item for item in await datasets.items(asker.reader, one.project, one.dataset_id, upto)})
    both = seen[0].keys() & seen[1].keys()
    same = {id_: _beginning(seen[1][id_].input) for id_ in both if seen[0][id_].changed == seen[1][id_].changed}
    return same, len(both) - len(same)


def _beginning(value: Any) -> str:
    return (value if isinstance(value, str) else encoded(value).decode())[:300]


async def _dataset_name(config: Configuration, kept: Kept) -> str | None:
    try:
        return (await config.datasets.get(kept.project, kept.dataset_id)).name
    except NotFoundError:
        return None


def _shown(kept: Kept, dataset_name: str | None) -> dict[str, Any]:
    return {**asdict(kept), "dataset_name": dataset_name, "traces_project": experiments.traces_project(kept.project)}


def _scores(kept: Kept, result: ResultIn) -> list[NewScore]:
    project = experiments.traces_project(kept.project)
    about = {"experiment_id": kept.id, "item_id": result.item_id}
    return [
        NewScore(
            project, "trace", score.name, "code", score.type, trace_id=result.trace_id.lower(), author=score.author, version=score.version,
            value=score.value, label=score.label, explanation=score.explanation, probability=1.0, metadata=about,
        )
        for score in result.scores
    ]  # fmt: skip


def _row(kept: Kept, result: ResultIn) -> ResultRow:
    output = "" if result.output is None else encoded(result.output).decode()
    return ResultRow(
        kept.project, kept.id, result.item_id, result.repeat, result.trace_id.lower(), output, result.error or "", result.latency_ns,
        result.cost_usd,
    )  # fmt: skip
