"""How a handler asks the store: the parameters that all of them share, and stopping when nobody waits any more."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request

from sightline.errors import StoreClosedError
from sightline.query import MAX_ROWS, Filter, ListQuestion, Reader, Scene, parse_window

T = TypeVar("T")

# In a URL, where one character may take twelve bytes and servers stop reading at 64 kB; POST /query takes longer ones.
MAX_FILTER_CHARS = 4_000

ProjectParam = Annotated[str, Query(min_length=1, max_length=200, description="The project to ask.", examples=["default"])]
FromParam = Annotated[
    str | None,
    Query(
        alias="from",
        max_length=100,
        description="First moment of the window on `start`: RFC 3339, an epoch in s, ms, µs or ns, or relative like -1h.",
        examples=["2026-11-01T00:00:00Z", "-1h"],
    ),
]
ToParam = Annotated[str | None, Query(max_length=100, description="First moment after the window.", examples=["now"])]


class ClientGoneError(Exception):
    """The client closed the connection; its question was stopped."""


class Asker:
    """Answers one request's questions for as long as somebody waits for them."""

    def __init__(self, request: Request) -> None:
        store = getattr(request.state, "store", None)
        if store is None:
            raise StoreClosedError("The store is not open yet.")
        self.reader: Reader = store
        self._request = request

    async def answer(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which is cancelled (in the engine too) when the client goes: then ClientGoneError."""
        working = asyncio.create_task(work)
        watching = asyncio.create_task(self._gone())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise ClientGoneError
        finally:
            for task in (working, watching):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def _gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass


AskerParam = Annotated[Asker, Depends(Asker)]


def scene(project: str, from_: str | int | float | None, to: str | int | float | None) -> Scene:
    """Where and when a question is asked. Raises BadTimeError."""
    now_ns = time.time_ns()
    return Scene(project, parse_window(from_, to, now_ns=now_ns), now_ns)


@dataclass(frozen=True, slots=True)
class ListParams:
    """What every list takes."""

    project: ProjectParam = "default"
    from_: FromParam = None
    to: ToParam = None
    filter: Annotated[
        str,
        Query(max_length=MAX_FILTER_CHARS, description="See docs/filter-language.md.", examples=["kind = llm and cost_usd > 0.1"]),
    ] = ""
    order: Annotated[
        str,
        Query(max_length=100, description="A time or number; '-' in front: descending.", examples=["-start", "-duration_ms"]),
    ] = "-start"
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 50
    cursor: Annotated[str | None, Query(max_length=500, pattern="^[A-Za-z0-9_-]*$", description="`next_cursor` of the page before.")] = None

    def question(self, filter_: str | None = None) -> ListQuestion:
        """`filter_`: instead of the one asked for. Raises BadTimeError and BadFilterError."""
        where = scene(self.project, self.from_, self.to)
        return ListQuestion(where, Filter.parse(self.filter if filter_ is None else filter_), self.order, self.limit, self.cursor)


ListParamsDep = Annotated[ListParams, Depends(ListParams)]
