"""Scores: stored from anywhere, listed with the facts of what they score."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from sightline.facts.scores import ScoreSource
from sightline.query import as_datetime, both, list_scores, quoted, score_names
from sightline.serve.api.answers import answer, score_row
from sightline.serve.api.asking import AskerParam, ListParamsDep, ProjectParam
from sightline.serve.score_models import RejectedScore, ScoreNames, ScorePage, ScoresRequest, ScoresStored, Unfit
from sightline.store import Store

router = APIRouter(prefix="/scores", tags=["scores"])


def store_of(request: Request) -> Store:
    """The store that is open."""
    store: Store = request.state.store
    return store


StoreParam = Annotated[Store, Depends(store_of)]
_Text = Annotated[str | None, Query(max_length=200)]


@router.post("", response_model=ScoresStored, summary="Store scores")
async def post_scores(store: StoreParam, request: ScoresRequest, project: ProjectParam = "default") -> ScoresStored:
    """Verdicts on spans, traces and sessions, at most 1,000 at once; answered when they are on disk.

    One score is its project, target with its ids, name, source, author and version: said again, the last one stays. Its target may
    arrive later. What can't be a score is rejected by itself, with the reason; the others are stored.
    """
    now_ns = time.time_ns()
    fit = [score.score(project, now_ns) for score in request.scores if not isinstance(score, Unfit)]
    rejected = [RejectedScore(index=i, reason=score.reason) for i, score in enumerate(request.scores) if isinstance(score, Unfit)]
    await store.add_scores(fit)
    return ScoresStored(stored=len(fit), rejected=rejected)


@router.get("", response_model=ScorePage, summary="List scores")
async def get_scores(
    asker: AskerParam,
    params: ListParamsDep,
    target: Literal["span", "trace", "session"] | None = None,
    name: _Text = None,
    source: ScoreSource | None = None,
    author: _Text = None,
    version: _Text = None,
) -> Response:
    """Scores whose targets began in the window, newest first. The filter takes what a score has (`value < 0.5 and source = judge`) and what
    its target has (`kind = llm and tenant = 'acme'`).
    """
    said = {"target": target, "name": name, "source": source, "author": author, "version": version}
    wanted = [params.filter, *(f"{key} = {quoted(value)}" for key, value in said.items() if value is not None)]
    page = await asker.answer(list_scores(asker.reader, params.question(both(wanted))))
    return answer({"scores": [score_row(row) for row in page.rows], "next_cursor": page.next_cursor})


@router.get("/names", response_model=ScoreNames, summary="List what is scored")
async def get_score_names(asker: AskerParam, project: ProjectParam = "default") -> Response:
    """Every name that there are scores of, the latest first: what `score.NAME` can ask for."""
    rows = await asker.answer(score_names(asker.reader, project))
    return answer({"names": [{**row, "last_received": as_datetime(row.pop("last_received_ns"))} for row in rows]})
