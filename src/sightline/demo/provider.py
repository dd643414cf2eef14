"""The provider's stand-in: OpenAI's HTTP interface on loopback, with real streams, real delays and real failures.

It reads the question and the context out of the prompt and answers from them, so that different questions get different, sensible
answers. Tokens are counted by one rule for everybody: four characters are one token.
"""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sightline.demo.faults import SLOW_REGION, STORM, TIMEOUTS, Switchboard
from sightline.demo.judge import is_judges, verdict
from sightline.demo.knowledge import embed


@dataclass(frozen=True, slots=True)
class Model:
    """How a model behaves: median seconds to its first token, tokens a second, how often it is busy or breaks."""

    first_s: float
    tokens_per_s: float
    busy: float = 0.0
    broken: float = 0.0


MODELS = {
    "gpt-4o": Model(0.35, 75, busy=0.04, broken=0.01),
    "gpt-4o-mini": Model(0.18, 120, busy=0.01),
    "claude-sonnet-4-5": Model(0.5, 65, busy=0.02),
}
CACHE_BLOCK = 128
REGION_HEADER = "x-region"
SLOW_REGION_NAME = "eu-north"
_LIMIT = 600  # requests a minute, of each model
_SLOW = 8
_HANGS_S = 60.0
_ASSISTANT = "You are the support assistant"
_INVENTS = 0.15  # of the larger model's answers say something that no article says
_INVENTED = (
    "Express couriers deliver free of charge on Sundays.",
    "Members may also swap used skis for new ones every winter.",
    "Our Oslo branch repairs competitors' stoves within an hour.",
    "You will receive a voucher worth fifty euros by post.",
)


@dataclass
class Provider:
    """The stand-in. `served` and `failed` count, by model, what it really did: the truth that traces can be compared with."""

    seed: int
    models: Mapping[str, Model] = field(default_factory=lambda: MODELS)
    faults: Switchboard = field(default_factory=Switchboard)
    served: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._prefixes: set[int] = set()
        self._recent: dict[str, deque[float]] = {}

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/embeddings", self._embeddings, methods=["POST"]),
            ]
        )

    async def _embeddings(self, request: Request) -> Response:
        body = await request.json()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        await asyncio.sleep(self._random.lognormvariate(-3.6, 0.4))
        tokens = sum(_tokens(text) for text in texts)
        self._count(body["model"], tokens, 0, 0)
        data = [{"object": "embedding", "index": i, "embedding": [round(float(x), 5) for x in embed(text)]} for i, text in enumerate(texts)]
        return JSONResponse(
            {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
        )

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        model = self.models.get(body["model"], self.models["gpt-4o-mini"])
        luck, named = self._random.random(), body["model"] == "gpt-4o"
        limits = self._limits(body["model"])
        if luck < (0.9 if named and STORM in self.faults else model.busy):
            await asyncio.sleep(0.03)
            self._fail(body["model"], "rate_limited")
            return JSONResponse(
                {"error": {"message": "Rate limit reached for requests", "type": "rate_limit_error", "code": "rate_limit_exceeded"}},
                429,
                {"retry-after": "1", **limits},
            )
        if named and TIMEOUTS in self.faults and self._random.random() < 0.5:
            self._fail(body["model"], "timeout")
            return await _hang(request)
        if luck < model.busy + model.broken:
            self._fail(body["model"], "server_error")
            return JSONResponse({"error": {"message": "The server had an error", "type": "server_error", "code": None}}, 500)
        messages = body["messages"]
        prompt = sum(_tokens(json.dumps(m.get("content") or "")) + 4 for m in messages)
        cached = self._cached(messages)
        calls: list[dict[str, Any]] = []
        if is_judges(body):
            answer = verdict(body, self._random)
        else:
            answer, calls = _answer(messages, body.get("tools"))
            if named and answer and str(messages[0].get("content")).startswith(_ASSISTANT) and self._random.random() < _INVENTS:
                answer = f"{answer} {self._random.choice(_INVENTED)}"
        output = _tokens(answer) + sum(_tokens(call["function"]["arguments"]) + 8 for call in calls)
        self._count(body["model"], prompt, output, cached)
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        head = {"id": f"chatcmpl-{self._random.getrandbits(64):016x}", "created": int(time.time()), "model": f"{body['model']}-2026-08-06"}
        wait = model.first_s * self._random.lognormvariate(0, 0.35)
        if SLOW_REGION in self.faults and request.headers.get(REGION_HEADER) == SLOW_REGION_NAME:
            wait *= _SLOW
        if body.get("stream"):
            return StreamingResponse(self._stream(head, answer, usage, wait, model), media_type="text/event-stream", headers=limits)
        await asyncio.sleep(wait + output / model.tokens_per_s)
        message: dict[str, Any] = {"role": "assistant", "content": answer or None}
        if calls:
            message["tool_calls"] = calls
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage}, headers=limits)

    async def _stream(self, head: dict[str, Any], answer: str, usage: dict[str, Any], wait: float, model: Model) -> AsyncIterator[str]:
        def event(delta: dict[str, Any], **more: Any) -> str:
            choices = [{"index": 0, "delta": delta, "finish_reason": more.pop("finish_reason", None)}] if delta is not None else []
            return f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', 'choices': choices, **more})}\n\n"

        await asyncio.sleep(wait)
        yield event({"role": "assistant", "content": ""})
        words = answer.split(" ")
        for start in range(0, len(words), 3):
            piece = " ".join(words[start : start + 3]) + (" " if start + 3 < len(words) else "")
            yield event({"content": piece})
            await asyncio.sleep(_tokens(piece) / model.tokens_per_s)
        yield event({}, finish_reason="stop")
        yield f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', 'choices': [], 'usage': usage})}\n\n"
        yield "data: [DONE]\n\n"

    def _cached(self, messages: list[dict[str, Any]]) -> int:
        """Whole blocks of the prompt that stood at the front of an earlier one."""
        text = "".join(str(m.get("content")) for m in messages)
        hit = 0
        for end in range(CACHE_BLOCK * 4, len(text) + 1, CACHE_BLOCK * 4):
            prefix = hash(text[:end])
            if prefix in self._prefixes:
                hit = end // 4
            self._prefixes.add(prefix)
        return hit

    def _limits(self, model: str) -> dict[str, str]:
        """What providers say of their rate limits with every answer."""
        now = time.monotonic()
        calls = self._recent.setdefault(model, deque())
        calls.append(now)
        while calls[0] < now - 60:
            calls.popleft()
        left = 0 if STORM in self.faults and model == "gpt-4o" else max(0, _LIMIT - len(calls))
        return {"x-ratelimit-limit-requests": str(_LIMIT), "x-ratelimit-remaining-requests": str(left)}

    def _count(self, model: str, prompt: int, output: int, cached: int) -> None:
        of = self.served.setdefault(model, {"calls": 0, "input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0})
        for name, value in (("calls", 1), ("input_tokens", prompt), ("output_tokens", output), ("cache_read_tokens", cached)):
            of[name] += value

    def _fail(self, model: str, how: str) -> None:
        of = self.failed.setdefault(model, {})
        of[how] = of.get(how, 0) + 1


async def _hang(request: Request) -> Response:
    """Say nothing until the client gives up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_HANGS_S):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    return Response(status_code=504)


def _tokens(text: str) -> int:
    return max(1, len(text) // 4)


def _answer(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> tuple[str, list[dict[str, Any]]]:
    """What a helpful model would say to the last question, given the context in the prompt."""
    system = str(messages[0].get("content") or "")
    last = str(messages[-1].get("content") or "")
    if system.startswith("Rewrite"):
        question = last.rsplit("Question:", 1)[-1].strip().rstrip("?!. ")
        return f"{question} policy".lower(), []
    if tools and messages[-1]["role"] == "user" and "order" in last.lower():
        number = "".join(ch for ch in last if ch.isdigit())[:8] or "10000001"
        arguments = json.dumps({"order_id": number})
        return "", [
            {"id": f"call_{number}", "type": "function", "function": {"name": tools[0]["function"]["name"], "arguments": arguments}}
        ]
    facts = [line.split("] ", 1)[1] for line in last.splitlines() if line.startswith("[kb-")]
    status = next((line.removeprefix("Tool result: ") for line in last.splitlines() if line.startswith("Tool result: ")), "")
    said = [f"Your order: {status}." if status else "", *(fact for fact in facts[:2])]
    text = " ".join(part for part in said if part)
    return (text or "I could not find that in our help centre; a colleague will write to you within a day."), []
