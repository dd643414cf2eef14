"""An OTLP/HTTP receiver that keeps every body as it came, decompressed: FOLDER/<case>/NNN-<signal>.pb or .json.

A driver opens a case with POST /case; bodies that arrive outside of a case, and metrics, are answered and forgotten.
"""

import gzip
import pathlib
import zlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.captures.tools.provider import TRUTH

OPENERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


class Sink:
    """The cases of one family: their bodies on disk, their provider calls in `calls`."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.calls: dict[str, list[dict[str, Any]]] = {}
        self.case: str | None = None
        self.bodies = 0

    async def open_case(self, request: Request) -> Response:
        """POST /case {"case": name}; null closes the open one."""
        if self.case is not None:
            self.calls[self.case] = TRUTH.copy()
        TRUTH.clear()
        self.case, self.bodies = (await request.json())["case"], 0
        return JSONResponse({})

    async def receive(self, request: Request) -> Response:
        """POST /v1/traces, /v1/logs, /v1/metrics."""
        body = OPENERS.get(request.headers.get("content-encoding", ""), bytes)(await request.body())
        signal, is_json = request.path_params["signal"], "json" in request.headers.get("content-type", "")
        if self.case is not None and signal != "metrics":
            self.bodies += 1
            folder = self.folder / self.case
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{self.bodies:03d}-{signal}.{'json' if is_json else 'pb'}").write_bytes(body)
        return Response(b"{}" if is_json else b"", media_type="application/json" if is_json else "application/x-protobuf")

    def routes(self) -> list[Route]:
        """The sink's own routes."""
        return [
            Route("/case", self.open_case, methods=["POST"]),
            Route("/v1/{signal:str}", self.receive, methods=["POST"]),
        ]
