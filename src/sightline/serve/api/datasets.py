"""Datasets: made from traces, files or one by one; every change is a version that says what it was made from."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from sightline.errors import BadRequestError, StoreClosedError
from sightline.measure import datasets
from sightline.query import Filter
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, ProjectParam, scene
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.downloads import Column, download
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.dataset_models import (
    ChangeResponse,
    Dataset,
    DatasetItem,
    DatasetRequest,
    DatasetsResponse,
    ItemPage,
    ItemsRequest,
    TracesRequest,
    VersionsResponse,
)
from sightline.store import Configuration, DatasetKeeper, DatasetVersion, NewItem
from sightline.store import Dataset as Kept

router = APIRouter(prefix="/datasets", tags=["datasets"])

MAX_FILE_BYTES = 64 << 20
_MOST_NAMED = 1_000  # trace ids that a version's origin names


def _keeper(request: Request) -> DatasetKeeper:
    keeper: DatasetKeeper | None = getattr(request.state, "datasets", None)
    if keeper is None:
        raise StoreClosedError("The store is not open yet.")
    return keeper


KeeperParam = Annotated[DatasetKeeper, Depends(_keeper)]
DatasetIdParam = Annotated[str, Path(alias="id", max_length=200, description="Its id or its name.", examples=["refund questions"])]
VersionParam = Annotated[int | None, Query(ge=1, description="The version to read; the latest unless given.")]
AuthorParam = Annotated[str, Query(max_length=200, description="Who did it.")]


@router.get("", response_model=DatasetsResponse, summary="List datasets")
async def get_datasets(config: ConfigParam, project: ProjectParam = "default") -> Response:
    """A project's datasets by name."""
    return answer({"datasets": [asdict(dataset) for dataset in await config.datasets.all(project)]})


@router.post("", response_model=Dataset, status_code=201, summary="Make a dataset")
async def post_dataset(config: ConfigParam, request: DatasetRequest, project: ProjectParam = "default") -> Response:
    """A dataset without items yet."""
    return answer(asdict(await config.datasets.add(project, request.name, request.description)), status=201)


@router.get("/{id}", response_model=Dataset, responses=NOT_FOUND, summary="Read a dataset")
async def get_dataset(config: ConfigParam, id_: DatasetIdParam, project: ProjectParam = "default") -> Response:
    """Its name, and its latest version."""
    return answer(asdict(await config.datasets.get(project, id_)))


@router.put("/{id}", response_model=Dataset, responses=NOT_FOUND, summary="Rename a dataset")
async def put_dataset(config: ConfigParam, id_: DatasetIdParam, request: DatasetRequest, project: ProjectParam = "default") -> Response:
    """Another name and description; its items stay."""
    return answer(asdict(await config.datasets.change(project, id_, request.name, request.description)))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a dataset")
async def delete_dataset(keeper: KeeperParam, id_: DatasetIdParam, project: ProjectParam = "default") -> Response:
    """With all its versions and the experiments over it. The traces that it was made from stay."""
    await keeper.remove(project, id_)
    return Response(status_code=204)


@router.get("/{id}/versions", response_model=VersionsResponse, responses=NOT_FOUND, summary="List a dataset's versions")
async def get_versions(config: ConfigParam, id_: DatasetIdParam, project: ProjectParam = "default") -> Response:
    """Who changed what, when, and from which traces, filter or file; the newest first."""
    dataset = await config.datasets.get(project, id_)
    return answer({"versions": [asdict(version) for version in await config.datasets.versions(dataset.id)]})


@router.get("/{id}/items", response_model=ItemPage, responses=NOT_FOUND, summary="List a dataset's items")
async def get_items(
    asker: AskerParam,
    config: ConfigParam,
    id_: DatasetIdParam,
    project: ProjectParam = "default",
    version: VersionParam = None,
    after: Annotated[int, Query(ge=0, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """The items as a version has them, in the order that they came."""
    dataset, versions = await read_versions(config, project, id_, version)
    found = await asker.answer(datasets.items(asker.reader, project, dataset.id, versions, after=after, limit=limit + 1))
    following = found[limit - 1].position if len(found) > limit else None
    return answer({"version": max(versions, default=None), "items": [asdict(item) for item in found[:limit]], "next_after": following})


@router.get("/{id}/items/{item_id}", response_model=DatasetItem, responses=NOT_FOUND, summary="Read an item")
async def get_item(
    asker: AskerParam,
    config: ConfigParam,
    id_: DatasetIdParam,
    item_id: Annotated[str, Path(max_length=200)],
    project: ProjectParam = "default",
    version: VersionParam = None,
) -> Response:
    """One item as a version has it."""
    dataset, versions = await read_versions(config, project, id_, version)
    return answer(asdict(await asker.answer(datasets.item(asker.reader, project, dataset.id, versions, item_id))))


@router.post("/{id}/items", response_model=ChangeResponse, responses=NOT_FOUND, summary="Add, change or remove items")
async def post_items(
    keeper: KeeperParam, config: ConfigParam, id_: DatasetIdParam, request: ItemsRequest, project: ProjectParam = "default"
) -> Response:
    """One new version, with all of the changes or none. What is there already as it is given changes nothing."""
    dataset = await config.datasets.get(project, id_)
    items = [NewItem(**item.model_dump()) for item in request.items]
    made = await keeper.put(dataset, items, remove=request.remove, author=request.author, origin={"how": "items"})
    return _changed(made, items)


@router.post("/{id}/traces", response_model=ChangeResponse, responses=NOT_FOUND, summary="Make items from traces")
async def post_traces(
    asker: AskerParam,
    keeper: KeeperParam,
    config: ConfigParam,
    id_: DatasetIdParam,
    request: TracesRequest,
    project: ProjectParam = "default",
) -> Response:
    """An item of each trace: what was asked, the documents that were found for it, and what was answered. Traces that say nothing of
    what went in are left out; a trace that is in the dataset already is the same item."""
    dataset = await config.datasets.get(project, id_)
    origin: dict[str, Any]
    if request.trace_ids:
        if request.filter is not None:
            raise BadRequestError("trace_ids: Give trace ids or a filter, not both.")
        work = datasets.from_traces(asker.reader, project, request.trace_ids, expected=request.expected)
        origin = {"how": "traces"}
    elif request.filter is not None:
        where = scene(project, request.from_, request.to)
        work = datasets.from_filter(asker.reader, where, Filter.parse(request.filter), most=request.most, expected=request.expected)
        origin = {"how": "filter", "filter": request.filter, "from": _said(request.from_), "to": _said(request.to)}
    else:
        raise BadRequestError("trace_ids: Give trace ids, or a filter that selects traces ('' selects all).")
    items = await asker.answer(work)
    origin["trace_ids"] = [item.trace_id for item in items][:_MOST_NAMED]
    return _changed(await keeper.put(dataset, items, author=request.author, origin=origin), items)


@router.post(
    "/{id}/import",
    response_model=ChangeResponse,
    responses=NOT_FOUND,
    summary="Import items from a file",
    openapi_extra={"requestBody": {"required": True, "content": {"application/jsonl": {}, "text/csv": {}}}},
)
async def import_items(
    keeper: KeeperParam,
    config: ConfigParam,
    id_: DatasetIdParam,
    request: Request,
    project: ProjectParam = "default",
    format: Annotated[Literal["jsonl", "csv"], Query(description="An object a line, or a table with a header.")] = "jsonl",  # noqa: A002
    file: Annotated[str, Query(max_length=500, description="The file's name, for the record.")] = "",
    whole: Annotated[bool, Query(description="Items that are not in the file go.")] = False,
    author: AuthorParam = "",
) -> Response:
    """The body is the file: `input`, and if known `expected`, `context`, `metadata`, `id`; other columns become metadata."""
    dataset = await config.datasets.get(project, id_)
    text = await _body(request)
    items = await asyncio.to_thread(datasets.read_file, text, format)
    if not items:
        raise BadRequestError("The file has no item: write one object a line, or a CSV with a header and a column input.")
    origin = {"how": "file", "file": file or None}
    return _changed(await keeper.put(dataset, items, whole=whole, author=author, origin=origin), items)


@router.get(
    "/{id}/export",
    response_class=Response,
    responses=NOT_FOUND | {200: {"content": {"application/jsonl": {}, "text/csv": {}, "application/vnd.apache.parquet": {}}}},
    summary="Export a dataset",
)
async def export_items(
    asker: AskerParam,
    config: ConfigParam,
    id_: DatasetIdParam,
    project: ProjectParam = "default",
    format: Annotated[Literal["jsonl", "csv", "parquet"], Query(description="The file's format.")] = "jsonl",  # noqa: A002
    version: VersionParam = None,
) -> Response:
    """A version as a file that can be imported again."""
    dataset, versions = await read_versions(config, project, id_, version)
    found = await asker.answer(datasets.items(asker.reader, project, dataset.id, versions))
    name = f"{dataset.name}-v{max(versions, default=0)}"
    if format != "jsonl":
        columns = [Column(field, "string") for field in ("id", "input", "expected", "context", "metadata", "trace_id", "span_id")]
        return await asker.answer(download(asker.reader, datasets.write_csv(found), columns, format, name))
    safe = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "._-") else "-" for ch in name).strip("-.")[:100] or "dataset"
    headers = {"content-disposition": f'attachment; filename="{safe}.jsonl"'}
    lines = (line.encode("utf-8", "replace") for line in datasets.write_jsonl(found))
    return StreamingResponse(lines, media_type="application/jsonl", headers=headers)


async def read_versions(config: Configuration, project: str, id_: str, version: int | None) -> tuple[Kept, list[int]]:
    """A dataset, and the committed versions up to one. Raises NotFoundError, and BadRequestError for a version that is not there."""
    dataset = await config.datasets.get(project, id_)
    known = [one.version for one in await config.datasets.versions(dataset.id)]
    if version is not None and version not in known:
        there = f"it has {', '.join(map(str, known[:20]))}" if known else "it has no item yet"
        raise BadRequestError(f"version: Dataset {dataset.name!r} has no version {version}: {there}.")
    return dataset, [one for one in known if version is None or one <= version]


def _changed(made: DatasetVersion | None, items: Sequence[NewItem]) -> Response:
    return answer({"version": None if made is None else asdict(made), "items": len(items)})


async def _body(request: Request) -> str:
    """The body as text, as far as it may go."""
    size, parts = 0, []
    async for part in request.stream():
        size += len(part)
        if size > MAX_FILE_BYTES:
            raise BadRequestError(f"The file is larger than {MAX_FILE_BYTES >> 20} MiB: import it in pieces.")
        parts.append(part)
    try:
        return b"".join(parts).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"The file is not UTF-8 text (byte {error.start}).") from error


def _said(time: str | float | None) -> str | None:
    return None if time is None else str(time)
