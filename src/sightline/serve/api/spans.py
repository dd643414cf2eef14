"""Spans: the list, and one whole."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from sightline.query import list_spans, read_span
from sightline.serve.api.answers import answer, span, span_detail
from sightline.serve.api.asking import AskerParam, ListParamsDep, ProjectParam
from sightline.serve.api.downloads import DOWNLOADS, SPAN_TABLE, FormatParam, download_page
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.api.traces import TraceIdParam
from sightline.serve.models import SpanDetail, SpanPage

router = APIRouter(tags=["spans"])

SpanIdParam = Annotated[str, Path(max_length=64, description="16 hex digits.", examples=["00f067aa0ba902b7"])]


@router.get("/spans", response_model=SpanPage, responses=DOWNLOADS, summary="List spans")
async def get_spans(asker: AskerParam, params: ListParamsDep, format: FormatParam = "json") -> Response:  # noqa: A002 - the API's word
    """Spans that start in [from, to) and satisfy the filter, newest first, with every fact.

    `order` and `cursor` as for traces.
    """
    page = await asker.answer(list_spans(asker.reader, params.question()))
    if format != "json":
        return await asker.answer(download_page(asker.reader, page, SPAN_TABLE, format, f"spans-{params.project}"))
    return answer({"spans": [span(row) for row in page.rows], "next_cursor": page.next_cursor})


@router.get("/spans/{trace_id}/{span_id}", response_model=SpanDetail, responses=NOT_FOUND, summary="Read a span")
async def get_span(asker: AskerParam, trace_id: TraceIdParam, span_id: SpanIdParam, project: ProjectParam = "default") -> Response:
    """A span whole: facts, attributes, content, events, links and scores."""
    rows = await asker.answer(read_span(asker.reader, project, trace_id, span_id))
    return answer(span_detail(rows))
