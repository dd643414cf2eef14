"""Traces: the list, and one with all its spans."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from sightline.query import list_traces, read_trace
from sightline.serve.api.answers import answer, summary, trace_detail
from sightline.serve.api.asking import AskerParam, ListParamsDep, ProjectParam
from sightline.serve.api.downloads import DOWNLOADS, TRACE_TABLE, FormatParam, download_page
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.models import TraceDetail, TracePage

router = APIRouter(tags=["traces"])

TraceIdParam = Annotated[str, Path(max_length=64, description="32 hex digits.", examples=["4bf92f3577b34da6a3ce929d0e0e4736"])]


@router.get("/traces", response_model=TracePage, responses=DOWNLOADS, summary="List traces")
async def get_traces(asker: AskerParam, params: ListParamsDep, format: FormatParam = "json") -> Response:  # noqa: A002 - the API's word
    """Traces that start in [from, to), newest first.

    A trace matches when one of its spans satisfies the whole filter; the prefixes `root.` and `trace.` ask those instead.
    `order` takes any time or number of a trace, '-' in front for descending; what is unknown comes last. A page begins after
    the cursor's trace, so that what arrives meanwhile neither shifts nor repeats a page.
    """
    page = await asker.answer(list_traces(asker.reader, params.question()))
    if format != "json":
        return await asker.answer(download_page(asker.reader, page, TRACE_TABLE, format, f"traces-{params.project}"))
    return answer({"traces": [summary(row) for row in page.rows], "next_cursor": page.next_cursor})


@router.get("/traces/{trace_id}", response_model=TraceDetail, responses=NOT_FOUND, summary="Read a trace")
async def get_trace(asker: AskerParam, trace_id: TraceIdParam, project: ProjectParam = "default") -> Response:
    """A trace with every span: facts, attributes, content, events, links and scores, in the order that the spans began.

    Of a trace with more than 2,000 spans only the facts are sent (`truncated`); `GET /spans/{trace_id}/{span_id}` reads the rest.
    """
    rows = await asker.answer(read_trace(asker.reader, project, trace_id))
    # Half a second of work for 50,000 spans: others are answered meanwhile.
    return await asyncio.to_thread(lambda: answer(trace_detail(rows)))
