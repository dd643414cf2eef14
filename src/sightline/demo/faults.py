"""The fault switchboard: what can be broken in the demo, at its start or while it runs, from a page or with curl."""

import html
from collections.abc import Collection, Mapping
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

SLOW_REGION, STORM, BROKEN_TOOL, TIMEOUTS = "slow-region", "429-storm", "broken-tool", "timeouts"

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        SLOW_REGION: "The provider's region eu-north takes eight times as long to its first token.",
        STORM: "The provider answers nine of ten calls of gpt-4o with 429: its rate limit is used up.",
        BROKEN_TOOL: "The tool order_status fails whenever it is called; the assistant answers without it.",
        TIMEOUTS: "The provider lets half of the calls of gpt-4o hang until the client gives up.",
    }
)
"""Name → what it does."""


class UnknownFaultError(ValueError):
    """A name that no fault has."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no fault {name!r}: there are {', '.join(FAULTS)}.")


class Switchboard:
    """Which faults are on. The provider and the assistant look here whenever they do something."""

    def __init__(self, on: Collection[str] = ()) -> None:
        self._on: set[str] = set()
        for name in on:
            self.switch(name, on=True)

    def __contains__(self, name: str) -> bool:
        return name in self._on

    def switch(self, name: str, *, on: bool) -> None:
        """Raises UnknownFaultError."""
        if name not in FAULTS:
            raise UnknownFaultError(name)
        (self._on.add if on else self._on.discard)(name)

    def app(self) -> Starlette:
        """`GET /faults`, `PUT` and `DELETE /faults/NAME`, and a page with switches."""
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/faults", self._list),
                Route("/faults/{name}", self._put, methods=["PUT", "DELETE"]),
                Route("/switch/{name}", self._post, methods=["POST"]),
            ]
        )

    async def _list(self, _request: Request) -> Response:
        return JSONResponse({"faults": [{"name": name, "meaning": meaning, "on": name in self} for name, meaning in FAULTS.items()]})

    async def _put(self, request: Request) -> Response:
        name = request.path_params["name"]
        try:
            self.switch(name, on=request.method == "PUT")
        except UnknownFaultError as error:
            return JSONResponse({"error": str(error)}, 404)
        return JSONResponse({"name": name, "meaning": FAULTS[name], "on": name in self})

    async def _post(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name in FAULTS:
            self.switch(name, on=name not in self)
        return RedirectResponse("/", 303)

    async def _page(self, _request: Request) -> Response:
        rows = "".join(
            f"<tr><td><form method=post action='/switch/{name}'><button aria-pressed={str(name in self).lower()}>"
            f"{'Stop' if name in self else 'Start'}</button></form><td><b>{name}</b><td>{html.escape(meaning)}"
            f"<td>{'<b class=on>on</b>' if name in self else 'off'}"
            for name, meaning in FAULTS.items()
        )
        return HTMLResponse(_PAGE.replace("{rows}", rows))


_PAGE = """<!doctype html><html lang=en><meta charset=utf-8><title>Faults of the demo</title>
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:40px auto;max-width:860px;padding:0 20px}
td{padding:8px 14px 8px 0;vertical-align:top}button{min-width:64px;padding:4px 10px}.on{color:#b3261e}</style>
<h1>Faults of the demo</h1><p>Start one, and find it in Sightline within a minute.</p><table>{rows}</table></html>"""
