"""Conversations, from whatever a library calls one."""

from collections.abc import Mapping
from dataclasses import replace

from sightline.facts.content._parts import is_part, parts, tool_call_part, tool_result
from sightline.facts.content._raw import first, items, parse, text, word
from sightline.facts.content._shapes import Json, Message, Part

_DEEPEST = 8

_ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "function": "tool",
    "developer": "system",
    "tool-call": "assistant",
    "tool-response": "tool",
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
}
_TURNS = {"human", "ai", "system", "tool", "message", "function_call", "function_call_output", "request", "response"}
_TURN_FIELDS = ("role", "parts", "kwargs", "data", "message")
_CONVERSATIONS = ("messages", "message", "choices", "generations", "candidates", "replies", "output", "input", "contents")


def messages(said: Json, *, role: str = "user", depth: int = 0) -> tuple[Message, ...]:
    """A conversation from a list of turns, a single turn, or bare text said by `role`."""
    if isinstance(said, str):
        read = parse(said)
        found = () if isinstance(read, str) else messages(read, role=role, depth=depth + 1)
        if found or read == "" or any(is_turn(item) or is_part(item) for item in (items(read) or [read])):
            return found
        return (Message(role, (Part("text", text=read if isinstance(read, str) else said),)),)
    if depth > _DEEPEST:
        return ()
    if isinstance(said, list):
        if said and all(is_part(item) and not is_turn(item) for item in said):
            return _message({"role": role, "content": said}, role, depth)
        return tuple(turn for item in items(said) for turn in messages(item, role=role, depth=depth + 1))
    return _message(said, role, depth) if isinstance(said, dict) else ()


def is_turn(said: Json) -> bool:
    """Whether this looks like a turn of a conversation."""
    return isinstance(said, dict) and (any(name in said for name in _TURN_FIELDS) or word(said, "type") in _TURNS)


def conversation(said: Json, role: str, *, bare: bool) -> tuple[Message, ...]:
    """Messages out of a provider's own request or response; `bare` text counts as one."""
    if isinstance(said, str):
        return messages(said, role=role) if bare else ()
    if isinstance(said, list):
        return messages(said, role=role) if any(is_turn(item) for item in said) else ()
    if not isinstance(said, dict):
        return ()
    config = inner if isinstance(inner := said.get("config"), dict) else {}  # Gemini
    system = messages(first(said, "system", "instructions") or config.get("system_instruction"), role="system")
    turns = first(said, *_CONVERSATIONS)
    if turns is None and "content" in said:
        inner = said["content"]
        turns = inner if isinstance(inner, dict) and "parts" in inner else said
    if not isinstance(turns, dict | list) and not (bare and isinstance(turns, str)):
        return ()
    return system + messages(turns, role=role)


def _message(said: Mapping[str, Json], role: str, depth: int) -> tuple[Message, ...]:
    if depth > _DEEPEST:
        return ()
    if isinstance(inner := said.get("message"), dict) and "role" not in said:  # OpenInference, OpenAI's choices, LangChain's generations
        reason = _finish_reason(said)
        turns = messages(inner, role=role, depth=depth + 1)
        return tuple(replace(turn, finish_reason=turn.finish_reason or reason) for turn in turns)
    for wrapper in ("kwargs", "data"):  # LangChain's serialised messages
        if isinstance(inner := said.get(wrapper), dict) and "content" in inner:
            return _message({"role": _langchain_role(said, wrapper) or role, **inner, "type": None}, role, depth + 1)
    if (kind := word(said, "type")) in {"function_call", "function_call_output"}:  # OpenAI's Responses
        return (Message("assistant" if kind == "function_call" else "tool", tuple(parts([said]))),)
    who = word(said, "role") or kind or role
    who = _ROLES.get(who, who)
    found = _parts_of(said, who)
    return (Message(who, tuple(found), text(said.get("name")), _finish_reason(said)),) if found else ()


def _langchain_role(said: Mapping[str, Json], wrapper: str) -> str:
    path = said.get("id")
    kind = word(said, "type") if wrapper == "data" else path[-1] if isinstance(path, list) and path else ""
    return _ROLES.get(kind, kind) if isinstance(kind, str) else ""


def _parts_of(said: Mapping[str, Json], who: str) -> list[Part]:
    content = said.get("parts") if said.get("parts") else first(said, "content", "contents", "text")
    found = [part for part in parts(content) if part != Part("text", text="")]
    if who == "tool" and said.get("tool_call_id") and all(part.type == "text" for part in found):
        result = tool_result("".join(part.text or "" for part in found))
        found = [Part("tool_result", tool_call_id=text(said["tool_call_id"]), tool_name=text(said.get("name")), result=result)]
    if not any(part.type == "tool_call" for part in found):
        found.extend(tool_call_part(call) for call in items(said.get("tool_calls")))
    if isinstance(reasoning := said.get("reasoning_content"), str) and reasoning:
        found.insert(0, Part("reasoning", text=reasoning))
    return found


def _finish_reason(said: Mapping[str, Json]) -> str | None:
    inner = [place for name in ("meta", "response_metadata", "generation_info") if isinstance(place := said.get(name), dict)]
    return next((text(found) for place in (said, *inner) if (found := first(place, "finish_reason", "stop_reason"))), None)
