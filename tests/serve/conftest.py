"""The API over a real engine, asked through real HTTP on a free port."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from sightline.serve.api.routes import include_routers
from sightline.store import ConfigOptions, open_config
from sightline.store.telemetry.engine import Engine
from tests.query import world


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    world.insert_spans(engine.connect(), world.requests())
    yield engine
    engine.close()


@pytest.fixture(scope="package")
def app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    directory = tmp_path_factory.mktemp("config")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, object]]:
        async with open_config(ConfigOptions(directory)) as config:
            yield {"store": engine, "config": config}

    app = FastAPI(lifespan=lifespan)
    include_routers(app)
    return app


@pytest.fixture(scope="package")
def base_url(app: FastAPI) -> Iterator[str]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/api/v1"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="package")
def api(base_url: str) -> Iterator[httpx.Client]:
    # Connections are made by the kernel as soon as the socket listens; the transport waits for that.
    with httpx.Client(base_url=base_url, timeout=30, transport=httpx.HTTPTransport(retries=5)) as client:
        yield client
