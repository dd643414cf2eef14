"""OpenAI's client tells of its calls, for a tenth of what wrapping each chunk costs: chunks are kept as they come and read at the end.

It sits where every method of the client goes through, so chat, responses, completions, embeddings and their raw, parsed and streamed
forms are one case each. Attributes are OpenTelemetry's for GenAI.
"""

import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from time import perf_counter_ns, time_ns
from types import ModuleType
from typing import Any

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from sightline.sdk import _said
from sightline.sdk._options import log
from sightline.sdk._state import STATE
from sightline.sdk._streams import CALL, is_token

_SEEN = "_sightline_openai"
_OPERATIONS = {"/chat/completions": "chat", "/completions": "text_completion", "/responses": "chat", "/embeddings": "embeddings"}
_PROVIDERS = (
    ("openai.azure.com", "azure.ai.openai"),
    ("api.deepseek.com", "deepseek"),
    ("api.mistral.ai", "mistral_ai"),
    ("api.groq.com", "groq"),
    ("api.x.ai", "x_ai"),
    ("openrouter.ai", "openrouter"),
    ("api.together.xyz", "together"),
    ("api.perplexity.ai", "perplexity"),
    ("googleapis.com", "gcp.gemini"),
)
"""Whose models answer at a host; anybody else is taken for OpenAI."""
_ASKED = (
    ("temperature", "gen_ai.request.temperature"),
    ("top_p", "gen_ai.request.top_p"),
    ("max_tokens", "gen_ai.request.max_tokens"),
    ("max_completion_tokens", "gen_ai.request.max_tokens"),
    ("max_output_tokens", "gen_ai.request.max_tokens"),
    ("seed", "gen_ai.request.seed"),
    ("frequency_penalty", "gen_ai.request.frequency_penalty"),
    ("presence_penalty", "gen_ai.request.presence_penalty"),
    ("service_tier", "gen_ai.openai.request.service_tier"),
    ("user", "gen_ai.request.user"),
)
_OTHERS = ("openinference.instrumentation.openai", "opentelemetry.instrumentation.openai", "opentelemetry.instrumentation.openai_v2")


def watch(module: ModuleType) -> None:
    """Tell of the calls of `openai`'s clients, unless somebody else does already."""
    if _told_by_another():
        return
    for kind in (module.OpenAI, module.AsyncOpenAI):
        if not hasattr(kind, _SEEN):
            setattr(kind, _SEEN, True)
            kind.request = _asking_async(kind.request) if kind is module.AsyncOpenAI else _asking(kind.request)


def _told_by_another() -> bool:
    for name in _OTHERS:
        instrumentor = getattr(sys.modules.get(name), "OpenAIInstrumentor", None)
        if instrumentor is not None and instrumentor().is_instrumented_by_opentelemetry:
            return True
    return False


def _asking(ask: Any) -> Any:
    def request(self: Any, cast_to: Any, options: Any, **how: Any) -> Any:
        call = _begun(self, options, how)
        if call is None:
            return ask(self, cast_to, options, **how)
        token = context.attach(call.inside)
        try:
            result = ask(self, cast_to, options, **how)
            call.answered(result)
        except BaseException as error:
            call.end(error)
            raise
        finally:
            context.detach(token)
        return result

    return request


def _asking_async(ask: Any) -> Any:
    async def request(self: Any, cast_to: Any, options: Any, **how: Any) -> Any:
        call = _begun(self, options, how)
        if call is None:
            return await ask(self, cast_to, options, **how)
        token = context.attach(call.inside)
        try:
            result = await ask(self, cast_to, options, **how)
            call.answered(result)
        except BaseException as error:
            call.end(error)
            raise
        finally:
            context.detach(token)
        return result

    return request


def _begun(client: Any, options: Any, how: Mapping[str, Any]) -> "Call | None":
    try:
        operation = _OPERATIONS.get(options.url)
        body = options.json_data
        if operation is None or not isinstance(body, Mapping):
            return None
        return Call(operation, body, str(client.base_url.host), streamed=bool(how.get("stream")))
    except Exception:
        log.debug("a call could not be told of", exc_info=True)
        return None


class Call:
    """One call and its span, until the last chunk of its answer."""

    __slots__ = ("_chunks", "_ended", "_first_ns", "_left_ns", "_longest_ns", "_operation", "_read", "_streamed", "inside", "span")

    def __init__(self, operation: str, body: Mapping[str, Any], host: str, *, streamed: bool) -> None:
        model = str(body.get("model", ""))
        facts: dict[str, Any] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": next((name for end, name in _PROVIDERS if host.endswith(end)), "openai"),
            "gen_ai.request.model": model,
            "server.address": host,
        }
        for name, key in _ASKED:
            value = body.get(name)
            if isinstance(value, str | int | float):
                facts[key] = value
        if streamed:
            facts["gen_ai.request.stream"] = True
        if STATE.content:
            facts |= _asked(operation, body)
        self._ended = False
        self._read = _Answer()
        self._chunks = 0
        self._first_ns = self._longest_ns = self._left_ns = 0
        self._operation = operation
        self._streamed = streamed
        self.span: Any = STATE.tracer.start_span(
            f"{operation} {model}", kind=SpanKind.CLIENT, attributes=facts, record_exception=False, set_status_on_exception=False
        )
        self.inside = context.set_value(CALL, self, trace.set_span_in_context(self.span))

    def __del__(self) -> None:
        if not self._ended:  # a stream that nobody read
            self.end()

    def answered(self, result: Any) -> None:
        """The client has its answer: whole, or about to be streamed."""
        try:
            if hasattr(result, "http_response"):
                kind = type(result).__name__
                if kind != "LegacyAPIResponse":  # its body is the application's to read
                    self.end()
                    return
                result = result.parse()  # which keeps what it parsed for the application
            if not self._streamed:
                self._read.take(result)
                self.span.set_attributes(self._read.facts())
                self.end()
        except Exception:
            log.debug("an answer could not be read", exc_info=True)
            self.end()

    def watched(self, source: Iterator[Any]) -> Iterator[Any]:
        """The chunks as they are, kept and timed."""
        take, clock = self._read.take, perf_counter_ns
        longest, begun = 0, False
        error: BaseException | None = None
        last = clock()
        try:
            for item in source:
                now = clock()
                if begun:
                    if now - last > longest:
                        self._longest_ns = longest = now - last
                elif begun := is_token(item):
                    self._first_ns = time_ns()
                take(item)
                self._chunks += 1
                yield item
                last = clock()
        except BaseException as problem:
            error = problem
            raise
        finally:
            self._streamed_out(error)

    async def watched_async(self, source: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The chunks as they are, kept and timed."""
        take, clock = self._read.take, perf_counter_ns
        longest, begun = 0, False
        error: BaseException | None = None
        last = clock()
        try:
            async for item in source:
                now = clock()
                if begun:
                    if now - last > longest:
                        self._longest_ns = longest = now - last
                elif begun := is_token(item):
                    self._first_ns = time_ns()
                take(item)
                self._chunks += 1
                yield item
                last = clock()
        except GeneratorExit as problem:
            error = problem
            await source.aclose()  # type: ignore[attr-defined]
            raise
        except BaseException as problem:
            error = problem
            raise
        finally:
            self._streamed_out(error)

    def left(self) -> None:
        """The consumer's loop is over. It may begin another one, for what remains; if it does not, this was the end."""
        if not self._ended:
            self._left_ns = time_ns()
            STATE.left.add(self)

    def give_up(self, before_ns: int) -> bool:
        """End a stream that was left before that moment, as of when it was left; whether it is ended."""
        if not self._ended and self._left_ns < before_ns:
            self._streamed_out(GeneratorExit())
        return self._ended

    def closed(self) -> None:
        """The application closed the stream."""
        if not self._ended:
            self._left_ns = time_ns()
            self._streamed_out(GeneratorExit())

    def _streamed_out(self, error: BaseException | None) -> None:
        if self._ended:
            return
        try:
            facts: dict[str, Any] = {"sightline.streamed": True, "sightline.chunks": self._chunks}
            if self._first_ns and self.span.start_time:
                facts["sightline.ttft_ns"] = self._first_ns - self.span.start_time
            if self._longest_ns:
                facts["sightline.stall_ns"] = self._longest_ns
            if isinstance(error, GeneratorExit):
                facts["sightline.stream_stopped"] = True
            self.span.set_attributes(facts)
            self.span.set_attributes(self._read.facts())
        except Exception:
            log.debug("a stream could not be read", exc_info=True)
        self.end(error)

    def end(self, error: BaseException | None = None) -> None:
        """The span's end; once."""
        if self._ended:
            return
        self._ended = True
        try:
            if error is not None and not isinstance(error, GeneratorExit | KeyboardInterrupt | SystemExit):
                status = getattr(error, "status_code", None)
                if isinstance(status, int):
                    self.span.set_attribute("http.response.status_code", status)
                self.span.record_exception(error)
                self.span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
            self.span.end(self._left_ns if self._left_ns and isinstance(error, GeneratorExit) else None)
        except Exception:
            log.debug("a call could not be ended", exc_info=True)
        STATE.left.discard(self)


def _asked(operation: str, body: Mapping[str, Any]) -> dict[str, str]:
    said: dict[str, str] = {}
    asked = body.get("messages", body.get("input", body.get("prompt")))
    if operation == "embeddings":
        said["input.value"] = _said.text_of(asked, STATE.chars)
    elif asked is not None:
        said |= _said.messages(asked, None, STATE.chars)
    if body.get("instructions"):
        said["gen_ai.system_instructions"] = _said.text_of([{"type": "text", "content": body["instructions"]}], STATE.chars)
    if body.get("tools"):
        said["gen_ai.tool.definitions"] = _said.text_of(body["tools"], STATE.chars)
    return said


def _about(answer: Any) -> dict[str, Any]:
    """What an answer says of itself, and what it used."""
    said = {"gen_ai.response.id": getattr(answer, "id", None), "gen_ai.response.model": getattr(answer, "model", None)}
    said["gen_ai.openai.response.service_tier"] = getattr(answer, "service_tier", None)
    return {key: value for key, value in said.items() if isinstance(value, str)} | _used(getattr(answer, "usage", None))


_USAGE = (
    ("gen_ai.usage.input_tokens", ("prompt_tokens", "input_tokens"), None),
    ("gen_ai.usage.output_tokens", ("completion_tokens", "output_tokens"), None),
    ("gen_ai.usage.cache_read.input_tokens", ("prompt_tokens_details", "input_tokens_details"), "cached_tokens"),
    ("sightline.input_audio_tokens", ("prompt_tokens_details", "input_tokens_details"), "audio_tokens"),
    ("gen_ai.usage.reasoning.output_tokens", ("completion_tokens_details", "output_tokens_details"), "reasoning_tokens"),
    ("sightline.output_audio_tokens", ("completion_tokens_details", "output_tokens_details"), "audio_tokens"),
)


def _used(usage: Any) -> dict[str, int]:
    said: dict[str, int] = {}
    for key, names, part in _USAGE if usage is not None else ():
        for name in names:
            value = getattr(usage, name, None)
            value = getattr(value, part, None) if part is not None else value
            if isinstance(value, int):
                said[key] = value
    return said


class _Answer:
    """An answer, whole or in chunks as they come. Texts are kept, not the chunks: objects that stay cost more than reading them."""

    __slots__ = ("about", "choices", "usage", "whole")

    def __init__(self) -> None:
        self.choices: dict[int, _Choice] = {}
        self.about: dict[str, Any] = {}
        self.usage: Any = None
        self.whole: Any = None

    def take(self, part: Any) -> None:
        """Read a whole answer, a chunk, or an event of the responses API. A shape that is none of them is none of ours."""
        try:
            said = part.__dict__
            listed = said.get("choices")
            if listed is None:
                self.whole = said.get("response") or (part if "output" in said or "data" in said else self.whole)
                return
            if not self.about:
                self.about = _about(part)
            for choice in listed:
                index = choice.index or 0
                made = self.choices.get(index)
                if made is None:
                    made = self.choices[index] = _Choice()
                made.take(choice)
            if (usage := said.get("usage")) is not None:
                self.usage = usage
        except Exception:
            log.debug("a chunk of an unknown shape", exc_info=True)

    def facts(self) -> dict[str, Any]:
        """What it says, as attributes."""
        if self.whole is not None:
            return _of_response(self.whole)
        facts = self.about | _used(self.usage)
        ordered = [self.choices[index] for index in sorted(self.choices)]
        reasons = [made.finish_reason for made in ordered if made.finish_reason]
        if reasons:
            facts["gen_ai.response.finish_reasons"] = reasons
        if STATE.content and ordered:
            facts["gen_ai.output.messages"] = _said.text_of([made.message() for made in ordered], STATE.chars)
        return facts


class _Choice:
    __slots__ = ("calls", "finish_reason", "reasoning", "refusal", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refusal: list[str] = []
        self.reasoning: list[str] = []
        self.calls: dict[int, dict[str, Any]] = {}
        self.finish_reason: str | None = None

    def take(self, choice: Any) -> None:
        said = choice.__dict__
        told = said.get("delta") or said.get("message")
        if told is None:
            self.texts.append(said.get("text") or "")
        else:
            parts = told.__dict__  # a model's own getattr costs a microsecond for what is not there
            if text := parts.get("content"):
                self.texts.append(text)
            if calls := parts.get("tool_calls"):
                self._called(calls)
            if refusal := parts.get("refusal"):
                self.refusal.append(refusal)
            if (extra := told.__pydantic_extra__) and isinstance(reasoning := extra.get("reasoning_content"), str):
                self.reasoning.append(reasoning)
        if reason := said.get("finish_reason"):
            self.finish_reason = reason

    def _called(self, calls: Iterable[Any]) -> None:
        for place, call in enumerate(calls):
            index = getattr(call, "index", None)
            made = self.calls.setdefault(place if index is None else index, {"type": "function", "function": {"name": "", "arguments": ""}})
            if call.id:
                made["id"] = call.id
            function = getattr(call, "function", None)
            if function is not None:
                made["function"]["name"] += function.name or ""
                made["function"]["arguments"] += function.arguments or ""

    def message(self) -> dict[str, Any]:
        made: dict[str, Any] = {"role": "assistant", "content": "".join(self.texts)}
        if self.calls:
            made["tool_calls"] = [self.calls[index] for index in sorted(self.calls)]
        if self.refusal:
            made["refusal"] = "".join(self.refusal)
        if self.reasoning:
            made["reasoning_content"] = "".join(self.reasoning)
        if self.finish_reason:
            made["finish_reason"] = self.finish_reason
        return made


def _of_response(whole: Any) -> dict[str, Any]:
    """What the responses API answered; of embeddings, what it used."""
    facts = _about(whole)
    status = getattr(whole, "status", None)
    output: list[dict[str, Any]] = []
    called = False
    for item in getattr(whole, "output", None) or ():
        if getattr(item, "type", "") == "function_call":
            called = True
            function = {"name": item.name, "arguments": item.arguments}
            output.append({"role": "assistant", "tool_calls": [{"id": item.call_id, "type": "function", "function": function}]})
        elif getattr(item, "type", "") == "message":
            texts = [getattr(piece, "text", None) or getattr(piece, "refusal", None) or "" for piece in item.content]
            output.append({"role": "assistant", "content": "".join(texts)})
    incomplete = getattr(getattr(whole, "incomplete_details", None), "reason", None)
    reason = {"max_output_tokens": "length", "content_filter": "content_filter"}.get(incomplete or "", "tool_calls" if called else "stop")
    if status in {"completed", "incomplete"}:
        facts["gen_ai.response.finish_reasons"] = [reason]
    if STATE.content and output:
        facts["gen_ai.output.messages"] = _said.text_of(output, STATE.chars)
    return facts
