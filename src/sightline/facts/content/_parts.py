"""The pieces of a message, from whatever a provider or library calls them."""

from collections.abc import Callable, Mapping

from sightline.facts.content._raw import first, first_said, items, parse, text, word
from sightline.facts.content._shapes import Json, Part, PartType


def parts(content: Json) -> list[Part]:
    """Every piece of a message's content: text, one piece, or a list of pieces."""
    if isinstance(content, str):
        return [Part("text", text=content)]
    if isinstance(content, dict):
        return [part(content)]
    return [Part("text", text=item) if isinstance(item, str) else part(item) for item in items(content) if isinstance(item, str | dict)]


def part(said: Mapping[str, Json]) -> Part:
    """One piece: by the type that it names, else by the one field that it wraps."""
    if isinstance(inner := said.get("message_content"), dict):  # OpenInference
        said = inner
    kind = word(said, "type") or word(said, "part_kind")
    if read := _TYPED.get(kind.replace("-", "_")):
        return read(said)
    for name, read in _WRAPPED.items():
        if isinstance(inner := said.get(name), dict):
            return read(inner)
    if isinstance(found := first(said, "content", "text"), str):
        return Part("reasoning" if said.get("thought") is True else "text", text=found)
    return Part("other", raw=dict(said))


def is_part(said: Json) -> bool:
    """Whether this looks like a piece of a message rather than a turn."""
    return isinstance(said, dict) and ("type" in said or not _WRAPPED.keys().isdisjoint(said))


def tool_call_part(said: Json) -> Part:
    """A call that a model asks for."""
    if not isinstance(said, dict):
        return Part("other", raw=said)
    if isinstance(inner := said.get("tool_call"), dict):  # OpenInference
        said = inner
    function = inner if isinstance(inner := said.get("function"), dict) else said
    return Part(
        "tool_call",
        tool_call_id=text(first(said, "call_id", "id", "toolCallId", "tool_call_id", "toolUseId")),
        tool_name=text(first(function, "name", "toolName", "tool_name")),
        arguments=parse(first_said(function, "arguments", "input", "args")),
    )


def tool_result(said: Json) -> Json:
    """What a tool gave back: pieces of text as the text that they are."""
    said = parse(said)
    pieces = [item.get("text") for item in items(said) if isinstance(item, dict) and word(item, "type") in {"", "text"}]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "\n".join(texts) if texts and len(texts) == len(said) else said


def _tool_result_part(said: Mapping[str, Json]) -> Part:
    origin = inner if isinstance(inner := said.get("origin"), dict) else said  # Haystack
    return Part(
        "tool_result",
        tool_call_id=text(first(origin, "tool_call_id", "tool_use_id", "call_id", "id", "toolCallId", "toolUseId")),
        tool_name=text(first(origin, "name", "toolName", "tool_name")),
        result=tool_result(first_said(said, "response", "result", "output", "content")),
    )


def _text_part(said: Mapping[str, Json]) -> Part:
    return Part("text", text=text(first(said, "content", "text", "output_text", "input_text", "refusal")) or "")


def _reasoning_part(said: Mapping[str, Json]) -> Part:
    inner = said.get("reasoningText")  # Bedrock
    said = inner if isinstance(inner, dict) else said
    return Part("reasoning", text=text(first(said, "content", "thinking", "text", "summary")) or "")


_MEDIA: Mapping[str, PartType] = {
    "image": "image",
    "input_image": "image",
    "image_url": "image",
    "audio": "audio",
    "input_audio": "audio",
}


def _media_part(said: Mapping[str, Json]) -> Part:
    kind = word(said, "modality") or word(said, "type")
    url = first(said, "uri", "url", "image_url", "image")
    while isinstance(url, dict):
        url = first(url, "url", "image")
    return Part(_MEDIA.get(kind, "file"), uri=text(url), mime_type=text(first(said, "mime_type", "mediaType", "media_type")))


_TYPED: Mapping[str, Callable[[Mapping[str, Json]], Part]] = {
    "text": _text_part,
    "input_text": _text_part,
    "output_text": _text_part,
    "refusal": _text_part,
    "user_prompt": _text_part,
    "system_prompt": _text_part,
    "reasoning": _reasoning_part,
    "thinking": _reasoning_part,
    "tool_call": tool_call_part,
    "tool_use": tool_call_part,
    "function_call": tool_call_part,
    "tool_call_response": _tool_result_part,
    "tool_result": _tool_result_part,
    "tool_return": _tool_result_part,
    "function_call_output": _tool_result_part,
    "image": _media_part,
    "image_url": _media_part,
    "input_image": _media_part,
    "audio": _media_part,
    "input_audio": _media_part,
    "file": _media_part,
    "blob": _media_part,
    "uri": _media_part,
}

_WRAPPED: Mapping[str, Callable[[Mapping[str, Json]], Part]] = {
    "toolUse": tool_call_part,  # Bedrock and Strands
    "toolResult": _tool_result_part,
    "reasoningContent": _reasoning_part,
    "functionCall": tool_call_part,  # Gemini, in both of its spellings
    "functionResponse": _tool_result_part,
    "function_call": tool_call_part,
    "function_response": _tool_result_part,
    "tool_call": tool_call_part,  # Haystack
    "tool_call_result": _tool_result_part,
}
