"""A judge's endpoint on loopback, over real HTTP: answers as it is told to, and fails as real ones do.

It reads what is to be judged as a model would: the answer stands in a fenced section. `failures` are shares of calls, drawn by a seed:
429, 500, hang (until the client gives up), malformed, slow (a body that comes in drops).
"""

import asyncio
import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sightline.judge.fence import outside

USAGE = {"prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550}
_BEFORE_THE_FIRST = 5  # calls that go well
_FENCE = re.compile(r"lines that begin with (FENCE-[0-9a-f]{32})")


@dataclass(frozen=True)
class Asked:
    """A request as the stand-in understands it: `sections` by name, and all that stands outside of the fences."""

    system: str
    user: str
    sections: Mapping[str, str]
    outside: str
    schema: Mapping[str, Any]
    model: str


@dataclass
class StandIn:
    """`verdict` makes the answer's JSON object. `charged` counts answers and hung calls: what a provider would bill."""

    verdict: Callable[[Asked], Mapping[str, Any]]
    failures: Mapping[str, float] = field(default_factory=dict)
    delay_s: float = 0.0
    hang_s: float = 30.0
    seed: int = 1
    url: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    charged: int = 0
    asked: list[Asked] = field(default_factory=list)
    keep: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def _chat(self, request: Request) -> Response:
        try:
            body = await request.json()
        except ClientDisconnect:  # it was killed while it asked
            return Response(status_code=499)
        luck, kind = self._random.random(), "answered"
        for name, share in self.failures.items():
            luck -= share
            if luck < 0:
                kind = name
                break
        # each kind once among the first, whatever the seed
        number = self.calls.total() - _BEFORE_THE_FIRST
        kind = list(self.failures)[number] if 0 <= number < len(self.failures) else kind
        self.calls[kind] += 1
        if kind == "429":
            return JSONResponse({"error": {"message": "slow down"}}, 429, {"retry-after": "0.2"})
        if kind == "500":
            return JSONResponse({"error": {"message": "oops"}}, 500)
        self.charged += 1
        if kind == "hang":
            await asyncio.sleep(self.hang_s)
            return JSONResponse({}, 504)
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        asked = understood(body)
        if self.keep:
            self.asked.append(asked)
        text = json.dumps(self.verdict(asked))
        if kind == "malformed":
            text = text[: len(text) // 2]
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": USAGE,
        }
        if kind == "slow":
            return StreamingResponse(_drops(json.dumps(answer)), media_type="application/json")
        return JSONResponse(answer)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self._chat, methods=["POST"])])


def understood(body: Mapping[str, Any]) -> Asked:
    """The prompt taken apart by its fence."""
    system, user = (message["content"] for message in body["messages"])
    found = _FENCE.search(system)
    assert found is not None, system[:500]
    word = found.group(1)
    sections = dict(re.findall(rf"{word} begin ([^\n]+)\n(.*?)\n{word} end \1", user, re.DOTALL))
    return Asked(
        system, user, sections, outside(word, user), body.get("response_format", {}).get("json_schema", {}).get("schema", {}), body["model"]
    )


async def _drops(text: str) -> Any:
    for start in range(0, len(text), 40):
        yield text[start : start + 40]
        await asyncio.sleep(0.02)


@contextmanager
def standing(standin: StandIn) -> Iterator[StandIn]:
    """It answers at `url` while the context lasts."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(512)
        server = uvicorn.Server(uvicorn.Config(standin.app(), log_config=None, access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
        thread.start()
        standin.url = f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
        try:
            yield standin
        finally:
            server.should_exit = True
            thread.join()
