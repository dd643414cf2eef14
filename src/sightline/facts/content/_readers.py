"""How each convention says content: one reader for each, tried in the order of READERS."""

from collections.abc import Callable
from dataclasses import replace

from sightline.facts.content._documents import documents, placed, ranked
from sightline.facts.content._events import from_events
from sightline.facts.content._messages import messages
from sightline.facts.content._parts import tool_call_part
from sightline.facts.content._raw import Raw, first, items, parse, text, word
from sightline.facts.content._semconv import semconv
from sightline.facts.content._shapes import Content, Document, EventView, Json, Message, ToolCall


def _sightline(raw: Raw) -> Content:
    return Content(decision=raw.parsed("sightline.decision"), state=raw.parsed("sightline.state"))


def _openinference(raw: Raw) -> Content:
    return Content(
        input_messages=messages(raw.tree("llm.input_messages")) or _completion(raw.tree("llm.prompts"), "prompt", "user") or _template(raw),
        output_messages=messages(raw.tree("llm.output_messages"), role="assistant")
        or _completion(raw.tree("llm.choices"), "completion", "assistant"),
        documents=documents(raw.tree("retrieval.documents") or raw.tree("reranker.output_documents")),
        input_documents=documents(raw.tree("reranker.input_documents")),
        tool_call=ToolCall(
            id=raw.text("tool_call.id", "tool.id"),
            name=raw.text("tool.name", "tool_call.function.name"),
            description=raw.text("tool.description"),
            arguments=raw.parsed("tool_call.function.arguments"),
        ),
        tool_definitions=tuple(
            parse(first(item, "tool", "json_schema") or item) for item in items(raw.tree("llm.tools")) if isinstance(item, dict)
        ),
        input_value=_embedded(raw.tree("embedding.embeddings")) or raw.parsed("reranker.query", "input.value"),
        output_value=raw.parsed("output.value"),
    )


def _completion(said: Json, field: str, role: str) -> tuple[Message, ...]:
    """Prompts and choices of a completion without turns."""
    return tuple(turn for item in items(said) if isinstance(item, dict) for turn in messages(item.get(field), role=role))


def _template(raw: Raw) -> tuple[Message, ...]:
    """A prompt that was sent as a template and what to put into it."""
    template, given = raw.text("llm.prompt_template.template"), raw.parsed("llm.prompt_template.variables")
    if template is None or raw.kind != "llm":
        return ()
    for name, value in given.items() if isinstance(given, dict) else ():
        template = template.replace("{" + name + "}", text(value) or "")
    return messages([{"role": "user", "content": template}])


def _embedded(said: Json) -> list[str]:
    inner = [place for item in items(said) if isinstance(item, dict) and isinstance(place := item.get("embedding"), dict)]
    return [found for place in inner if (found := text(place.get("text"))) is not None]


def _openllmetry(raw: Raw) -> Content:
    asked = raw.tree("gen_ai.prompt")
    found = Content(
        input_messages=messages(asked),
        output_messages=messages(raw.tree("gen_ai.completion"), role="assistant"),
        tool_call=ToolCall(name=raw.text("traceloop.entity.name") if raw.kind == "tool" else None),
        tool_definitions=tuple(items(raw.tree("llm.request.functions"))),
        input_value=raw.parsed("traceloop.entity.input"),
        output_value=raw.parsed("traceloop.entity.output"),
    )
    return _reranked(found, asked, raw.tree("gen_ai.completion")) if raw.kind == "rerank" else found


def _reranked(found: Content, asked: Json, answered: Json) -> Content:
    """A reranker's documents are its prompts of the role system; the query is the user's."""
    turns = [turn for turn in items(asked) if isinstance(turn, dict)]
    given = tuple(
        Document(rank, content=text(turn.get("content")))
        for rank, turn in enumerate((turn for turn in turns if word(turn, "role") == "system"), start=1)
    )
    return replace(
        found,
        input_messages=messages([turn for turn in turns if word(turn, "role") != "system"]),
        output_messages=(),
        input_documents=given,
        documents=ranked(given, answered),
    )


def _langfuse(raw: Raw) -> Content:
    return Content(
        input_value=raw.parsed("langfuse.observation.input", "langfuse.trace.input"),
        output_value=raw.parsed("langfuse.observation.output", "langfuse.trace.output"),
    )


def _vercel(raw: Raw) -> Content:
    prompt = raw.parsed("ai.prompt")
    system, asked = (prompt.get("system"), first(prompt, "messages", "prompt")) if isinstance(prompt, dict) else (None, None)
    answer = raw.attributes.get("ai.response.text")
    calls = tuple(tool_call_part(call) for call in items(raw.parsed("ai.response.toolCalls")))
    embedded = [parse(value) for value in items(raw.parsed("ai.values"))]
    given = documents([parse(one) for one in items(raw.parsed("ai.documents"))])
    return Content(
        input_documents=given,
        documents=placed(given, [parse(one) for one in items(raw.parsed("ai.ranking"))]),
        input_messages=messages(system, role="system") + (messages(raw.parsed("ai.prompt.messages")) or messages(asked)),
        output_messages=messages(answer, role="assistant") + ((Message("assistant", calls),) if calls else ()),
        tool_call=ToolCall(
            id=raw.text("ai.toolCall.id"),
            name=raw.text("ai.toolCall.name"),
            arguments=raw.parsed("ai.toolCall.args"),
            result=raw.parsed("ai.toolCall.result"),
        ),
        tool_definitions=tuple(parse(tool) for tool in items(raw.parsed("ai.prompt.tools"))),
        input_value=prompt if isinstance(prompt, str) else embedded or raw.parsed("ai.value"),
        output_value=raw.parsed("ai.response.object"),
    )


def _pydantic(raw: Raw) -> Content:
    """Pydantic AI and Logfire. A whole run's messages end with what came out."""
    whole = messages(raw.parsed("pydantic_ai.all_messages")) or _listed_events(raw, "all_messages_events").input_messages
    last_asked = max((place for place, turn in enumerate(whole, start=1) if turn.role != "assistant"), default=0)
    call = _listed_events(raw, "events")
    offered = raw.parsed("model_request_parameters")
    response = raw.parsed("response_data")
    streamed = response.get("combined_chunk_content") if isinstance(response, dict) else None
    return Content(
        input_messages=whole[:last_asked] or call.input_messages,
        output_messages=whole[last_asked:] or call.output_messages or messages(streamed, role="assistant"),
        tool_definitions=tuple(items(offered.get("function_tools"))) if isinstance(offered, dict) else (),
        input_value=raw.parsed("request_data"),
        output_value=raw.parsed("final_result") or response,
    )


def _listed_events(raw: Raw, key: str) -> Content:
    """Events that were sent as one attribute, a JSON list."""
    said = [event for event in items(raw.parsed(key)) if isinstance(event, dict)]
    events: list[EventView] = [{"name": word(event, "event.name"), "body": event, "attributes": {}} for event in said]
    return from_events(Raw({}, events, raw.kind))


def _mlflow(raw: Raw) -> Content:
    return Content(
        tool_call=ToolCall(name=text(raw.parsed("mlflow.spanFunctionName")) if raw.kind == "tool" else None),
        tool_definitions=tuple(items(raw.parsed("mlflow.chat.tools"))),
        input_value=raw.parsed("mlflow.spanInputs"),
        output_value=raw.parsed("mlflow.spanOutputs"),
    )


def _adk(raw: Raw) -> Content:
    return Content(
        tool_call=ToolCall(arguments=raw.parsed("gcp.vertex.agent.tool_call_args"), result=raw.parsed("gcp.vertex.agent.tool_response")),
        input_value=raw.parsed("gcp.vertex.agent.llm_request"),
        output_value=raw.parsed("gcp.vertex.agent.llm_response"),
    )


_HAYSTACK = ("haystack.agent.step.llm.{}", "haystack.component.{}", "haystack.agent.{}", "haystack.pipeline.{}_data")


def _genkit(raw: Raw) -> Content:
    return Content(input_value=raw.parsed("genkit:input"), output_value=raw.parsed("genkit:output"))


def _mcp(raw: Raw) -> Content:
    """OpenLLMetry's spans of the Model Context Protocol."""
    asked, answered = raw.parsed("mcp.request.argument"), raw.parsed("mcp.response.value")
    return Content(
        tool_call=ToolCall(arguments=asked, result=answered) if raw.kind == "tool" else None,
        input_value=asked,
        output_value=answered,
    )


def _haystack(raw: Raw) -> Content:
    return Content(
        tool_call=ToolCall(
            name=raw.text("haystack.tool.name"),
            description=raw.text("haystack.tool.description"),
            arguments=raw.parsed("haystack.agent.step.tool.input"),
            result=raw.parsed("haystack.agent.step.tool.output"),
        ),
        input_value=raw.parsed(*(key.format("input") for key in _HAYSTACK)),
        output_value=raw.parsed(*(key.format("output") for key in _HAYSTACK)),
    )


READERS: tuple[Callable[[Raw], Content], ...] = (
    _sightline,
    semconv,
    _openinference,
    _vercel,
    _openllmetry,
    _langfuse,
    _pydantic,
    _mlflow,
    _adk,
    _haystack,
    _genkit,
    _mcp,
    from_events,
)
