"""The shop's support assistant: guard, rewrite, embed, retrieve, rerank, route, tools, streamed answer, guard.

Instrumented as a careful team would do it: the model client by its own OpenInference instrumentation, every other hop by hand, each
with its input, output, state before and after, and the decision it took.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import openai
from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

from sightline.demo.faults import BROKEN_TOOL, Switchboard
from sightline.demo.knowledge import INDEX_VERSION, search
from sightline.demo.provider import REGION_HEADER, SLOW_REGION_NAME

PROMPT_VERSION = "7"
_CACHE_S = 10.0
_SYSTEM = (
    "You are the support assistant of Fjellbekk, a shop for mountain gear. Answer from the articles below, in a friendly tone and at most "
    "four sentences. If the articles don't say it, say so. Never promise a refund that the policy does not promise."
)
_TOOL = {
    "type": "function",
    "function": {
        "name": "order_status",
        "description": "Where an order is.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    },
}


REGION: ContextVar[str | None] = ContextVar("region", default=None)
"""The provider's region that serves the request that is being answered."""


class OrderSystemError(Exception):
    """The shop's order system did not answer."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who asks: `tenant` is the company the user buys for."""

    user_id: str
    tenant: str
    plan: str


@dataclass
class Conversation:
    """A session: what was said so far."""

    session_id: str
    customer: Customer
    turns: list[dict[str, str]] = field(default_factory=list)


class Assistant:
    """Answers questions. `client` is an instrumented OpenAI client, `tracer` the demo's own."""

    def __init__(self, client: openai.AsyncOpenAI, tracer: trace.Tracer, *, seed: int, release: str, faults: Switchboard) -> None:
        self._client = client
        self._tracer = tracer
        self._random = random.Random(seed)
        self._release = release
        self._faults = faults
        self._answers: dict[str, tuple[float, str]] = {}

    async def answer(self, conversation: Conversation, question: str) -> str:
        """One request, traced as one; errors of the last resort end up on its root and in the answer."""
        customer = conversation.customer
        REGION.set(SLOW_REGION_NAME if int(customer.tenant[-2:]) % 2 else "us-east")
        about = {
            "sightline.task": "support",
            "sightline.feature": "help-chat",
            "sightline.tenant": customer.tenant,
            "sightline.release": self._release,
            "sightline.revenue_usd": {"free": 0.0, "team": 0.02, "enterprise": 0.05}[customer.plan],
            "user.id": customer.user_id,
            "session.id": conversation.session_id,
            "customer.plan": customer.plan,
        }
        with self._step("support request", "CHAIN", question, about, of=trace.SpanKind.SERVER) as root:
            before = {"turns": len(conversation.turns), "plan": customer.plan}
            try:
                text = await self._pipeline(conversation, question)
            except openai.APIError as error:
                text = "Our assistant is not available right now; please write to us."
                root.record_exception(error)
                root.set_status(Status(StatusCode.ERROR, str(error)))
            conversation.turns += [{"role": "user", "content": question.partition("\n\n")[0]}, {"role": "assistant", "content": text}]
            _done(root, text, before, {"turns": len(conversation.turns), "plan": customer.plan})
        return text

    async def _pipeline(self, conversation: Conversation, question: str) -> str:
        if not self._allowed("guard the question", question, blocked=("password", "credit card number")):
            return "I can't help with that here. Please call us."
        kept_at, known = self._answers.get(question.lower(), (0.0, ""))
        if time.monotonic() - kept_at < _CACHE_S and known:
            with self._step("answer cache", "CHAIN", question, {"sightline.served_from_cache": True}) as span:
                _decide(span, "cached answer", ["ask the model"], "The same question was answered before.", 0.97)
                _done(span, known, {"hit": False}, {"hit": True})
            return known
        query = await self._rewrite(conversation, question)
        articles = await self._retrieve(query)
        route = self._route(question, articles)
        status = await self._order_status(question) if route == "order" else ""
        if route == "escalate":
            return self._escalate(question)
        text = await self._generate(question, articles, status)
        if not self._allowed("guard the answer", text, blocked=("guarantee", "promise you")):
            return "A colleague will answer you."
        if not status:
            self._answers[question.lower()] = (time.monotonic(), text)
        return text

    def _allowed(self, name: str, text: str, *, blocked: tuple[str, ...]) -> bool:
        with self._step(name, "GUARDRAIL", text) as span:
            found = [word for word in blocked if word in text.lower()]
            _decide(
                span,
                "block" if found else "pass",
                ["pass" if found else "block"],
                f"Found {found}." if found else "Nothing on the list.",
                0.99,
            )
            _done(span, {"flagged": bool(found), "found": found}, {"checked": False}, {"checked": True, "flagged": bool(found)})
        return not found

    async def _rewrite(self, conversation: Conversation, question: str) -> str:
        with self._step("rewrite", "CHAIN", question, {"sightline.prompt_name": "rewrite", "sightline.prompt_version": "3"}) as span:
            history, asked = "\n".join(turn["content"] for turn in conversation.turns[-2:]), question.partition("\n\n")[0]
            messages = [
                {"role": "system", "content": "Rewrite the question so that it can be searched for without its context."},
                {"role": "user", "content": f"{history}\nQuestion: {asked}"},
            ]
            reply = await self._call("gpt-4o-mini", messages)
            query = reply.choices[0].message.content or asked
            _done(span, query, {"query": asked}, {"query": query})
        return query

    async def _retrieve(self, query: str) -> list[tuple[Any, float]]:
        with self._step("embed", "CHAIN", query) as span:
            reply = await self._client.embeddings.create(model="text-embedding-3-small", input=query)
            vector = np.array(reply.data[0].embedding)
            _done(span, {"dimensions": len(vector)}, {"vector": None}, {"vector": f"{len(vector)} numbers"})
        with self._step("retrieve", "RETRIEVER", query, {"sightline.index_version": INDEX_VERSION}) as span:
            found = search(vector, top=8)
            for rank, (article, score) in enumerate(found):
                start = f"retrieval.documents.{rank}.document"
                span.set_attributes({f"{start}.id": article.id, f"{start}.score": score, f"{start}.content": article.text})
                span.set_attribute(f"{start}.metadata", json.dumps({"title": article.title}))
            _done(span, {"documents": [article.id for article, _ in found]}, {"candidates": 0}, {"candidates": len(found)})
        with self._step("rerank", "RERANKER", query, {"reranker.query": query, "reranker.top_k": 3}) as span:
            words = set(query.lower().split())
            again = sorted(found, key=lambda hit: -(hit[1] + 0.05 * len(words & set(hit[0].text.lower().split()))))[:3]
            for side, hits in (("input", found), ("output", again)):
                for rank, (article, score) in enumerate(hits):
                    start = f"reranker.{side}_documents.{rank}.document"
                    span.set_attributes({f"{start}.id": article.id, f"{start}.score": score, f"{start}.content": article.text})
            kept = [article.id for article, _ in again]
            left = [article.id for article, _ in found if article.id not in kept]
            _decide(span, kept, left, "Words in common with the question count beside similarity.", 0.8)
            _done(span, {"kept": kept}, {"order": [a.id for a, _ in found]}, {"order": kept})
        return again

    def _route(self, question: str, articles: list[tuple[Any, float]]) -> str:
        with self._step("route", "CHAIN", question) as span:
            best = articles[0][1] if articles else 0.0
            if "order" in question.lower() and any(ch.isdigit() for ch in question):
                chosen, reason = "order", "It names an order number."
            elif best < 0.12:
                chosen, reason = "escalate", f"The best article scores {best:.2f}, below 0.12."
            else:
                chosen, reason = "answer", f"The best article scores {best:.2f}."
            _decide(span, chosen, [r for r in ("answer", "order", "escalate") if r != chosen], reason, round(min(0.99, 0.5 + best), 2))
            _done(span, chosen, {"route": None}, {"route": chosen})
        return chosen

    async def _order_status(self, question: str) -> str:
        with self._step("choose tool", "CHAIN", question) as span:
            reply = await self._call("gpt-4o-mini", [{"role": "user", "content": question}], tools=[_TOOL])
            calls = reply.choices[0].message.tool_calls or []
            arguments = calls[0].function.arguments if calls else "{}"
            _decide(span, "order_status" if calls else "no tool", ["no tool" if calls else "order_status"], "The model asked for it.", 0.9)
            _done(span, {"tool": "order_status", "arguments": arguments}, {"tool": None}, {"tool": "order_status"})
        attributes = {"tool.name": "order_status", "tool.description": "Where an order is.", "tool.parameters": arguments}
        with self._step("order_status", "TOOL", arguments, attributes) as span:
            await asyncio.sleep(self._random.lognormvariate(-3, 0.5))
            broken = BROKEN_TOOL in self._faults
            failed = broken or self._random.random() < 0.08
            result = (
                {"error": "order system did not answer"}
                if failed
                else {"status": self._random.choice(("packed", "on its way", "delivered"))}
            )
            span.set_attribute("sightline.tool_is_error", failed)
            if broken:
                error = OrderSystemError("order system did not answer")
                span.record_exception(error)
                span.set_status(Status(StatusCode.ERROR, str(error)))
            _done(span, result, {"known": False}, {"known": not failed})
        return "" if failed else str(result["status"])

    def _escalate(self, question: str) -> str:
        text = "I could not find that in our help centre; a colleague will write to you within a day."
        with self._step("escalate", "CHAIN", question) as span:
            _decide(span, "ticket", ["answer anyway"], "No article fits.", 0.7)
            _done(span, text, {"owner": "assistant"}, {"owner": "people"})
        return text

    async def _generate(self, question: str, articles: list[tuple[Any, float]], status: str) -> str:
        context = "\n".join(f"[{article.id}] {article.text}" for article, _ in articles)
        told = f"\nTool result: {status}" if status else ""
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": f"{context}{told}\n\nQuestion: {question}"}]
        named = {"sightline.prompt_name": "answer", "sightline.prompt_version": PROMPT_VERSION}
        with self._step("generate", "CHAIN", question, named) as span:
            text, model, tries = await self._stream_with_fallback(messages)
            _decide(span, model, [m for m in ("gpt-4o", "claude-sonnet-4-5") if m != model], f"It answered after {tries} tries.", 0.9)
            _done(span, text, {"draft": None, "articles": len(articles)}, {"draft": f"{len(text)} characters", "model": model})
        return text

    async def _stream_with_fallback(self, messages: list[Any]) -> tuple[str, str, int]:
        """Twice the first model with back-off, then the other one. Raises the last error."""
        plan = ("gpt-4o", "gpt-4o", "claude-sonnet-4-5")
        for attempt, model in enumerate(plan, start=1):
            try:
                stream = await self._client.chat.completions.create(
                    model=model,
                    messages=messages,
                    stream=True,
                    stream_options={"include_usage": True},
                    temperature=0.2,
                    max_tokens=400,
                    extra_headers=_region(),
                )
                parts = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
            except openai.APIError:
                if attempt == len(plan):
                    raise
                await asyncio.sleep(0.1 * 2**attempt)
            else:
                return "".join(parts), model, attempt
        raise AssertionError("the plan is never empty")

    async def _call(self, model: str, messages: list[Any], **more: Any) -> Any:
        """One answer, with a second try when the provider is busy."""
        try:
            return await self._client.chat.completions.create(model=model, messages=messages, extra_headers=_region(), **more)
        except openai.RateLimitError:
            await asyncio.sleep(0.2)
            return await self._client.chat.completions.create(model=model, messages=messages, extra_headers=_region(), **more)

    @contextmanager
    def _step(
        self, name: str, kind: str, said: str, more: Mapping[str, Any] | None = None, *, of: trace.SpanKind = trace.SpanKind.INTERNAL
    ) -> Iterator[Span]:
        """A hop of the pipeline: `kind` is OpenInference's word for it, `said` what it was given."""
        with self._tracer.start_as_current_span(name, kind=of) as span:
            span.set_attributes({"openinference.span.kind": kind, "input.value": said, **(more or {})})
            try:
                yield span
            except Exception as error:
                _done(span, {"error": str(error)}, {"failed": False}, {"failed": True, "error": type(error).__name__})
                raise


def _region() -> dict[str, str]:
    return {REGION_HEADER: REGION.get() or ""}


def _decide(span: Span, chosen: object, alternatives: list[str], reason: str, confidence: float) -> None:
    said = {"chosen": chosen, "alternatives": alternatives, "reason": reason, "confidence": confidence}
    span.set_attribute("sightline.decision", json.dumps(said, ensure_ascii=False))


def _done(span: Span, output: object, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    span.set_attribute("output.value", output if isinstance(output, str) else json.dumps(output, ensure_ascii=False))
    span.set_attribute("sightline.state", json.dumps({"before": before, "after": after}, ensure_ascii=False))
