"""What went in and came out of a span, whichever convention said it: messages, documents, tool calls, decisions.

Read from one span's raw attributes and events when somebody looks at it. The raw text is what is stored, so a better reader improves
old spans too. Nothing here raises for anything a sender may write; what can't be read stays visible among the attributes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

Json = Any
PartType = Literal["text", "reasoning", "image", "audio", "file", "tool_call", "tool_result", "other"]

_MOST_ITEMS = 5_000
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message; `raw` holds what no other field can."""

    type: PartType
    text: str | None = None
    tool_call_id: str | None = None
    tool_name: str | None = None
    arguments: Json = None
    result: Json = None
    uri: str | None = None
    mime_type: str | None = None
    raw: Json = None


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `role` is system, user, assistant or tool, else the sender's word."""

    role: str
    parts: tuple[Part, ...]
    name: str | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A retrieved document; `rank` counts from 1 in the order sent."""

    rank: int
    id: str | None = None
    score: float | None = None
    content: str | None = None
    metadata: Json = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The tool that a tool span ran."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    arguments: Json = None
    result: Json = None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything readable of a span's content; empty means that nothing was sent."""

    input_messages: tuple[Message, ...] = ()
    output_messages: tuple[Message, ...] = ()
    input_value: Json = None
    output_value: Json = None
    documents: tuple[Document, ...] = ()
    input_documents: tuple[Document, ...] = ()
    tool_call: ToolCall | None = None
    tool_definitions: tuple[Json, ...] = ()
    decision: Json = None
    state: Json = None
    expired: bool = False


EventView = Mapping[str, Json]
"""An event as the readers see it: `name`, `body` (a log record's, parsed; else None) and `attributes`."""


@dataclass(slots=True)
class _Raw:
    """A span's attributes with what the readers keep asking of them."""

    attributes: Mapping[str, Json]
    events: Sequence[EventView]
    kind: str
    trees: dict[str, Json] = field(default_factory=dict)

    def parsed(self, *keys: str) -> Json:
        """The first of the attributes that is there, as JSON where it is JSON text."""
        for key in keys:
            if (said := self.attributes.get(key)) not in (None, ""):
                return parse(said)
        return None

    def tree(self, prefix: str) -> Json:
        """`prefix.0.a.b = 1` and its like as lists and dicts; None where there is none."""
        if prefix not in self.trees:
            self.trees[prefix] = _unflatten(self.attributes, prefix)
        return self.trees[prefix]


def read_content(attributes: Mapping[str, Json], events: Sequence[EventView], kind: str) -> Content:
    """The content of one span. Every field is that of the first reader which finds any."""
    raw = _Raw(attributes, events, kind)
    found = Content()
    for reader in _READERS:
        said = reader(raw)
        empty = {f.name: value for f in fields(Content) if not getattr(found, f.name) and (value := getattr(said, f.name))}
        found = replace(found, **empty)
    return _less_repeated(_with_messages_from_values(found, kind))


def parse(said: Json) -> Json:
    """JSON text as what it says; anything else, and text that only looks like JSON, as it is."""
    if not isinstance(said, str):
        return said
    text = said.strip()
    if text[:1] not in ("{", "[", '"'):
        return said
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return said


def _unflatten(attributes: Mapping[str, Json], prefix: str) -> Json:
    root: dict[str, Json] = {}
    start = prefix + "."
    count = 0
    for key, value in attributes.items():
        if not key.startswith(start):
            continue
        count += 1
        if count > _MOST_ITEMS:
            break
        node = root
        path = key[len(start) :].split(".", 30)
        for name in path[:-1]:
            inner = node.get(name)
            if not isinstance(inner, dict):
                inner = node[name] = {}
            node = inner
        node.setdefault(path[-1], value)
    return _listed(root) if root else None


def _listed(node: Json) -> Json:
    """Dicts whose keys are all numbers become lists in their numeric order: holes close, and a huge index costs nothing."""
    if not isinstance(node, dict):
        return node
    made = {name: _listed(value) for name, value in node.items()}
    if made and all(name.isascii() and name.isdigit() and len(name) < 19 for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made


def _items(said: Json) -> list[Json]:
    return said[:_MOST_ITEMS] if isinstance(said, list) else []


def _text(said: Json) -> str | None:
    if said is None or said == "":
        return None
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)


def _first(of: Mapping[str, Json], *names: str) -> Json:
    return next((of[name] for name in names if of.get(name) not in (None, "", [], {})), None)


_ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "function": "tool",
    "developer": "system",
    "HumanMessage": "user",
}
_ROLES |= {"AIMessage": "assistant", "AIMessageChunk": "assistant", "SystemMessage": "system", "ToolMessage": "tool"}


def messages(said: Json, *, role: str = "user", depth: int = 0) -> tuple[Message, ...]:
    """A conversation from whatever a library calls one: a list of turns, a single turn, or bare text said by `role`."""
    said = parse(said)
    if said in (None, "", [], {}) or depth > _DEEPEST:
        return ()
    if isinstance(said, str):
        return (Message(role, (Part("text", text=said),)),)
    if isinstance(said, list):
        if said and all(isinstance(item, dict) and "type" in item and not _is_turn(item) for item in said):
            return _message({"role": role, "content": said}, role)  # parts of one turn
        return tuple(turn for item in _items(said) for turn in messages(item, role=role, depth=depth + 1))
    return _message(said, role) if isinstance(said, dict) else ()


def _is_turn(item: Mapping[str, Json]) -> bool:
    return any(name in item for name in ("role", "parts", "kwargs", "data", "message")) or item.get("type") in {
        "human", "ai", "system", "tool", "message", "function_call", "function_call_output", "request", "response",
    }  # fmt: skip


def _message(said: Mapping[str, Json], role: str) -> tuple[Message, ...]:
    if isinstance(inner := said.get("message"), dict) and "role" not in said:  # OpenInference, OpenAI's choices, LangChain's generations
        turns = messages(inner, role=role, depth=1)
        reason = _text(said.get("finish_reason"))
        return tuple(replace(turn, finish_reason=turn.finish_reason or reason) for turn in turns)
    for wrapper in ("kwargs", "data"):  # LangChain's serialised messages
        if isinstance(inner := said.get(wrapper), dict) and "content" in inner:
            kind = said.get("type") if wrapper == "data" else (said.get("id") or [""])[-1] if isinstance(said.get("id"), list) else ""
            return _message({"role": _ROLES.get(str(kind), str(kind) or role), **inner, "type": None}, role)
    if said.get("type") in {"function_call", "function_call_output"}:  # OpenAI's Responses
        return (Message("assistant" if said["type"] == "function_call" else "tool", (_part(said),)),)
    who = _text(said.get("role")) or _text(said.get("type")) or role
    who = _ROLES.get(who, who)
    content = said.get("parts") if said.get("parts") else _first(said, "content", "contents", "text")
    parts = [part for part in _parts(content) if part != Part("text", text="")]
    if who == "tool" and said.get("tool_call_id") and all(part.type == "text" for part in parts):
        result = parse("".join(part.text or "" for part in parts))
        parts = [Part("tool_result", tool_call_id=_text(said["tool_call_id"]), tool_name=_text(said.get("name")), result=result)]
    if not any(part.type == "tool_call" for part in parts):
        parts.extend(_tool_part(call) for call in _items(said.get("tool_calls")))
    if isinstance(reasoning := said.get("reasoning_content"), str) and reasoning:
        parts.insert(0, Part("reasoning", text=reasoning))
    if not parts:
        return ()
    return (Message(who, tuple(parts), _text(said.get("name")), _text(_first(said, "finish_reason", "stop_reason"))),)


def _parts(content: Json) -> list[Part]:
    if isinstance(content, str):
        return [Part("text", text=content)]
    if isinstance(content, dict):
        return [_part(content)]
    return [Part("text", text=item) if isinstance(item, str) else _part(item) for item in _items(content) if isinstance(item, str | dict)]


def _part(said: Mapping[str, Json]) -> Part:
    if isinstance(inner := said.get("message_content"), dict):  # OpenInference
        return _part(inner)
    read = _PARTS.get(str(said.get("type") or said.get("part_kind") or "").replace("-", "_"))
    if read is not None:
        return read(said)
    text = _first(said, "content", "text")
    return Part("text", text=text) if isinstance(text, str) else Part("other", raw=dict(said))


def _text_part(said: Mapping[str, Json]) -> Part:
    text = _first(said, "content", "text", "output_text", "input_text", "refusal")
    return Part("text", text=_text(text) or "")


def _reasoning_part(said: Mapping[str, Json]) -> Part:
    return Part("reasoning", text=_text(_first(said, "content", "thinking", "text", "summary")) or "")


def _tool_part(said: Json) -> Part:
    if not isinstance(said, dict):
        return Part("other", raw=said)
    if isinstance(inner := said.get("tool_call"), dict):  # OpenInference
        said = inner
    function = said.get("function") if isinstance(said.get("function"), dict) else said
    arguments = _first(function, "arguments", "input", "args")
    return Part(
        "tool_call",
        tool_call_id=_text(_first(said, "call_id", "id", "toolCallId", "tool_call_id")),
        tool_name=_text(_first(function, "name", "toolName", "tool_name")),
        arguments=parse(arguments),
    )


def _result_part(said: Mapping[str, Json]) -> Part:
    return Part(
        "tool_result",
        tool_call_id=_text(_first(said, "tool_call_id", "tool_use_id", "call_id", "id", "toolCallId")),
        tool_name=_text(_first(said, "name", "toolName", "tool_name")),
        result=parse(_first(said, "response", "result", "output", "content")),
    )


def _media_part(said: Mapping[str, Json]) -> Part:
    kind = str(said.get("modality") or said.get("type") or "")
    kinds: dict[str, PartType] = {
        "image": "image",
        "input_image": "image",
        "image_url": "image",
        "audio": "audio",
        "input_audio": "audio",
    }
    url = _first(said, "uri", "url", "image_url", "image")
    while isinstance(url, dict):
        url = _first(url, "url", "image")
    return Part(kinds.get(kind, "file"), uri=_text(url), mime_type=_text(_first(said, "mime_type", "mediaType", "media_type")))


_PARTS = {
    "text": _text_part,
    "input_text": _text_part,
    "output_text": _text_part,
    "refusal": _text_part,
    "user_prompt": _text_part,
    "system_prompt": _text_part,
    "reasoning": _reasoning_part,
    "thinking": _reasoning_part,
    "tool_call": _tool_part,
    "tool_use": _tool_part,
    "function_call": _tool_part,
    "tool_call_response": _result_part,
    "tool_result": _result_part,
    "tool_return": _result_part,
    "function_call_output": _result_part,
    "image": _media_part,
    "image_url": _media_part,
    "input_image": _media_part,
    "audio": _media_part,
    "input_audio": _media_part,
    "file": _media_part,
    "blob": _media_part,
    "uri": _media_part,
}


def documents(said: Json) -> tuple[Document, ...]:
    """Retrieved documents from a list of them, or an object that holds one."""
    said = parse(said)
    if isinstance(said, dict):
        said = _first(said, "documents", "results", "matches", "data", "nodes")
    made: list[Document] = []
    for item in _items(said):
        of = item.get("document", item) if isinstance(item, dict) else {"content": item}
        if not isinstance(of, dict):
            continue
        score = _first(of, "score", "relevance_score", "similarity")
        made.append(
            Document(
                rank=len(made) + 1,
                id=_text(_first(of, "id", "document_id", "doc_id")),
                score=float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None,
                content=_text(_first(of, "content", "page_content", "text", "snippet")),
                metadata=parse(_first(of, "metadata", "source")),
            )
        )
    return tuple(made)


def _sightline(raw: _Raw) -> Content:
    return Content(decision=raw.parsed("sightline.decision"), state=raw.parsed("sightline.state"))


def _genai(raw: _Raw) -> Content:
    return _genai_words(raw, raw.kind)


def _genai_words(raw: _Raw, kind: str) -> Content:
    system = messages(raw.parsed("gen_ai.system_instructions"), role="system")
    tool = ToolCall(
        id=_text(raw.parsed("gen_ai.tool.call.id")),
        name=_text(raw.parsed("gen_ai.tool.name")),
        description=_text(raw.parsed("gen_ai.tool.description")),
        arguments=raw.parsed("gen_ai.tool.call.arguments", "tool_arguments"),
        result=raw.parsed("gen_ai.tool.call.result", "tool_response"),
    )
    query = raw.attributes.get("gen_ai.retrieval.query.text")
    return Content(
        input_messages=system + messages(raw.parsed("gen_ai.input.messages")),
        output_messages=messages(raw.parsed("gen_ai.output.messages"), role="assistant"),
        documents=documents(raw.parsed("gen_ai.retrieval.documents")),
        tool_call=tool if kind == "tool" and (tool.name or tool.arguments) else None,
        tool_definitions=tuple(_items(raw.parsed("gen_ai.tool.definitions"))),
        input_value=query,
    )


def _openinference(raw: _Raw) -> Content:
    tool = ToolCall(
        id=_text(_first(raw.attributes, "tool_call.id", "tool.id")),
        name=_text(_first(raw.attributes, "tool.name", "tool_call.function.name")),
        description=_text(raw.attributes.get("tool.description")),
        arguments=raw.parsed("tool_call.function.arguments", "input.value", "tool.parameters"),
        result=raw.parsed("output.value"),
    )
    return Content(
        input_messages=messages(raw.tree("llm.input_messages")),
        output_messages=messages(raw.tree("llm.output_messages"), role="assistant"),
        documents=documents(raw.tree("retrieval.documents") or raw.tree("reranker.output_documents")),
        input_documents=documents(raw.tree("reranker.input_documents")),
        tool_call=tool if raw.kind == "tool" and tool.name else None,
        tool_definitions=tuple(
            parse(_first(item, "tool", "json_schema") or item) for item in _items(raw.tree("llm.tools")) if isinstance(item, dict)
        ),
        input_value=raw.parsed("input.value"),
        output_value=raw.parsed("output.value"),
    )


def _openllmetry(raw: _Raw) -> Content:
    name = _text(raw.attributes.get("traceloop.entity.name"))
    said, got = raw.parsed("traceloop.entity.input"), raw.parsed("traceloop.entity.output")
    return Content(
        input_messages=messages(raw.tree("gen_ai.prompt")),
        output_messages=messages(raw.tree("gen_ai.completion"), role="assistant"),
        tool_call=ToolCall(name=name, arguments=said, result=got) if raw.kind == "tool" and name else None,
        input_value=said,
        output_value=got,
    )


def _langfuse(raw: _Raw) -> Content:
    said = raw.parsed("langfuse.observation.input", "langfuse.trace.input")
    got = raw.parsed("langfuse.observation.output", "langfuse.trace.output")
    return Content(input_value=said, output_value=got, documents=documents(got) if raw.kind == "retrieval" else ())


def _vercel(raw: _Raw) -> Content:
    prompt = raw.parsed("ai.prompt")
    system = messages(prompt.get("system"), role="system") if isinstance(prompt, dict) else ()
    asked = messages(raw.parsed("ai.prompt.messages"))
    if not asked and isinstance(prompt, dict):
        asked = messages(_first(prompt, "messages", "prompt"))
    answer = messages(raw.parsed("ai.response.text"), role="assistant")
    calls = tuple(_tool_part(call) for call in _items(raw.parsed("ai.response.toolCalls")))
    if calls:
        answer += (Message("assistant", calls),)
    name = _text(raw.attributes.get("ai.toolCall.name"))
    tool = ToolCall(
        _text(raw.attributes.get("ai.toolCall.id")), name, None, raw.parsed("ai.toolCall.args"), raw.parsed("ai.toolCall.result")
    )
    return Content(
        input_messages=system + asked,
        output_messages=answer,
        tool_call=tool if name else None,
        input_value=prompt if isinstance(prompt, str) else raw.parsed("ai.value", "ai.values"),
        output_value=raw.parsed("ai.response.object"),
    )


def _pydantic(raw: _Raw) -> Content:
    turns = messages(raw.parsed("pydantic_ai.all_messages", "all_messages_events"))
    return Content(input_messages=turns, output_value=raw.parsed("final_result"))


def _mlflow(raw: _Raw) -> Content:
    return Content(input_value=raw.parsed("mlflow.spanInputs"), output_value=raw.parsed("mlflow.spanOutputs"))


_EVENT_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def _from_events(raw: _Raw) -> Content:
    """Content that came as log records or span events: the new one with everything, or the older ones, one per message."""
    asked: list[Message] = []
    answered: list[Message] = []
    whole = Content()
    for event in raw.events:
        said = event["body"] if isinstance(event["body"], dict) else dict(event["attributes"])
        if event["name"] == "gen_ai.client.inference.operation.details":
            whole = _genai_words(_Raw(said | dict(event["attributes"]), (), raw.kind), raw.kind)
        elif event["name"] in _EVENT_ROLES:
            asked.extend(messages({"role": _EVENT_ROLES[event["name"]]} | said))
        elif event["name"] == "gen_ai.choice":
            answered.extend(messages(said, role="assistant"))
        elif event["name"] in {"gen_ai.content.prompt", "gen_ai.content.completion"}:
            text = _first(event["attributes"], "gen_ai.prompt", "gen_ai.completion")
            (asked if event["name"].endswith("prompt") else answered).extend(
                messages(text, role="user" if event["name"].endswith("prompt") else "assistant")
            )
    return Content(
        input_messages=whole.input_messages or tuple(asked),
        output_messages=whole.output_messages or tuple(answered),
        documents=whole.documents,
        tool_call=whole.tool_call,
        tool_definitions=whole.tool_definitions,
    )


_READERS = (_sightline, _genai, _openinference, _vercel, _openllmetry, _langfuse, _pydantic, _mlflow, _from_events)


def _with_messages_from_values(content: Content, kind: str) -> Content:
    """An LLM span that only kept the raw call: the conversation is in there."""
    if kind not in {"llm", "agent", "chain", "request"}:
        return content
    asked, answered = content.input_messages, content.output_messages
    return replace(
        content,
        input_messages=asked or _conversation(content.input_value, "user", bare=kind == "llm"),
        output_messages=answered or _conversation(content.output_value, "assistant", bare=kind == "llm"),
    )


def _conversation(said: Json, role: str, *, bare: bool) -> tuple[Message, ...]:
    """Messages out of a provider's own request or response; `bare` text counts as one."""
    if isinstance(said, str):
        return messages(said, role=role) if bare else ()
    if isinstance(said, list):
        return messages(said, role=role) if any(isinstance(item, dict) and _is_turn(item) for item in said) else ()
    if not isinstance(said, dict):
        return ()
    system = messages(_first(said, "system", "instructions"), role="system")
    turns = _first(said, "messages", "choices", "generations", "candidates", "output", "input", "contents")
    if turns is None and "content" in said:
        turns = said
    if not isinstance(turns, dict | list) and not (bare and isinstance(turns, str)):
        return ()
    return system + messages(turns, role=role)


def _less_repeated(content: Content) -> Content:
    """Values that say again what the messages say are left to the attributes."""
    return replace(
        content,
        input_value=None if content.input_messages and _is_call(content.input_value) else content.input_value,
        output_value=None if content.output_messages and _repeats(content.output_value, content.output_messages) else content.output_value,
    )


def _is_call(value: Json) -> bool:
    return isinstance(value, dict) and any(name in value for name in ("messages", "input", "contents", "model"))


def _repeats(value: Json, said: Iterable[Message]) -> bool:
    if isinstance(value, str):
        return value in {"".join(part.text or "" for part in turn.parts) for turn in said}
    return isinstance(value, dict) and any(
        name in value for name in ("choices", "generations", "output", "content", "candidates", "messages")
    )
