"""What there is to judge: a target's question, answer, sources and steps, read from its spans as the API gives them.

Everything here comes from whoever sent the trace: it is material to be judged, never an instruction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sightline.facts import Content, read_content
from sightline.facts.content import Document, Message

Json = Any
_STEPS = {"llm": "model call", "tool": "tool call", "retrieval": "search", "agent": "agent", "guardrail": "guardrail"}


@dataclass(frozen=True, slots=True)
class Material:
    """Texts, '' and empty where there is none. `documents` in their ranks; `steps` are (what it is, what happened), in their order."""

    question: str = ""
    answer: str = ""
    instructions: str = ""
    conversation: tuple[tuple[str, str], ...] = ()
    documents: tuple[Document, ...] = ()
    tools: str = ""
    tool_name: str | None = None
    tool_arguments: Json = None
    tool_result: Json = None
    tool_definitions: tuple[Json, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    reference: str = ""
    attributes: Mapping[str, Json] = field(default_factory=dict)


def material(target: str, span_id: str, spans: Sequence[Mapping[str, Json]]) -> Material:
    """Of a target, from the spans of its trace or session: each with span_id, parent_span_id, name, kind, start_ns, attributes, events.

    A span is judged with what its trace retrieved and what its root was asked.
    """
    ordered = sorted(spans, key=lambda span: int(span["start_ns"]))
    read = [(span, read_content(span["attributes"], span.get("events", ()), span["kind"])) for span in ordered]
    if target == "session":
        return _session(read)
    roots = [pair for pair in read if not pair[0]["parent_span_id"]]
    root = roots[0] if roots else (read[0] if read else None)
    own = next((pair for pair in read if pair[0]["span_id"] == span_id), None) if target == "span" else root
    if own is None:
        return Material()
    found = own[1]
    question, answer = _asked(found), _answered(found)
    if target == "trace":
        calls = [content for span, content in read if span["kind"] == "llm"]
        question = question or (_asked(calls[0]) if calls else "")
        answer = answer or (_answered(calls[-1]) if calls else "")
    elif root is not None and own is not root:
        question = _asked(root[1]) if own[0]["kind"] in ("llm", "agent", "chain") and _asked(root[1]) else question
    documents = found.documents or (_documents(read) if own[0]["kind"] != "retrieval" else ())
    call = found.tool_call
    attributes = own[0]["attributes"]
    return Material(
        question=question,
        answer=answer,
        instructions=_texts(message for message in found.input_messages if message.role == "system"),
        conversation=tuple(_turn(message) for message in found.input_messages if message.role != "system"),
        documents=tuple(documents),
        tools=_calls(found),
        tool_name=call.name if call else None,
        tool_arguments=call.arguments if call else None,
        tool_result=call.result if call else None,
        tool_definitions=tuple(found.tool_definitions),
        steps=tuple(_step(span, content) for span, content in read if span["kind"] in _STEPS) if target == "trace" else (),
        reference=_text(attributes.get("sightline.reference")) if "sightline.reference" in attributes else "",
        attributes=attributes,
    )


def _session(read: Sequence[tuple[Mapping[str, Json], Content]]) -> Material:
    turns: list[tuple[str, str]] = []
    for span, content in read:
        if not span["parent_span_id"]:
            turns += [(role, said) for role, said in (("user", _asked(content)), ("assistant", _answered(content))) if said]
    return Material(conversation=tuple(turns), question=turns[0][1] if turns else "", answer=turns[-1][1] if turns else "")


def _asked(content: Content) -> str:
    users = [message for message in content.input_messages if message.role == "user"]
    return _texts(users[-1:]) or _text(content.input_value)


def _answered(content: Content) -> str:
    return _texts(content.output_messages) or _text(content.output_value)


def _documents(read: Sequence[tuple[Mapping[str, Json], Content]]) -> Sequence[Document]:
    """What was retrieved last: a reranker's choice before the search's."""
    for kind in ("rerank", "retrieval"):
        found = [content.documents for span, content in read if span["kind"] == kind and content.documents]
        if found:
            return found[-1]
    return ()


def _calls(content: Content) -> str:
    asked = [part for message in content.output_messages for part in message.parts if part.type == "tool_call"]
    return "\n".join(f"{part.tool_name}({_text(part.arguments)})" for part in asked)


def _turn(message: Message) -> tuple[str, str]:
    said = []
    for part in message.parts:
        if part.type == "tool_call":
            said.append(f"calls {part.tool_name}({_text(part.arguments)})")
        elif part.type == "tool_result":
            said.append(f"result: {_text(part.result) or part.text or ''}")
        elif part.text:
            said.append(part.text)
    return message.role, "\n".join(said)


def _texts(messages: Any) -> str:
    return "\n".join(part.text for message in messages for part in message.parts if part.type == "text" and part.text)


def _step(span: Mapping[str, Json], content: Content) -> tuple[str, str]:
    if span["kind"] == "tool" and content.tool_call:
        call = content.tool_call
        return f"tool call {call.name or span['name']}", f"arguments: {_text(call.arguments)}\nresult: {_text(call.result)}"
    if content.documents:
        return f"{_STEPS[span['kind']]} {span['name']}", "\n".join(document.content or "" for document in content.documents)
    return f"{_STEPS[span['kind']]} {span['name']}", _answered(content) or _calls(content)


def _text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
