"""What can be said of a step or of any other span that is current: documents, usage, decisions and the like."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span

from sightline.sdk import _said
from sightline.sdk._options import log
from sightline.sdk._state import STATE

Fact = str | bool | int | float


class Recorder:
    """Records facts on one span. No method raises, and none does anything where nothing is recorded."""

    __slots__ = ("_after", "_before", "_span")

    def __init__(self, span: Span) -> None:
        self._span = span
        self._before: object = None
        self._after: object = None

    @property
    def span(self) -> Span:
        """OpenTelemetry's span."""
        return self._span

    @property
    def trace_id(self) -> str:
        """32 hex digits; zeros where nothing is recorded."""
        return trace.format_trace_id(self._span.get_span_context().trace_id)

    @property
    def span_id(self) -> str:
        """16 hex digits; zeros where nothing is recorded."""
        return trace.format_span_id(self._span.get_span_context().span_id)

    def set(self, facts: Mapping[str, Any]) -> None:
        """Attributes of your own, by their names."""
        try:
            self._span.set_attributes(facts)
        except Exception:
            log.debug("a fact could not be recorded", exc_info=True)

    def input(self, value: object) -> None:
        """What the step was given: text as it is, anything else as JSON."""
        if STATE.content:
            self.set({"input.value": _said.text_of(value, STATE.chars)})

    def output(self, value: object) -> None:
        """What came out of it."""
        if STATE.content:
            self.set({"output.value": _said.text_of(value, STATE.chars)})

    def model(
        self,
        name: str | None = None,
        *,
        provider: str | None = None,
        answered_by: str | None = None,
        response_id: str | None = None,
        finish_reason: str | None = None,
    ) -> None:
        """Which model was asked, and which one `answered_by`; `provider` as OpenTelemetry names it: openai, anthropic, aws.bedrock …"""
        said = {
            "gen_ai.request.model": name,
            "gen_ai.provider.name": provider,
            "gen_ai.response.model": answered_by,
            "gen_ai.response.id": response_id,
            "sightline.finish_reason": finish_reason,
        }
        self.set({key: value for key, value in said.items() if value is not None})

    def messages(self, asked: Sequence[object] | str | None = None, answered: Sequence[object] | str | None = None) -> None:
        """The conversation with a model: messages as its API has them, or a text for a single one."""
        if STATE.content:
            self.set(_said.messages(asked, answered, STATE.chars))

    def usage(
        self,
        *,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cache_read_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        reasoning_tokens: int | None = None,
        cost_usd: float | None = None,
    ) -> None:
        """Tokens: the input includes what was read from and written to a cache, the output includes reasoning. What is None is unknown."""
        said = {
            "sightline.input_tokens": input_tokens,
            "sightline.output_tokens": output_tokens,
            "sightline.cache_read_tokens": cache_read_tokens,
            "sightline.cache_write_tokens": cache_write_tokens,
            "sightline.reasoning_tokens": reasoning_tokens,
            "sightline.cost_usd": cost_usd,
        }
        self.set({key: value for key, value in said.items() if value is not None})

    def documents(self, found: Iterable[object], *, query: str | None = None, index_version: str | None = None) -> None:
        """What a search found, best first: texts, mappings with id, score and content, (document, score) pairs, a framework's objects."""
        try:
            said: dict[str, Fact] = dict(_said.documents(found, STATE.chars, content=STATE.content))
        except Exception:
            log.debug("documents could not be read", exc_info=True)
            said = {}
        if query is not None and STATE.content:
            said["sightline.query"] = query
        if index_version is not None:
            said["sightline.index_version"] = index_version
        self.set(said)

    def cache(self, *, hit: bool) -> None:
        """Whether your own cache answered instead of a model or tool."""
        self.set({"sightline.served_from_cache": hit})

    def prompt(self, name: str, version: str | int | None = None, *, variables: Mapping[str, object] | None = None) -> None:
        """The template that the prompt was made from, and with what."""
        said: dict[str, Fact] = {"sightline.prompt_name": name}
        if version is not None:
            said["sightline.prompt_version"] = str(version)
        if variables is not None and STATE.content:
            said["llm.prompt_template.variables"] = _said.text_of(variables, STATE.chars)
        self.set(said)

    def retry(self, attempt: int) -> None:
        """This is attempt number `attempt`; the first is 1."""
        self.set({"sightline.attempt": attempt})

    def fallback(self, of: "Recorder | str") -> None:
        """This stands in for the step `of`, or the span with that id, which failed."""
        self.set({"sightline.fallback_of": of if isinstance(of, str) else of.span_id})

    def tool(self, name: str | None = None, *, failed: bool | None = None) -> None:
        """The tool that was called; `failed` when it said so in an answer that is no exception."""
        said: dict[str, Fact] = {}
        if name is not None:
            said["sightline.tool_name"] = name
        if failed is not None:
            said["sightline.tool_is_error"] = failed
        self.set(said)

    def decision(
        self, chosen: object, *, alternatives: Iterable[object] = (), reason: str | None = None, confidence: float | None = None
    ) -> None:
        """What a router, guardrail, reranker or the choice of a tool decided: what, from what, why, how sure (0 to 1)."""
        said = {"chosen": chosen, "alternatives": list(alternatives), "reason": reason, "confidence": confidence}
        if STATE.content:
            self.set({"sightline.decision": _said.text_of({key: value for key, value in said.items() if value is not None}, STATE.chars)})

    def state(self, *, before: object = None, after: object = None) -> None:
        """The step's state before and after it; the two may be said one by one."""
        self._before = self._before if before is None else before
        self._after = self._after if after is None else after
        if STATE.content:
            said = {key: value for key, value in (("before", self._before), ("after", self._after)) if value is not None}
            self.set({"sightline.state": _said.text_of(said, STATE.chars)})

    def keep_content(self) -> None:
        """Whatever `init(keep_content=…)` says, this request keeps its content."""
        self.set({"sightline.keep_content": True})
