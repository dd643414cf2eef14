"""Scores as Langfuse's and Phoenix's clients send them, at the paths where they send them."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import ValidationError

from sightline.errors import BadRequestError
from sightline.query import traces_of_spans
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam
from sightline.serve.api.scores import StoreParam
from sightline.serve.foreign_score_models import LangfuseBatch, LangfuseScore, PhoenixAnnotations
from sightline.serve.score_models import ScoreIn, reason_of
from sightline.store import NewScore

router = APIRouter(tags=["scores"])

_Project = Annotated[str, Header(alias="x-sightline-project", min_length=1, max_length=200)]


@router.post("/api/public/scores", summary="Store a score (Langfuse)")
async def post_langfuse_score(store: StoreParam, score: LangfuseScore, project: _Project = "default") -> Response:
    """Langfuse's score, kept as one of ours with `langfuse` as its author."""
    await store.add_scores([_fit(score.said(), project)])
    return answer({"id": score.id or ""})


@router.post("/api/public/ingestion", summary="Store scores (Langfuse)", status_code=207)
async def post_langfuse_batch(store: StoreParam, batch: LangfuseBatch, project: _Project = "default") -> Response:
    """The scores of a Langfuse batch. Traces and observations come by OTLP: an event that is no score is refused by itself."""
    fit: list[NewScore] = []
    successes, errors = [], []
    for event in batch.batch:
        try:
            if event.type != "score-create":
                raise BadRequestError(f"{event.type} is not taken here: send traces by OpenTelemetry, to /api/public/otel or /v1/traces.")
            fit.append(_fit(LangfuseScore.model_validate(event.body).said(), project))
        except (BadRequestError, ValidationError) as error:
            why = reason_of(error) if isinstance(error, ValidationError) else str(error)
            errors.append({"id": event.id, "status": 400, "message": why})
        else:
            successes.append({"id": event.id, "status": 201})
    await store.add_scores(fit)
    return answer({"successes": successes, "errors": errors}, status=207)


@router.post("/v1/span_annotations", summary="Annotate spans (Phoenix)")
async def post_span_annotations(
    asker: AskerParam, store: StoreParam, annotations: PhoenixAnnotations, project: _Project = "default"
) -> Response:
    """Annotations of spans, which Phoenix names by their span id alone."""
    wanted = sorted({one.span_id.lower() for one in annotations.data if one.span_id})
    found = await asker.answer(traces_of_spans(asker.reader, project, wanted))
    return await _annotate(store, [one.said() | {"trace_id": found.get((one.span_id or "").lower())} for one in annotations.data], project)


@router.post("/v1/trace_annotations", summary="Annotate traces (Phoenix)")
async def post_trace_annotations(store: StoreParam, annotations: PhoenixAnnotations, project: _Project = "default") -> Response:
    """Annotations of whole traces."""
    return await _annotate(store, [one.said() for one in annotations.data], project)


@router.post("/v1/session_annotations", summary="Annotate sessions (Phoenix)")
async def post_session_annotations(store: StoreParam, annotations: PhoenixAnnotations, project: _Project = "default") -> Response:
    """Annotations of sessions."""
    return await _annotate(store, [one.said() for one in annotations.data], project)


async def _annotate(store: StoreParam, said: Sequence[dict[str, Any]], project: str) -> Response:
    await store.add_scores([_fit(one, project) for one in said])
    return answer({"data": [{"id": str(i)} for i in range(len(said))]})


def _fit(said: dict[str, Any], project: str) -> NewScore:
    if said.get("span_id") and "trace_id" in said and said["trace_id"] is None:
        raise BadRequestError(f"There is no span {said['span_id']!r} in project {project!r} yet: send its trace first.")
    try:
        return ScoreIn.model_validate(said).score(project, time.time_ns())
    except ValidationError as error:
        raise BadRequestError(f"This can't be a score: {reason_of(error)}.") from error
