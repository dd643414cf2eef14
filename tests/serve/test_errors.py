"""What the API says of questions that can't be, of a store that can't answer, and of clients that leave."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.errors import QueryTimeoutError, StoreClosedError, StoreError, StoreFullError
from sightline.query import SPAN_FIELDS
from sightline.serve.api.routes import include_routers
from sightline.serve.models import ErrorResponse
from sightline.store.telemetry.engine import Engine


@pytest.mark.parametrize(
    ("params", "column", "says"),
    [
        ({"filter": "kind = lmm"}, 8, "did you mean llm?"),
        ({"filter": "modle = 'x'"}, 1, "did you mean 'model'?"),
        ({"filter": "kind = 'llm"}, 8, "no closing '"),
        ({"from": "yesterday"}, None, "RFC 3339"),
        ({"from": "now", "to": "-1h"}, None, "swap them"),
        ({"order": "-durtion_ms"}, None, "'duration_ms'"),
        ({"order": "name"}, None, "order by a time or a number"),
        ({"cursor": "nonsense"}, None, "next_cursor"),
        ({"cursor": "'; --"}, None, "cursor"),
        ({"cursor": "WzEsInN0YXJ0IiwxLDEsImEiXQ"}, None, "the order that it came from"),
        ({"limit": "0"}, None, "limit"),
        ({"limit": "many"}, None, "limit"),
        ({"filter": "a" * 4_001}, None, "filter"),
    ],
)
def test_a_question_that_cannot_be_is_a_422_that_says_what_would_be_right(
    api: httpx.Client, params: dict[str, str], column: int | None, says: str
) -> None:
    response = api.get("/traces", params=params)
    assert response.status_code == 422
    error = ErrorResponse.model_validate(response.json())
    assert error.column == column
    assert says in error.error


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"measures": []}, "measures"),
        ({"measures": ["count"], "filtr": "x"}, "filtr"),
        ({"measures": ["count"], "of": "logs"}, "'spans', 'traces', 'sessions' or 'scores'"),
        ({"measures": ["median(x)"]}, "Unknown measure 'median'"),
        ({"measures": ["count"], "from": "soon"}, "RFC 3339"),
        ({"measures": ["count"], "interval": "often"}, "5m"),
        ("{", "JSON"),
    ],
)
def test_so_is_a_measure_that_cannot_be(api: httpx.Client, body: Any, says: str) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    response = api.post("/query", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert says in ErrorResponse.model_validate(response.json()).error


_TERMS = ["trace.", "root.", "attributes['k']", "scores['s']", "models", "'te%xt'", "'[('", "5", "2s", "-1e300", "true", "llm"]
_SIGNS = ["=", "!=", "<", ">=", "in", "not", "like", "ilike", "has", "is null", "and", "or", "(", ")", ",", "\\", "'", "\ud800", "\x00"]
_PIECES = st.sampled_from([*SPAN_FIELDS, *_TERMS, *_SIGNS])
_COMPARISONS = st.tuples(
    st.sampled_from([*SPAN_FIELDS, "attributes['k']", "root.kind", "trace.duration_ms", "resource['k']", "scores['s']", "models"]),
    st.sampled_from(["=", "!=", "<", ">", "like", "not ilike", "has", "not has"]),
    st.one_of(
        st.text(max_size=12).map(lambda text: "'" + text.replace("'", "''") + "'"),
        st.integers().map(str),
        st.floats(allow_nan=False, allow_infinity=False).map(str),
        st.sampled_from(["true", "1ns", "999999999d", "2026-11-01", "'now'", "99999999999999999999"]),
    ),
).map(" ".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    text=st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=8).map(" ".join), _COMPARISONS),
    path=st.sampled_from(["/traces", "/spans"]),
)
def test_no_filter_makes_the_server_fail(api: httpx.Client, text: str, path: str) -> None:
    response = api.get(path, params={"filter": text.encode("utf-8", "replace"), "limit": 1})
    assert response.status_code in (200, 422), response.text


class Failing:
    """A store at its worst."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def rows(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        limit_s: float = 30.0,
        settings: Mapping[str, object] | None = None,
        given: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        raise self.error


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (QueryTimeoutError("The query took longer than its limit."), 504, None),
        (StoreFullError("The disk is full.", retry_after_s=7), 503, "7"),
        (StoreClosedError("The store is closed."), 503, "5"),
        (StoreError("The engine refused."), 500, None),
    ],
)
async def test_a_store_that_cannot_answer_has_its_own_status(error: Exception, status: int, retry_after: str | None) -> None:
    app = FastAPI()
    include_routers(app)

    async def with_store(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"store": Failing(error)}
        await app(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(with_store), base_url="http://test") as client:
        response = await client.get("/api/v1/traces")
    assert (response.status_code, response.headers.get("retry-after")) == (status, retry_after)
    assert response.json() == {"error": str(error), "column": None}


@pytest.mark.anyio
async def test_a_query_ends_when_its_client_leaves(base_url: str, engine: Engine) -> None:
    heavy = {"measures": ["count"], "filter": " or ".join(f"attributes['{k}'] ilike '%{k}%'" for k in range(150)), "project": "leaving"}
    client = engine.connect()
    for k in range(9):
        client.command(
            "INSERT INTO spans (project, trace_id, span_id, start, attr_string, weight)"
            f" SELECT 'leaving', toString(number), toString(number), toDateTime64('2026-11-0{k + 1}', 9, 'UTC'),"
            " mapFromArrays(arrayMap(k -> toString(k), range(20)), arrayMap(k -> repeat('y', 50), range(20))), 1 FROM numbers(20000)"
        )
    running = "SELECT count() AS n FROM system.processes WHERE query LIKE '%leaving%' AND query NOT LIKE '%system.processes%'"

    async def until(count: int) -> None:
        async with asyncio.timeout(20):
            while (await engine.rows(running))[0]["n"] != count:  # noqa: ASYNC110 - the engine tells nobody
                await asyncio.sleep(0.02)

    async with httpx.AsyncClient(base_url=base_url, timeout=60) as gone:
        asking = asyncio.create_task(gone.post("/query", json=heavy))
        await until(1)
        began = time.monotonic()
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    await until(0)
    # Left alone it takes four seconds.
    assert time.monotonic() - began < 2.5
