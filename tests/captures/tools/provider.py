"""A stand-in for the LLM providers: OpenAI, Anthropic, Gemini and Cohere's rerank. Real HTTP, real SSE, real delays.

What it counted and when its first content left is appended to TRUTH, one row per request. The last user message steers it:
`ERR429` and `ERR500` fail, `TOOL` calls the first tool on offer, `TOOL=name` the named one;
`SAY<text>` is answered with that text (OpenAI chat, not streamed), anything else with TEXT.
Token counts never change, so that a fixture can be read by heart: 1187 in (1024 of them from the cache), 46 out (20 of them reasoning).
Anthropic counts the same prompt exclusively: 63 fresh + 100 written to the cache + 1024 read from it.
"""

import asyncio
import base64
import itertools
import json
import re
import struct
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TRUTH: list[dict[str, Any]] = []
SERIAL = itertools.count(1)

CHUNKS = ["Refunds ", "take ", "five ", "business ", "days ", "after ", "the ", "parcel ", "arrives."]
TEXT = "".join(CHUNKS)
FIRST_S, GAP_S = 0.12, 0.015
COUNTED = {"input_tokens": 1187, "output_tokens": 46, "cache_read_tokens": 1024}


def last_user_text(messages: Iterable[dict[str, Any]]) -> str:
    """The text of the last user message; a message of tool results has none."""
    for message in reversed(list(messages)):
        if message.get("role") == "user":
            parts = message.get("content") or message.get("parts") or ""
            return parts if isinstance(parts, str) else " ".join(part.get("text") or "" for part in parts)
    return ""


def asked_failure(text: str) -> int | None:
    """The HTTP status that the message asks for, if it asks for one."""
    found = re.search(r"ERR(\d{3})", text)
    return int(found[1]) if found else None


def asked_tool(text: str, offered: list[dict[str, Any]]) -> tuple[str, dict[str, str]] | None:
    """Name and arguments of the tool to call; every required parameter of it is `Oslo`."""
    found = re.search(r"TOOL(?:=(\w+))?", text)
    named = [tool for tool in offered if tool.get("name") and (not found or found[1] in (None, tool["name"]))]
    if not found or not named:
        return None
    schemas = (said for said in named[0].values() if isinstance(said, dict) and "required" in said)  # every API names it otherwise
    return named[0]["name"], dict.fromkeys(next(schemas, {"required": []})["required"], "Oslo")


async def paced() -> AsyncIterator[str]:
    """The pieces of the answer, as far apart as a fast model sends them."""
    for piece in CHUNKS:
        yield piece
        await asyncio.sleep(GAP_S)


def serial(prefix: str) -> str:
    """An id that no other answer has."""
    return f"{prefix}{next(SERIAL):06d}"


def ms_since(start: float) -> float:
    """Milliseconds since `start`, rounded as the truth log keeps them."""
    return round((time.time() - start) * 1000, 1)


async def openai_chat(request: Request) -> Response:
    """POST /v1/chat/completions."""
    body, start = await request.json(), time.time()
    text, stream = last_user_text(body["messages"]), bool(body.get("stream"))
    row = {"api": "openai.chat", "request_model": body["model"], "stream": stream, "input": text}
    if status := asked_failure(text):
        return openai_failure(status, row)

    answered = any(message.get("role") == "tool" for message in body["messages"])
    call = None if answered else asked_tool(text, [tool.get("function", {}) for tool in body.get("tools") or []])
    model, finish = body["model"] + "-2026-01-15", "tool_calls" if call else "stop"
    answer_id, said = serial("chatcmpl-"), re.search(r"SAY<(.*?)>", text, re.DOTALL)
    answer = said[1] if said else TEXT
    row |= {"response_id": answer_id, "response_model": model, **COUNTED, "reasoning_tokens": 20, "http_status": 200, "is_error": False}
    row |= {"tool": call[0]} if call else {"output": answer}
    usage = {
        "prompt_tokens": 1187,
        "completion_tokens": 46,
        "total_tokens": 1233,
        "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 0},
    }
    message: dict[str, Any] = {"role": "assistant", "content": None if call else answer}
    if call:
        function = {"name": call[0], "arguments": json.dumps(call[1])}
        message["tool_calls"] = [{"id": serial("call_"), "type": "function", "function": function}]
    head = {"id": answer_id, "created": int(start), "model": model}

    await asyncio.sleep(FIRST_S)
    if not stream:
        TRUTH.append(row | {"finish_reason": finish})
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))

    def event(*choices: dict[str, Any], usage: dict[str, Any] | None = None) -> str:
        chunk = {**head, "object": "chat.completion.chunk", "choices": choices}
        return f"data: {json.dumps(chunk | ({'usage': usage} if wants_usage else {}))}\n\n"

    async def events() -> AsyncIterator[str]:
        ttft_ms = ms_since(start)
        if call:
            parts = [{"index": 0, **message["tool_calls"][0]}]
            yield event({"index": 0, "delta": {"role": "assistant", "tool_calls": parts}, "finish_reason": None})
        else:
            yield event({"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None})
            async for piece in paced():
                yield event({"index": 0, "delta": {"content": piece}, "finish_reason": None})
        yield event({"index": 0, "delta": {}, "finish_reason": finish})
        if wants_usage:
            yield event(usage=usage)
        TRUTH.append(row | {"ttft_ms": ttft_ms, "finish_reason": finish, "usage_sent": wants_usage})
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


def openai_failure(status: int, row: dict[str, Any]) -> Response:
    """An error as OpenAI words it."""
    TRUTH.append(row | {"http_status": status, "is_error": True})
    kind, said = ("rate_limit_error", "rate limit reached") if status == 429 else ("server_error", "boom")
    return JSONResponse({"error": {"message": said, "type": kind, "code": str(status)}}, status)


async def openai_responses(request: Request) -> Response:
    """POST /v1/responses."""
    body, start = await request.json(), time.time()
    items = body.get("input") or []
    items = [{"role": "user", "content": items}] if isinstance(items, str) else items
    text, stream = last_user_text(items), bool(body.get("stream"))
    row = {"api": "openai.responses", "request_model": body["model"], "stream": stream, "input": text}
    if status := asked_failure(text):
        return openai_failure(status, row)

    answered = [item for item in items if item.get("type") == "function_call_output"]
    call = None if answered else asked_tool(text, body.get("tools") or [])
    model, answer_id = body["model"] + "-2026-01-15", serial("resp_")
    row |= {"response_id": answer_id, "response_model": model, **COUNTED, "reasoning_tokens": 20, "http_status": 200, "is_error": False}
    row |= {"tool": call[0]} if call else {"output": TEXT}
    item: dict[str, Any] = {"type": "message", "id": serial("msg_"), "role": "assistant", "status": "completed"}
    item["content"] = [{"type": "output_text", "text": TEXT, "annotations": []}]
    if call:
        item = {"type": "function_call", "id": serial("fc_"), "call_id": serial("call_"), "name": call[0], "status": "completed"}
        item["arguments"] = json.dumps(call[1])
    full = {
        "id": answer_id,
        "object": "response",
        "created_at": int(start),
        "status": "completed",
        "model": model,
        "output": [item],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": body.get("tools") or [],
        "usage": {
            "input_tokens": 1187,
            "output_tokens": 46,
            "total_tokens": 1233,
            "input_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 20},
        },
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
    }
    await asyncio.sleep(FIRST_S)
    if not stream:
        TRUTH.append(row)
        return JSONResponse(full)

    async def events() -> AsyncIterator[str]:
        ttft_ms, number = ms_since(start), 0

        def event(kind: str, **said: Any) -> str:
            nonlocal number
            number += 1
            return f"event: {kind}\ndata: {json.dumps({'type': kind, 'sequence_number': number, **said})}\n\n"

        yield event("response.created", response=full | {"status": "in_progress", "output": [], "usage": None})
        empty: dict[str, Any] = {"arguments": ""} if call else {"content": []}
        opened = item | {"status": "in_progress"} | empty
        yield event("response.output_item.added", output_index=0, item=opened)
        if not call:
            part = {"type": "output_text", "text": "", "annotations": []}
            place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
            yield event("response.content_part.added", **place, part=part)
            async for piece in paced():
                yield event("response.output_text.delta", **place, delta=piece, logprobs=[])
        yield event("response.output_item.done", output_index=0, item=item)
        yield event("response.completed", response=full)
        TRUTH.append(row | {"ttft_ms": ttft_ms})

    return StreamingResponse(events(), media_type="text/event-stream")


async def openai_embeddings(request: Request) -> Response:
    """POST /v1/embeddings: seven tokens a text, eight numbers a vector."""
    body = await request.json()
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    row = {"api": "openai.embeddings", "request_model": body["model"], "input": str(texts[0])[:80]}
    if status := asked_failure(str(texts[0])):
        return openai_failure(status, row)
    count = 7 * len(texts)
    TRUTH.append(row | {"response_model": body["model"], "input_tokens": count, "http_status": 200, "is_error": False})
    vector: Any = [0.01 * (n + 1) for n in range(8)]
    if body.get("encoding_format") == "base64":
        vector = base64.b64encode(struct.pack("<8f", *vector)).decode()
    data = [{"object": "embedding", "index": n, "embedding": vector} for n in range(len(texts))]
    usage = {"prompt_tokens": count, "total_tokens": count}
    return JSONResponse({"object": "list", "model": body["model"], "data": data, "usage": usage})


async def anthropic_messages(request: Request) -> Response:
    """POST /v1/messages."""
    body, start = await request.json(), time.time()
    text, stream = last_user_text(body["messages"]), bool(body.get("stream"))
    row = {"api": "anthropic.messages", "request_model": body["model"], "stream": stream, "input": text}
    if status := asked_failure(text):
        TRUTH.append(row | {"http_status": status, "is_error": True})
        error = {"type": "rate_limit_error" if status == 429 else "overloaded_error", "message": "slow down"}
        return JSONResponse({"type": "error", "error": error}, status)

    call = asked_tool(text, body.get("tools") or [])
    model, stop = body["model"] + "-20260115", "tool_use" if call else "end_turn"
    answer_id = serial("msg_")
    row |= {"response_id": answer_id, "response_model": model, **COUNTED, "cache_write_tokens": 100, "http_status": 200, "is_error": False}
    row |= {"tool": call[0], "finish_reason": stop} if call else {"output": TEXT, "finish_reason": stop}
    usage = {"input_tokens": 63, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 1024, "output_tokens": 46}
    block: dict[str, Any] = {"type": "text", "text": TEXT}
    if call:
        block = {"type": "tool_use", "id": serial("toolu_"), "name": call[0], "input": call[1]}
    head = {"id": answer_id, "type": "message", "role": "assistant", "model": model}

    await asyncio.sleep(FIRST_S)
    if not stream:
        TRUTH.append(row)
        said = {"content": [block], "stop_reason": stop, "stop_sequence": None, "usage": usage}
        return JSONResponse(head | said)

    def event(kind: str, **said: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **said})}\n\n"

    async def events() -> AsyncIterator[str]:
        ttft_ms = ms_since(start)
        opened: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage | {"output_tokens": 1}}
        yield event("message_start", message=head | opened)
        empty: dict[str, Any] = {"input": {}} if call else {"text": ""}
        yield event("content_block_start", index=0, content_block=block | empty)
        if call:
            delta = {"type": "input_json_delta", "partial_json": json.dumps(call[1])}
            yield event("content_block_delta", index=0, delta=delta)
        else:
            async for piece in paced():
                yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        yield event("content_block_stop", index=0)
        yield event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage={"output_tokens": 46})
        yield event("message_stop")
        TRUTH.append(row | {"ttft_ms": ttft_ms})

    return StreamingResponse(events(), media_type="text/event-stream")


async def gemini_generate(request: Request) -> Response:
    """POST /v1beta/models/{model}:generateContent and :streamGenerateContent; its candidate tokens leave out the thoughts."""
    body, start = await request.json(), time.time()
    model, _, verb = request.path_params["call"].partition(":")
    text, stream = last_user_text(body["contents"]), verb.startswith("stream")
    row = {"api": "gemini.generate", "request_model": model, "stream": stream, "input": text}
    if status := asked_failure(text):
        TRUTH.append(row | {"http_status": status, "is_error": True})
        return JSONResponse({"error": {"code": status, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}, status)

    parts = [part for content in body["contents"] for part in content.get("parts") or []]
    offered = [tool for tools in body.get("tools") or [] for tool in tools.get("functionDeclarations") or []]
    call = None if any("functionResponse" in part for part in parts) else asked_tool(text, offered)
    answer_id = serial("gemini-")
    row |= {
        "response_id": answer_id,
        "response_model": model + "-001",
        **COUNTED,
        "reasoning_tokens": 20,
        "http_status": 200,
        "is_error": False,
    }
    row |= {"tool": call[0]} if call else {"output": TEXT}
    usage = {
        "promptTokenCount": 1187,
        "cachedContentTokenCount": 1024,
        "candidatesTokenCount": 26,
        "thoughtsTokenCount": 20,
        "totalTokenCount": 1233,
    }

    def answer(part: dict[str, Any], *, last: bool) -> dict[str, Any]:
        candidate = {"index": 0, "content": {"role": "model", "parts": [part]}} | ({"finishReason": "STOP"} if last else {})
        said = {"candidates": [candidate], "modelVersion": model + "-001", "responseId": answer_id}
        return said | ({"usageMetadata": usage} if last else {})

    whole = {"functionCall": {"name": call[0], "args": call[1]}} if call else {"text": TEXT}
    await asyncio.sleep(FIRST_S)
    if not stream:
        TRUTH.append(row | {"finish_reason": "STOP"})
        return JSONResponse(answer(whole, last=True))

    async def events() -> AsyncIterator[str]:
        ttft_ms = ms_since(start)
        pieces = [whole] if call else [{"text": piece} for piece in CHUNKS]
        for piece in pieces:
            yield f"data: {json.dumps(answer(piece, last=piece is pieces[-1]))}\r\n\r\n"
            await asyncio.sleep(GAP_S)
        TRUTH.append(row | {"ttft_ms": ttft_ms, "finish_reason": "STOP"})

    return StreamingResponse(events(), media_type="text/event-stream")


async def cohere_rerank(request: Request) -> Response:
    """POST /v2/rerank: the documents in reverse order, 0.9 first and 0.1 less each."""
    body = await request.json()
    order = list(reversed(range(len(body["documents"]))))[: body.get("top_n") or None]
    row = {"api": "cohere.rerank", "request_model": body["model"], "input": body["query"]}
    TRUTH.append(row | {"documents": len(body["documents"]), "http_status": 200, "is_error": False})
    results = [{"index": n, "relevance_score": round(0.9 - 0.1 * place, 1)} for place, n in enumerate(order)]
    meta = {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}}
    return JSONResponse({"id": serial("rerank-"), "results": results, "meta": meta})


ROUTES = [
    Route("/v1/chat/completions", openai_chat, methods=["POST"]),
    Route("/v1/responses", openai_responses, methods=["POST"]),
    Route("/v1/embeddings", openai_embeddings, methods=["POST"]),
    Route("/v1/messages", anthropic_messages, methods=["POST"]),
    Route("/v1beta/models/{call:path}", gemini_generate, methods=["POST"]),
    Route("/v2/rerank", cohere_rerank, methods=["POST"]),
    Route("/v1/rerank", cohere_rerank, methods=["POST"]),
]
