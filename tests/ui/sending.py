"""Traces for the screens, sent through the front door and waited for."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.otlp import attributes, new_id, span, traces
from tests.running import Server, eventually

MS = 1_000_000


def send(server: Server, project: str, spans: Iterable[Span], *, settled: bool = True) -> None:
    """Return when all of them can be read, and are settled unless told otherwise."""
    sent = list(spans)
    before = server.count(project=project)
    for first in range(0, len(sent), 2_500):
        body = traces(sent[first : first + 2_500]).SerializeToString()
        assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200
    eventually(lambda: server.count(project=project), lambda count: count == before + len(sent))
    if settled:
        ids = sorted({one.trace_id.hex() for one in sent if not one.parent_span_id})
        for first in range(0, len(ids), 100):
            some = ", ".join(f"'{id_}'" for id_ in ids[first : first + 100])
            open_ = f"settled = false and trace_id in ({some})"
            eventually(lambda open_=open_: server.count(project=project, filter=open_), lambda n: n == 0)  # type: ignore[misc]


def messages(*said: tuple[str, str]) -> str:
    """GenAI messages as their attribute says them."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in said])


def step(inside: Span, name: str, *, after_ms: int, ms: int, said: Mapping[str, object], **fields: Any) -> Span:
    """A span of the same trace that began `after_ms` after the one it is inside."""
    start = inside.start_time_unix_nano + after_ms * MS
    return span(name, said=said, start_ns=start, ms=ms, trace_id=inside.trace_id, parent_span_id=inside.span_id, **fields)


def answer(*, question: str = "How long do refunds take?", ago_s: int = 60, user: str = "u-1", fails: bool = False) -> list[Span]:
    """A request of a support assistant: a guardrail, a retrieval, a tool and a streamed answer, 2 s long."""
    start = time.time_ns() - ago_s * 1_000_000_000
    said = "Refunds take five business days."
    root = span(
        "POST /chat",
        start_ns=start,
        ms=2_000,
        said={"openinference.span.kind": "CHAIN", "input.value": question, "output.value": said, "user.id": user},
    )
    guard = step(
        root,
        "on topic?",
        after_ms=10,
        ms=90,
        said={
            "openinference.span.kind": "GUARDRAIL",
            "sightline.decision": json.dumps(
                {"chosen": "allow", "alternatives": ["block"], "reason": "about an order", "confidence": 0.97}
            ),
            "sightline.state": json.dumps({"before": {"step": "new"}, "after": {"step": "cleared"}}),
        },
    )
    search = step(
        root,
        "search faq",
        after_ms=100,
        ms=100,
        said={
            "openinference.span.kind": "RETRIEVER",
            "input.value": "refund duration",
            "retrieval.documents.0.document.id": "faq-3",
            "retrieval.documents.0.document.score": 0.913,
            "retrieval.documents.0.document.content": "Refunds are issued within five business days.",
        },
    )
    tool = step(
        root,
        "get_order",
        after_ms=200,
        ms=50,
        said={
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "get_order",
            "gen_ai.tool.call.arguments": json.dumps({"order_id": 4711}),
            "gen_ai.tool.call.result": json.dumps({"status": "returned"}),
        },
    )
    call = step(
        root,
        "chat gpt-4o",
        after_ms=300,
        ms=1_600,
        said={
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.request.stream": True,
            "gen_ai.response.time_to_first_chunk": 0.5,
            "gen_ai.usage.input_tokens": 1187,
            "gen_ai.usage.output_tokens": 46,
            "gen_ai.input.messages": messages(("system", "Answer from the documents."), ("user", question)),
            "gen_ai.output.messages": messages(("assistant", said)),
        },
    )
    call.events.add(name="moderation passed", time_unix_nano=call.start_time_unix_nano + 900 * MS)
    if fails:
        for failed in (root, call):
            failed.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message="rate limit reached"))
        call.attributes.extend(attributes({"error.type": "RateLimitError"}))
        call.events.add(
            name="exception",
            time_unix_nano=call.end_time_unix_nano,
            attributes=attributes({"exception.type": "openai.RateLimitError", "exception.stacktrace": 'File "app.py", line 88, in answer'}),
        )
    return [root, guard, search, tool, call]


def long_run(spans: int) -> list[Span]:
    """An agent's trace of so many spans, five deep."""
    start = time.time_ns() - 60_000_000_000
    root = span(f"agent run of {spans} spans", start_ns=start, ms=spans, said={"openinference.span.kind": "AGENT"})
    path, made = [root], [root]
    for number in range(spans - 1):
        depth = number % 5
        one = step(
            path[depth], f"step {number}", after_ms=0, ms=3, said={"openinference.span.kind": "TOOL", "input.value": f"input {number}"}
        )
        one.start_time_unix_nano = start + number * MS
        one.end_time_unix_nano = one.start_time_unix_nano + 3 * MS
        path = [*path[: depth + 1], one]
        made.append(one)
    return made


def trace_id(spans: list[Span]) -> str:
    """The id of the trace that a list of spans begins with."""
    return spans[0].trace_id.hex()


__all__ = ["MS", "answer", "long_run", "messages", "new_id", "send", "step", "trace_id"]
