"""Measures by groups: the numbers on every screen."""

from fastapi import APIRouter, Response

from sightline.query import Filter, Question, ask
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, scene
from sightline.serve.api.downloads import DOWNLOADS, download
from sightline.serve.models import QueryRequest, QueryResponse

router = APIRouter(tags=["query"])


@router.post("/query", response_model=QueryResponse, responses=DOWNLOADS, summary="Measure")
async def post_query(asker: AskerParam, request: QueryRequest) -> Response:
    """Measures of spans, traces or sessions by groups; one object per group, keyed by the texts that were asked for.

    Measures: `count`, `count(<filter>)`, `error_rate`, `share(<filter>, <among which filter>)`, and of any numeric fact or
    attribute `sum(x)`, `avg(x)`, `min(x)`, `max(x)`, `p50(x)` to `p99.9(x)`; `uniq(x)` of anything.
    `interval` adds the column `time`.
    Without `from` and `to` it is everything. At most 50,000 cells (rows × columns) are answered, however long the period.
    """
    question = Question(
        scene(request.project, request.from_, request.to),
        request.measures,
        request.of,
        request.group_by,
        Filter.parse(request.filter),
        request.interval,
        request.order,
        request.limit,
    )
    found = await asker.answer(ask(asker.reader, question))
    if request.format != "json":
        return await asker.answer(download(asker.reader, found.rows, found.columns, request.format, f"{request.of}-{request.project}"))
    return answer({"columns": found.columns, "rows": found.rows})
