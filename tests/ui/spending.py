"""A small shop's traffic whose money can be reckoned in one's head: what its tenants pay, and what they cost."""

import time
from collections.abc import Mapping

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import span
from tests.ui.sending import MS, messages, step

# USD per token, as published: input, cached input, output
GPT_4O = (2.5e-6, 1.25e-6, 10e-6)
GPT_4O_MINI = (0.15e-6, 0.075e-6, 0.6e-6)

ACME_CALL = 12_000 * GPT_4O[0] + 8_000 * GPT_4O[1] + 500 * GPT_4O[2]  # 0.045
GLOBEX_CALL = 1_000 * GPT_4O_MINI[0] + 100 * GPT_4O_MINI[2]  # 0.00021

DOCUMENTS = "Refunds are issued within five business days of the parcel's return. "


def asked(tenant: str | None, *, ago_s: int, revenue: float | None = None, question: str = "How long do refunds take?") -> Span:
    """The root of a request: who asked, and what it earned."""
    said: dict[str, object] = {"openinference.span.kind": "CHAIN", "input.value": question, "sightline.task": "answer"}
    if tenant is not None:
        said["sightline.tenant"] = tenant
    if revenue is not None:
        said["sightline.revenue_usd"] = revenue
    return span("POST /chat", start_ns=time.time_ns() - ago_s * 1_000_000_000, ms=1_500, said=said)


def called(
    inside: Span,
    model: str,
    *,
    tokens: tuple[int, int],
    cached: int = 0,
    stage: str = "generate",
    said: Mapping[str, object] | None = None,
) -> Span:
    """A call to a model inside a request; `said` is what else it says."""
    words: Mapping[str, object] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.usage.input_tokens": tokens[0],
        "gen_ai.usage.output_tokens": tokens[1],
        "gen_ai.input.messages": messages(("system", f"Answer {model} from: {DOCUMENTS * 80}"), ("user", "How long do refunds take?")),
        "gen_ai.output.messages": messages(("assistant", "Five business days.")),
        "sightline.stage": stage,
    }
    cache = {"gen_ai.usage.cache_read.input_tokens": cached} if cached else {}
    return step(inside, f"chat {model}", after_ms=100, ms=1_300, said={**words, **cache, **(said or {})})


def shop(*, ago_s: int = 7_200) -> list[Span]:
    """acme loses 0.025 USD a request, globex earns, initech uses a model that nobody has a price for.

    12 requests, 10 of them priced: 4 x 0.045 + 6 x 0.00021 = 0.18126 USD; revenue 4 x 0.02 + 6 x 0.01 = 0.14 USD.
    """
    made: list[Span] = []
    for n in range(4):
        root = asked("acme", ago_s=ago_s + n, revenue=0.02)
        made += [root, called(root, "gpt-4o", tokens=(20_000, 500), cached=8_000)]
    for n in range(6):
        root = asked("globex", ago_s=ago_s + n, revenue=0.01)
        ended = {"gen_ai.response.finish_reasons": ["length"]} if n == 0 else {}
        made += [root, called(root, "gpt-4o-mini", tokens=(1_000, 100), said=ended)]
    for n in range(2):
        root = asked("initech", ago_s=ago_s + n)
        made += [root, called(root, "house-model-7b", tokens=(900, 20))]
    return made


def wrapped(*, ago_s: int = 60) -> list[Span]:
    """One request with a wrapper that repeats its call's usage, a call with its own idea of the cost, and one without a price."""
    root = asked("acme", ago_s=ago_s, revenue=0.02)
    outer = step(
        root,
        "ChatOpenAI",
        after_ms=50,
        ms=1_400,
        said={
            "openinference.span.kind": "LLM",
            "llm.model_name": "gpt-4o",
            "llm.token_count.prompt": 20_000,
            "llm.token_count.completion": 500,
        },
    )
    inner = called(root, "gpt-4o", tokens=(20_000, 500), cached=8_000, said={"gen_ai.usage.cost": 0.05})
    inner.parent_span_id = outer.span_id
    unpriced = called(root, "house-model-7b", tokens=(900, 20))
    unpriced.start_time_unix_nano += 1_320 * MS
    unpriced.end_time_unix_nano += 1_320 * MS
    return [root, outer, inner, unpriced]


__all__ = ["ACME_CALL", "GLOBEX_CALL", "asked", "called", "shop", "wrapped"]
