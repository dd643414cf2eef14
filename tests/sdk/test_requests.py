"""What is said of a request reaches every span below it: threads, tasks, pools and services over HTTP."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
import requests
import uvicorn
from fastapi import FastAPI
from opentelemetry import baggage, trace
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import sightline
from sightline.sdk import _http
from tests.sdk.sink import Sink

PARTS = {"sightline.task": "answer", "sightline.user_id": "ann", "sightline.session_id": "s1", "sightline.tenant": "acme", "plan": "gold"}


@pytest.fixture(scope="module", autouse=True)
def _switched_on(_collector: Sink) -> None:
    sightline.init(instrument=["asgi", "http", "threads"])


def test_every_span_below_inherits_and_the_first_alone_earns(sink: Sink) -> None:
    with (
        sightline.request(task="answer", user="ann", session="s1", tenant="acme", revenue_usd=0.5, attributes={"plan": "gold"}),
        sightline.step("root"),
        sightline.step("child"),
        sightline.request(task="summary"),
        sightline.step("grandchild"),
    ):
        pass
    with sightline.step("after"):
        pass
    root, child, grandchild = (sink.span(name).attributes for name in ("root", "child", "grandchild"))
    assert root.items() >= PARTS.items()
    assert child.items() >= PARTS.items()
    assert grandchild["sightline.task"] == "summary"  # the innermost name wins
    assert grandchild["sightline.tenant"] == "acme"
    assert root["sightline.revenue_usd"] == 0.5
    assert "sightline.revenue_usd" not in child
    assert not sink.span("after").attributes.keys() & PARTS.keys()


def test_other_libraries_spans_inherit_too(sink: Sink) -> None:
    with sightline.request(tenant="acme"), trace.get_tracer("another").start_as_current_span("theirs"):
        pass
    assert sink.span("theirs").attributes["sightline.tenant"] == "acme"


def test_other_peoples_baggage_stays_where_it_is(sink: Sink) -> None:
    from opentelemetry import context

    token = context.attach(baggage.set_baggage("secret", "x"))
    try:
        with sightline.step("quiet"):
            pass
    finally:
        context.detach(token)
    assert "secret" not in sink.span("quiet").attributes


def test_threads_pools_and_tasks_continue_the_request(sink: Sink) -> None:
    def work(name: str) -> None:
        with sightline.step(name):
            pass

    async def task() -> None:
        await asyncio.gather(asyncio.create_task(asyncio.sleep(0)), asyncio.to_thread(work, "to_thread"))
        await asyncio.get_running_loop().run_in_executor(None, work, "executor")
        await asyncio.create_task(coroutine())

    async def coroutine() -> None:
        work("task")

    with ThreadPoolExecutor(1) as pool:
        with sightline.request(user="ann"), sightline.step("root"):
            thread = threading.Thread(target=work, args=("thread",), daemon=True)
            thread.start()
            thread.join()
            pool.submit(work, "pooled").result()
            asyncio.run(task())
        pool.submit(work, "later").result()
    root = sink.span("root")
    for name in ("thread", "pooled", "to_thread", "executor", "task"):
        assert (sink.span(name).parent_id, sink.span(name).attributes["sightline.user_id"]) == (root.span_id, "ann"), name
    assert sink.span("later").parent_id == ""  # a pool's thread does not stay in the request that needed it first
    assert "sightline.user_id" not in sink.span("later").attributes


async def item(request: Request) -> Response:
    with sightline.step("inside"):
        pass
    return JSONResponse({"item": request.path_params["item"]}, background=BackgroundTask(later))


async def later() -> None:
    with sightline.step("background"):
        await asyncio.sleep(0.1)


async def broken(request: Request) -> Response:
    raise ValueError("no such thing")


async def words(request: Request) -> Response:
    async def said() -> AsyncIterator[str]:
        await asyncio.sleep(0.05)
        yield "a"
        await asyncio.sleep(0.05)
        yield "b"

    return StreamingResponse(said(), media_type="text/event-stream")


ROUTES = [Route("/items/{item}", item), Route("/broken", broken), Route("/words", words), Route("/health", item)]


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """An application of Starlette's, of which nobody else tells."""
    with served(Starlette(routes=ROUTES)) as url:
        yield url


def test_a_request_over_http_is_one_trace(sink: Sink, service: str) -> None:
    with sightline.request(user="ann", tenant="acme"), sightline.step("caller"):
        assert requests.get(f"{service}/items/7", timeout=10).json() == {"item": "7"}
    caller, served, inside = sink.span("caller"), sink.span("GET /items/{item}"), sink.span("inside")
    assert served.trace_id == inside.trace_id == caller.trace_id
    assert (served.parent_id, inside.parent_id) == (caller.span_id, served.span_id)
    assert inside.attributes["sightline.user_id"] == "ann"
    assert (served.attributes["http.response.status_code"], served.kind) == (200, 2)
    assert served.duration_ns < 90e6  # what goes on in the background is the request's, and not its answer's
    assert sink.span("background").parent_id == served.span_id


@pytest.mark.parametrize("client", ["httpx", "httpx_async"])
def test_httpx_carries_the_trace_too(sink: Sink, service: str, client: str) -> None:
    async def ask() -> None:
        async with httpx.AsyncClient() as http:
            await http.get(f"{service}/items/8")

    with sightline.step("caller"):
        httpx.get(f"{service}/items/8") if client == "httpx" else asyncio.run(ask())
    assert sink.span("GET /items/{item}").parent_id == sink.span("caller").span_id


def test_an_unhandled_error_is_the_requests(sink: Sink, service: str) -> None:
    assert httpx.get(f"{service}/broken").status_code == 500
    span = sink.span("GET /broken")
    assert span.status == 2
    assert span.attributes["http.response.status_code"] == 500


def test_machines_asking_for_health_are_not_told_of(sink: Sink, service: str) -> None:
    httpx.get(f"{service}/health")
    httpx.get(f"{service}/items/9")
    assert sink.span("GET /items/{item}")
    assert [span.name for span in sink.spans if "health" in span.name] == []


def test_a_streamed_answer_tells_when_it_began(sink: Sink, service: str) -> None:
    assert httpx.get(f"{service}/words").text == "ab"
    span = sink.span("GET /words")
    assert 50e6 <= span.attributes["sightline.ttft_ns"] < 95e6
    assert span.duration_ns >= 100e6


def test_an_application_that_tells_of_itself_is_told_of_once(sink: Sink) -> None:
    """FastAPI has spans of its own where OpenTelemetry is set up; only the time of a stream's beginning is added."""
    app = FastAPI()

    @app.get("/words/{n}")
    async def words(n: int) -> StreamingResponse:
        async def said() -> AsyncIterator[str]:
            with sightline.step("inside"):
                await asyncio.sleep(0.05)
            yield "a"
            yield "b"

        return StreamingResponse(said(), media_type="text/event-stream")

    with served(app) as url, sightline.request(user="ann"), sightline.step("caller"):
        assert httpx.get(f"{url}/words/2").text == "ab"
    caller, inside = sink.span("caller"), sink.span("inside")
    serving = [span for span in sink.spans if span.kind == 2]
    assert [span.parent_id for span in serving] == [caller.span_id]
    assert inside.trace_id == caller.trace_id
    assert inside.attributes["sightline.user_id"] == "ann"
    assert 50e6 <= serving[0].attributes["sightline.ttft_ns"] < 95e6


def test_a_request_named_in_a_handler_is_told_to_the_servers_span(sink: Sink) -> None:
    with sightline.step("server", kind="request"), sightline.request(task="answer", revenue_usd=2.0), sightline.step("below"):
        pass
    assert sink.span("server").attributes.items() >= {"sightline.task": "answer", "sightline.revenue_usd": 2.0}.items()
    assert "sightline.revenue_usd" not in sink.span("below").attributes


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("10.2.3.4", True),
        ("::1", True),
        ("retriever", True),
        ("search.prod.svc.cluster.local", True),
        ("api.acme.com", True),
        ("api.openai.com", False),
        ("acme.com.evil.example", False),
        ("8.8.8.8", False),
    ],
)
def test_only_ones_own_services_are_told_of_users_and_tenants(sink: Sink, host: str, told: bool) -> None:
    sightline.init(instrument=["http"], propagate_to=["*.acme.com"])
    headers: dict[str, str] = {}
    with sightline.request(user="ann"), sightline.step("caller"):
        _http.inject(host, headers)
    assert ("traceparent" in headers, "ann" in headers.get("baggage", "")) == (told, told)
