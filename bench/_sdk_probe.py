"""One measurement of one SDK, inside that SDK's own environment: a line of JSON. `bench.sdk` starts it; nothing but the SDK is needed.

The other systems' adapters and the way of measuring are the public harness's (`sdk_bench.py`), so that figures stand beside its own.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

CHUNKS = 200


def sightline_spans(harness: Any, sink: str) -> tuple[Callable[[], None], Callable[[], None], Callable[[], object]]:
    """An empty step, and an LLM call with the same attributes, content and event as everybody's."""
    import sightline

    sightline.init(url=sink, instrument=False)

    def span() -> None:
        with sightline.step("s"):
            pass

    def llm() -> None:
        with sightline.step("chat gpt-4o", kind="llm") as this:
            this.set(harness.otel_attrs())
            this.span.add_event("first_token", {"n": 1})

    return span, llm, lambda: sightline.flush(30)


def sightline_client(harness: Any, sink: str, client: Any) -> tuple[Any, Callable[[], object]]:
    """OpenAI's client after `sightline.init()`."""
    import sightline

    sightline.init(url=sink)
    return client, lambda: sightline.flush(30)


def stream(sdk: str, sink: str, bursts: int) -> dict[str, float]:
    """What a chunk of a decorated generator costs beyond the bare generator, in µs; sync and async."""
    words = [f"w{n} " for n in range(CHUNKS)]

    def sync() -> Iterator[str]:
        yield from words

    async def asynchronous() -> AsyncIterator[str]:
        for word in words:
            yield word

    wrapped, wrapped_async = _decorated(sdk, sink, sync, asynchronous)

    def drain(source: Callable[[], Iterator[str]]) -> float:
        began = time.thread_time()
        for _ in range(20):
            for _ in source():
                pass
        return (time.thread_time() - began) / 20 / CHUNKS * 1e6

    async def drain_async(source: Callable[[], AsyncIterator[str]]) -> float:
        began = time.thread_time()
        for _ in range(20):
            async for _ in source():
                pass
        return (time.thread_time() - began) / 20 / CHUNKS * 1e6

    def lowest(measured: Callable[[], float]) -> float:
        return min(measured() for _ in range(bursts))

    read = {"client_read_us": lowest(_replayed)} if sdk == "sightline" else {}
    return read | {
        "chunk_us": lowest(lambda: drain(wrapped)) - lowest(lambda: drain(sync)),
        "chunk_async_us": lowest(lambda: asyncio.run(drain_async(wrapped_async))) - lowest(lambda: asyncio.run(drain_async(asynchronous))),
    }


def _replayed() -> float:
    """What a chunk of OpenAI's client costs beyond iterating it: real chunk objects, no network, no parsing; the call's span included."""
    from openai.types.chat import ChatCompletionChunk

    from sightline.sdk._openai import Call
    from sightline.sdk._streams import _left

    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    said: dict[str, Any] = {"index": 0, "delta": {"content": "word "}, "finish_reason": None}
    chunks = [ChatCompletionChunk.model_validate(head | {"choices": [said]}) for _ in range(CHUNKS)]
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "x" * 3000}]}

    def bare() -> None:
        for _ in iter(chunks):
            pass

    def told() -> None:
        call = Call("chat", body, "api.openai.com", streamed=True)
        for _ in _left(call.watched(iter(chunks)), call):
            pass

    def took(what: Callable[[], None]) -> float:
        began = time.thread_time()
        for _ in range(50):
            what()
        return (time.thread_time() - began) / 50 / CHUNKS * 1e6

    return took(told) - took(bare)


def _decorated(sdk: str, sink: str, sync: Any, asynchronous: Any) -> tuple[Any, Any]:
    if sdk == "sightline":
        import sightline

        sightline.init(url=sink, instrument=False)
        return sightline.step(kind="llm")(sync), sightline.step(kind="llm")(asynchronous)
    if sdk == "langfuse":
        from langfuse import Langfuse, observe  # type: ignore[import-not-found, unused-ignore]

        Langfuse(public_key="pk-lf-1", secret_key="sk-lf-1", base_url=sink)
        return observe(as_type="generation")(sync), observe(as_type="generation")(asynchronous)
    if sdk == "mlflow_sdk":
        os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = sink + "/v1/traces"
        import mlflow  # type: ignore[import-not-found, unused-ignore]

        return mlflow.trace(sync), mlflow.trace(asynchronous)
    if sdk == "opik":
        os.environ.update(OPIK_URL_OVERRIDE=sink + "/api", OPIK_SENTRY_ENABLE="false", OPIK_WORKSPACE="default", OPIK_API_KEY="x")
        from opik import track  # type: ignore[import-not-found, unused-ignore]

        return track(sync), track(asynchronous)
    if sdk == "traceloop":
        from traceloop.sdk import Traceloop  # type: ignore[import-not-found, unused-ignore]
        from traceloop.sdk.decorators import task  # type: ignore[import-not-found, unused-ignore]

        Traceloop.init(app_name="b", api_endpoint=sink, api_key="x", telemetry_enabled=False)
        return task(name="s")(sync), task(name="s")(asynchronous)
    raise LookupError(f"{sdk} has no decorator for generators here")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=("spans", "stream", "openai"))
    parser.add_argument("sdk")
    parser.add_argument("--harness", required=True)
    parser.add_argument("--sink", required=True)
    parser.add_argument("--bursts", type=int, default=6)
    said = parser.parse_args()
    sys.path.append(said.harness)
    import sdk_bench as harness  # type: ignore[import-not-found, unused-ignore]

    out: dict[str, Any] = {"sdk": said.sdk, "case": said.case}
    base = harness.rss()
    if said.case == "stream":
        out |= stream(said.sdk, said.sink, said.bursts)
    elif said.case == "spans":
        began = time.perf_counter()
        made = sightline_spans(harness, said.sink) if said.sdk == "sightline" else getattr(harness, "S_" + said.sdk)(said.sink)
        span, llm, flush = made
        out["init_ms"] = (time.perf_counter() - began) * 1e3
        out["span"] = harness.measure(span, flush, said.bursts, 400)
        out["llm"] = harness.measure(llm, flush, said.bursts, 400)
        out["rss_mb"] = harness.rss() - base
    else:
        out |= _client(harness, said.sdk, said.sink)
    print("RESULT " + json.dumps(out), flush=True)
    os._exit(0)  # what an SDK does at exit is no part of the figures


def _in_process(sdk: str) -> dict[str, Any]:
    """The stand-in's answers without a network in between, whose noise is ten times what is measured.

    Langfuse makes a client of its own, which asks the stand-in over HTTP, before and after.
    """
    if sdk == "langfuse":
        return {}
    import fake_server  # type: ignore[import-not-found, unused-ignore]
    import httpx

    stream = b"".join((*fake_server.CHUNKS, fake_server.USAGE_CHUNK, fake_server.DONE))

    def answer(request: httpx.Request) -> httpx.Response:
        if b'"stream":true' in request.content.replace(b" ", b""):
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
        return httpx.Response(200, headers={"content-type": "application/json"}, content=fake_server.FULL)

    return {"http_client": httpx.Client(transport=httpx.MockTransport(answer))}


def _client(harness: Any, sdk: str, sink: str) -> dict[str, float]:
    import openai

    def made() -> Any:
        return openai.OpenAI(base_url=sink + "/v1", api_key="x", max_retries=0, **_in_process(sdk))

    def call(client: Any) -> None:
        client.chat.completions.create(model=harness.MODEL, messages=harness.MESSAGES, temperature=0.2)

    def streamed(client: Any) -> None:
        for _ in client.chat.completions.create(
            model=harness.MODEL, messages=harness.MESSAGES, stream=True, stream_options={"include_usage": True}
        ):
            pass

    def blocks(client: Any, ask: Callable[[Any], None], flush: Callable[[], object], size: int) -> float:
        """The fastest of small blocks: the difference of two such figures survives a noisy machine."""
        took = []
        for n in range(40):
            if n % 10 == 0:
                flush()
                gc.collect()
            began = time.thread_time()
            for _ in range(size):
                ask(client)
            took.append((time.thread_time() - began) / size * 1e6)
        return min(took)

    plain = made()
    for _ in range(5):
        call(plain)
        streamed(plain)
    before_call, before_stream = blocks(plain, call, lambda: None, 10), blocks(plain, streamed, lambda: None, 3)
    client, flush = sightline_client(harness, sink, made()) if sdk == "sightline" else getattr(harness, "I_" + sdk)(sink, made())
    for _ in range(5):
        call(client)
        streamed(client)
    after_call, after_stream = blocks(client, call, flush, 10), blocks(client, streamed, flush, 3)
    return {
        "bare_call_us": before_call,
        "call_us": after_call - before_call,
        "stream_us": after_stream - before_stream,
        "client_chunk_us": (after_stream - before_stream) / CHUNKS,
    }


if __name__ == "__main__":
    main()
