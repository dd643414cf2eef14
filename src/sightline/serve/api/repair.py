"""What stored rows say, made again: prices after a change of prices, facts after a change of their sources."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body, Request

from sightline.serve.api.asking import scene
from sightline.serve.models import RefactAnswer, RepairRequest, RepriceAnswer
from sightline.store import Store

router = APIRouter(tags=["repair"])

RepairBody = Annotated[RepairRequest, Body()]


@router.post("/economics/reprice", response_model=RepriceAnswer, summary="Price a window anew")
async def post_reprice(request: Request, body: RepairBody) -> RepriceAnswer:
    """Costs of the calls that start in [from, to), by today's catalogue and overrides, each by the price that held at its start.

    All of them change at once; the requests' sums follow in the next statement. Says how much moved, by model.
    """
    store: Store = request.state.store
    window = scene("", body.from_, body.to).window
    done = await store.reprice(body.project, window.from_ns, window.to_ns)
    return RepriceAnswer.model_validate(asdict(done) | {"moved_usd": done.after_usd - done.before_usd})


@router.post("/refact", response_model=RefactAnswer, summary="Derive facts again")
async def post_refact(request: Request, body: RepairBody) -> RefactAnswer:
    """Facts of the spans that start in [from, to), by today's conventions and configured sources.

    For the second or two until their traces are settled once more, they are shown as still arriving.
    """
    store: Store = request.state.store
    window = scene("", body.from_, body.to).window
    return RefactAnswer.model_validate(asdict(await store.refact(body.project, window.from_ns, window.to_ns)))
