"""What content is made of, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Json = Any
PartType = Literal["text", "reasoning", "image", "audio", "file", "tool_call", "tool_result", "other"]


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
    """Everything readable of a span's content; empty means that nothing was sent. An embedding's texts are its `input_value`, a list."""

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
