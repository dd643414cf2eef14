"""One span's content, read when somebody looks at it: what the conventions say, put together.

The raw text is what is stored, so a better reader improves old spans too. Nothing here raises for anything a sender may write; what
can't be read stays visible among the attributes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace

from sightline.facts.content._documents import documents
from sightline.facts.content._messages import conversation
from sightline.facts.content._raw import Raw, first_said, items
from sightline.facts.content._readers import READERS
from sightline.facts.content._shapes import Content, EventView, Json, Message, Part, ToolCall

_CONVERSING = {"llm", "agent", "chain", "request"}


def read_content(attributes: Mapping[str, Json], events: Sequence[EventView], kind: str) -> Content:
    """The content of one span. Every field is that of the first reader which finds any, a tool call's too."""
    raw = Raw(attributes, events, kind)
    found = Content()
    for reader in READERS:
        found = _merged(found, reader(raw))
    for finish in _FINISHING:
        found = finish(found, kind)
    return found


def _merged(found: Content, more: Content) -> Content:
    new = {f.name: value for f in fields(Content) if not getattr(found, f.name) and (value := getattr(more, f.name))}
    return replace(found, **new | {"tool_call": _merged_call(found.tool_call, more.tool_call)})


def _merged_call(found: ToolCall | None, more: ToolCall | None) -> ToolCall | None:
    if found is None or more is None:
        return found or more
    return replace(found, **{f.name: getattr(more, f.name) for f in fields(ToolCall) if getattr(found, f.name) is None})


def _documents_from_values(content: Content, kind: str) -> Content:
    """A search that only kept what it returned."""
    if kind not in {"retrieval", "rerank"} or content.documents:
        return content
    return replace(content, documents=documents(content.output_value))


def _tool_call_from_values(content: Content, kind: str) -> Content:
    """A tool that only kept its call as any function's, or as messages: its arguments and result are in there."""
    call = None if content.tool_call == ToolCall() else content.tool_call
    if kind != "tool":
        return replace(content, tool_call=call)
    asked = _part(content.input_messages, "tool_call")
    answered = _part(content.output_messages, "tool_result")
    for more in (
        ToolCall(asked.tool_call_id, asked.tool_name, None, asked.arguments, answered.result),
        ToolCall(arguments=_named(content.input_value), result=content.output_value),
    ):
        call = _merged_call(call, more)
    return replace(content, tool_call=None if call == ToolCall() else call)


def _part(turns: Iterable[Message], type_: str) -> Part:
    return next((part for turn in turns for part in turn.parts if part.type == type_), Part("other"))


def _named(said: Json) -> Json:
    """A call by names alone as these names; one by position as it was sent."""
    if isinstance(said, dict) and said.keys() <= {"args", "kwargs", "sanitize_inputs_outputs"} and not said.get("args"):
        return said.get("kwargs", said)
    return said


def _messages_from_values(content: Content, kind: str) -> Content:
    """A span that only kept the raw call: the conversation is in there."""
    if kind not in _CONVERSING:
        return content
    asked = content.input_messages or conversation(content.input_value, "user", bare=kind == "llm")
    raw = conversation(content.output_value, "assistant", bare=kind == "llm")
    answered = _whole_calls(content.output_messages, raw) or raw
    return replace(content, input_messages=asked, output_messages=_new(answered, asked))


def _whole_calls(answered: tuple[Message, ...], raw: tuple[Message, ...]) -> tuple[Message, ...]:
    """Calls whose arguments were left out, as OpenInference does with empty ones, with those of the raw answer's same call."""
    given: dict[str | None, Json] = {
        part.tool_call_id: part.arguments for turn in raw for part in turn.parts if part.type == "tool_call" and part.tool_call_id
    }

    def whole(part: Part) -> Part:
        left_out = part.type == "tool_call" and part.arguments is None and part.tool_call_id in given
        return replace(part, arguments=given[part.tool_call_id]) if left_out else part

    return tuple(replace(turn, parts=tuple(map(whole, turn.parts))) for turn in answered) if given else answered


def _new(answered: tuple[Message, ...], asked: tuple[Message, ...]) -> tuple[Message, ...]:
    """What an agent adds to a conversation, where it gives back the whole."""

    def said(turns: Iterable[Message]) -> list[tuple[str, list[str | None]]]:
        return [(turn.role, [part.text or part.tool_call_id for part in turn.parts]) for turn in turns]

    known = len(asked)
    return answered[known:] if len(answered) > known > 0 and said(answered[:known]) == said(asked) else answered


def _texts_embedded(content: Content, kind: str) -> Content:
    """What was embedded is one list of texts, whether it was sent as a list, as one text, as a request or as messages."""
    if kind != "embedding":
        return content
    parts = [part for turn in content.input_messages for part in turn.parts]
    if parts and all(part.type == "text" for part in parts):
        return replace(content, input_messages=(), input_value=[part.text for part in parts])
    said = content.input_value
    if isinstance(said, dict):
        said = first_said(said, "input", "texts", "text", "contents", "inputs", "query")
    texts = [said] if isinstance(said, str) else items(said)
    return replace(content, input_value=texts) if texts and all(isinstance(one, str) for one in texts) else content


def _less_repeated(content: Content, kind: str) -> Content:
    """Values that say again what the messages say are left to the attributes."""
    return replace(
        content,
        input_value=None if content.input_messages and _is_call(content.input_value) else content.input_value,
        output_value=None if content.output_messages and _repeats(content.output_value, content.output_messages) else content.output_value,
    )


_FINISHING: tuple[Callable[[Content, str], Content], ...] = (
    _documents_from_values,
    _tool_call_from_values,
    _messages_from_values,
    _texts_embedded,
    _less_repeated,
)


def _is_call(value: Json) -> bool:
    return isinstance(value, dict) and any(name in value for name in ("messages", "input", "contents", "model"))


def _repeats(value: Json, said: Iterable[Message]) -> bool:
    if isinstance(value, str):
        return value in {"".join(part.text or "" for part in turn.parts) for turn in said}
    return isinstance(value, dict) and any(
        name in value for name in ("choices", "generations", "output", "content", "candidates", "messages", "replies", "message")
    )
