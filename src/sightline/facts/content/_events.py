"""Content that came as span events or log records: the new event with everything, or the older ones, one for each message."""

from collections.abc import Mapping

from sightline.facts.content._messages import messages
from sightline.facts.content._parts import tool_result
from sightline.facts.content._raw import Raw, first, first_said, parse, text, word
from sightline.facts.content._semconv import semconv
from sightline.facts.content._shapes import Content, EventView, Json, Message, ToolCall

_DETAILS = "gen_ai.client.inference.operation.details"
_ASKED = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.content.prompt": "user",
}
_ANSWERED = ("gen_ai.choice", "gen_ai.content.completion")


def from_events(raw: Raw) -> Content:
    """Everything that a span's events say. Of the new event there may be several, each with a part."""
    details: dict[str, Json] = {}
    said: dict[str, list[Mapping[str, Json]]] = {}
    asked: list[Message] = []
    answered: list[Message] = []
    for event in raw.events:
        name, body = event["name"], _body(event)
        said.setdefault(str(name), []).append(body)
        if name == _DETAILS:
            details |= body
        elif name in _ASKED:
            asked.extend(_turns(body, _ASKED[name]))
        elif name in _ANSWERED:
            answered.extend(_turns(body, "assistant"))
    whole = semconv(Raw(details, (), raw.kind))
    if raw.kind == "tool" and whole.tool_call in (None, ToolCall()):
        return Content(
            input_messages=whole.input_messages,
            output_messages=whole.output_messages,
            tool_call=_tool_call(said.get("gen_ai.tool.message"), said.get("gen_ai.choice")),
        )
    return Content(
        input_messages=whole.input_messages or tuple(asked),
        output_messages=whole.output_messages or tuple(answered),
        documents=whole.documents,
        tool_call=whole.tool_call,
        tool_definitions=whole.tool_definitions,
    )


def _body(event: EventView) -> dict[str, Json]:
    """What an event says: a log record's body, maybe sent as JSON text, over its attributes."""
    body = parse(event["body"])
    return dict(event["attributes"]) | (body if isinstance(body, dict) else {})


def _turns(body: Mapping[str, Json], role: str) -> tuple[Message, ...]:
    """An older event as a turn, and the tools' results where Strands puts them beside it."""
    inner = parse(body.get("message"))
    said = inner if isinstance(inner, dict) else {"content": inner} if inner else body
    if "content" not in said:
        said = {**said, "content": first(body, "gen_ai.prompt", "gen_ai.completion")}
    call_id = first(said, "tool_call_id", "id")
    turn = {**said, "role": word(said, "role") or role, "content": _content(said["content"]), "tool_call_id": call_id}
    results = parse(body.get("tool.result"))
    return messages([{"finish_reason": body.get("finish_reason"), **turn}]) + messages([{"role": "tool", "content": results}])


def _content(said: Json) -> Json:
    """The pieces that some send as JSON text; text that reads like other JSON stays what it is."""
    read = parse(said)
    return read if isinstance(read, list) and all(isinstance(piece, dict) for piece in read) else said


def _tool_call(asked: list[Mapping[str, Json]] | None, answered: list[Mapping[str, Json]] | None) -> ToolCall:
    """A tool span of Strands: the arguments are its one message, the result is its choice."""
    given, got = (asked or [{}])[0], (answered or [{}])[0]
    return ToolCall(
        id=text(first(given, "id")),
        arguments=parse(first_said(given, "content")),
        result=tool_result(first_said(got, "message")),
    )
