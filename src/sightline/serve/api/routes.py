"""Every topic's router in one."""

from fastapi import APIRouter, FastAPI

from sightline.serve.api import (
    budgets,
    datasets,
    economics,
    experiments,
    facts,
    foreign_scores,
    judges,
    latency,
    ledger,
    live_tests,
    markers,
    projects,
    quality,
    query,
    reliability,
    repair,
    retrieval,
    reviews,
    scores,
    slos,
    spans,
    traces,
)
from sightline.serve.api.errors import COMMON_ERRORS, add_error_handlers


def include_routers(app: FastAPI) -> None:
    """Give an application /api/v1 and make all of its errors an ErrorResponse. Handlers find the store in `request.state`."""
    router = APIRouter(prefix="/api/v1", responses=COMMON_ERRORS)
    topics = (
        traces,
        spans,
        scores,
        datasets,
        experiments,
        live_tests,
        judges,
        query,
        retrieval,
        budgets,
        economics,
        latency,
        slos,
        reliability,
        quality,
        reviews,
        markers,
        facts,
        ledger,
        projects,
        repair,
    )
    for topic in topics:
        router.include_router(topic.router)
    app.include_router(router)
    app.include_router(foreign_scores.router, responses=COMMON_ERRORS)
    add_error_handlers(app)
