"""Markers: deploys found in the releases of spans, and whatever else was posted, to be drawn on every chart over time."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from sightline.measure import reliability
from sightline.query import as_datetime, quoted
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.marker_models import Marker, MarkerRequest, MarkersResponse
from sightline.store import Marker as Kept

router = APIRouter(prefix="/markers", tags=["markers"])

_MOST = 500

MarkerIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]


@router.get("", response_model=MarkersResponse, summary="List markers")
async def get_markers(
    asker: AskerParam, config: ConfigParam, project: ProjectParam = "default", from_: FromParam = None, to: ToParam = None
) -> Response:
    """What happened in a window: posted markers that reach into it, and releases that a service had not run before; 500 of each."""
    window = scene(project, from_, to).window
    kept = await config.markers.between(project, as_datetime(window.from_ns), as_datetime(window.to_ns), most=_MOST)
    found = await asker.answer(reliability.deploys(asker.reader, project, window))
    markers = [_posted(marker) for marker in kept] + [{**marker, "time": datetime.fromisoformat(marker["time"])} for marker in found]
    return answer({"markers": sorted(markers, key=lambda marker: (marker["time"], marker["name"]))})


@router.post("", response_model=Marker, status_code=201, summary="Make a marker")
async def post_marker(config: ConfigParam, request: MarkerRequest) -> Response:
    """A deploy, an incident, a change or a note, at a time or over one."""
    return answer(_posted(await config.markers.add(request.terms(datetime.now(UTC)))), status=201)


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a marker")
async def delete_marker(config: ConfigParam, id_: MarkerIdParam) -> Response:
    """Only of those that were posted: a release stays in its spans."""
    await config.markers.remove(id_)
    return Response(status_code=204)


def _posted(marker: Kept) -> dict[str, Any]:
    said = asdict(marker)
    del said["created"]
    about = None if marker.service is None else f"service = {quoted(marker.service)}"
    return {**said, "source": "posted", "release": None, "previous_release": None, "filter": about}
