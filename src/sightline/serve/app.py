"""Puts the house together: one ASGI application for OTLP/HTTP, the API and the UI, and the servers that run it."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from sightline import __version__
from sightline.errors import StoreError
from sightline.facts import with_configured
from sightline.facts.prices import KeptCatalogue, revenue_rules
from sightline.judge.desk import Desk
from sightline.measure.traffic import TrafficCounters, check_labels
from sightline.receive import Receiver, ReceiverOptions, receiving
from sightline.receive.grpc import serving_grpc
from sightline.receive.http import PATHS, OtlpHttp
from sightline.serve.api import include_routers
from sightline.serve.judges_of_files import keep_judges, read_judges
from sightline.serve.metrics import include_metrics
from sightline.serve.models import Health
from sightline.serve.slos_of_file import check_slos
from sightline.serve.upkeep import anchors_due, upkeep
from sightline.settings import Settings
from sightline.store import (
    ConfigOptions,
    Configuration,
    RollupOptions,
    SettlingOptions,
    Store,
    StoreOptions,
    open_config,
    open_store,
)

log = structlog.get_logger(__name__)

_STATIC = Path(str(files("sightline.serve"))) / "static"
_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
)


@dataclass(frozen=True, slots=True)
class House:
    """What is running: the rooms that requests are answered from."""

    settings: Settings
    store: Store
    config: Configuration
    receiver: Receiver
    grpc_port: int | None
    catalogue: KeptCatalogue
    traffic: TrafficCounters
    desk: Desk


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Everything but the HTTP server. Raises StoreError when the data directory can't be used, OSError when the gRPC port
    can't, SettingsError for objectives or labels that can't be asked for."""
    check_slos(settings.slos)
    check_labels(settings.metrics_labels)
    judges = read_judges(settings.judges)
    catalogue = KeptCatalogue(settings.data, overrides=settings.prices, currencies=settings.currencies)
    options = store_options(settings, catalogue)
    async with (
        open_store(options) as store,  # takes the directory's lock, applies migrations
        open_config(ConfigOptions(settings.data, settings.config)) as config,
        receiving(receiver_options(settings), store) as receiver,  # on exit hands over what it holds
        upkeep(store, config, every_s=settings.reviews_every_s),
        contextlib.AsyncExitStack() as stack,
    ):
        grpc_port = None
        if settings.grpc_port >= 0:
            grpc_port = await stack.enter_async_context(serving_grpc(receiver, settings.host, settings.grpc_port))
        traffic = TrafficCounters(store, settings.metrics_labels, most_series=settings.metrics_series, started_ns=time.time_ns())
        await keep_judges(config, judges)
        desk = Desk(store, config, catalogue, store.add_scores, partial(anchors_due, store, config), gone_s=settings.workers_gone_s)
        yield House(settings, store, config, receiver, grpc_port, catalogue, traffic, desk)  # left in reverse order, whatever fails


class Application:
    """OTLP's paths go straight to their door, past the API's machinery: a request there costs what OTLP costs."""

    def __init__(self, house: House, api: FastAPI) -> None:
        self._otlp = OtlpHttp(house.receiver)
        self._api = api
        self._state = {
            "store": house.store,
            "config": house.config,
            "receiver": house.receiver,
            "settings": house.settings,
            "catalogue": house.catalogue,
            "traffic": house.traffic,
            "desk": house.desk,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] == "http":
            path = scope["path"]
            if path in PATHS or path.rstrip("/") in PATHS:
                await self._otlp(scope, receive, send)
                return
            scope["state"] = dict(self._state)
            await self._api(scope, receive, _with_security_headers(send, path))


def _with_security_headers(send: Any, path: str) -> Any:
    if path.startswith(("/api/docs", "/api/openapi")):
        return send

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_SECURITY_HEADERS]
        await send(message)

    return sending


def api_app() -> FastAPI:
    """Everything but OTLP: health, the API, the UI. Handlers find the house in `request.state`."""
    api = FastAPI(
        title="Sightline",
        version=__version__,
        summary="Observability for production GenAI systems.",
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )

    @api.get("/healthz", tags=["health"])
    async def healthz() -> Health:
        """Whether the process answers."""
        return Health(status="ok", version=__version__)

    @api.get("/readyz", tags=["health"])
    async def readyz(request: Request, response: Response) -> Health:
        """Whether requests are taken and questions answered: 503 while the backlog is full or the engine does not answer."""
        receiver: Receiver = request.state.receiver
        settings: Settings = request.state.settings
        try:
            await request.state.store.rows("SELECT 1 AS one", limit_s=5)
        except StoreError as error:
            detail: str | None = str(error)
        else:
            detail = "The backlog is full." if receiver.waiting_bytes >= settings.backlog_bytes else None
        response.status_code = 503 if detail else 200
        return Health(status="degraded" if detail else "ok", version=__version__, detail=detail)

    include_routers(api)
    include_metrics(api)
    _include_ui(api)
    return api


def _include_ui(api: FastAPI) -> None:
    @api.get("/{path:path}", include_in_schema=False)
    async def ui(path: str) -> Response:
        """A file of the built UI; any other path is a view of it, unless it looks like a file or an API route."""
        if path.startswith(("api/", "v1/")) or path in {"api", "v1"}:
            raise HTTPException(404, f"There is nothing at /{path}; /api/docs lists what there is.")
        root = _STATIC.resolve()
        file = (root / path).resolve()
        if path and file.is_relative_to(root) and file.is_file():
            cache = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
            return FileResponse(file, headers={"cache-control": cache})
        if Path(path).suffix and path.startswith("assets/"):
            raise HTTPException(404, f"There is no file {path}.")
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse("<!doctype html><title>Sightline</title><p>The UI is not built: run <code>make install</code>.", 503)
        return FileResponse(index, headers={"cache-control": "no-cache"})


def store_options(settings: Settings, catalogue: KeptCatalogue) -> StoreOptions:
    """What the store wants to know of the settings."""
    return StoreOptions(
        directory=settings.data,
        url=settings.store,
        readers=settings.query_readers,
        query_memory_bytes=settings.query_memory_bytes,
        retention_days=settings.retention_days,
        settling=SettlingOptions(quiet_s=settings.settle_quiet_s, patience_s=settings.settle_patience_s),
        settle_every_s=settings.settle_every_s,
        settle_share=settings.settle_share,
        rollups=RollupOptions(quiet_s=settings.rollup_quiet_s),
        prices=catalogue,
        revenue=revenue_rules(settings.revenue),
        prices_tools=any(override.tool for override in settings.prices),
        sources=with_configured({name: wanted.sources for name, wanted in settings.facts.items()}),
    )


def receiver_options(settings: Settings) -> ReceiverOptions:
    """What the receiver wants to know of the settings."""
    return ReceiverOptions(
        directory=settings.data,
        max_body_bytes=settings.max_body_bytes,
        backlog_bytes=settings.backlog_bytes,
        pressure_bytes=settings.pressure_bytes,
        pressure_s=settings.pressure_s,
        segment_bytes=settings.segment_bytes,
        linger_s=settings.segment_linger_s,
        duplicate_hours=settings.duplicate_hours,
        most_duplicates=settings.most_duplicates,
    )


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a started server answers."""

    url: str
    grpc_port: int | None


async def serve(settings: Settings, *, started: Callable[[Listening], Any] | None = None) -> None:
    """Run until SIGINT or SIGTERM, then finish what was acknowledged. `started` is called once everything answers.

    Raises StoreError when the data directory can't be used, OSError when a port can't.
    """
    sock = _bound(settings.host, settings.port)
    settings = settings.model_copy(update={"data": settings.data.resolve()})
    async with open_house(settings) as house:
        os.chdir(settings.data)  # the embedded engine caches formats in the working directory: not in the user's
        config = uvicorn.Config(
            Application(house, api_app()),
            log_config=None,
            access_log=False,
            lifespan="off",
            http="httptools",
            timeout_graceful_shutdown=5,
        )
        server = _Server(config)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, server.handle_exit, name, None)
        running = asyncio.create_task(server.serve(sockets=[sock]))
        while not (server.started or running.done()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)  # uvicorn sets a flag, no event
        if server.started:
            listening = Listening(_url(sock), house.grpc_port)
            log.info("listening", url=listening.url, grpc_port=listening.grpc_port, data=str(settings.data))
            if started is not None:
                started(listening)
        await running


class _Server(uvicorn.Server):
    """uvicorn, with its signal handling left to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are set on the event loop."""
        yield


def _url(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    shown = "localhost" if host in {"0.0.0.0", "127.0.0.1", "::", "::1"} else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(2048)
    except OSError as error:
        sock.close()
        raise OSError(f"Can't listen on {host}:{port}: {error.strerror}.") from error
    sock.setblocking(False)
    return sock
