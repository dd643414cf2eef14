"""What went in and came out of a span, whichever convention said it: messages, documents, tool calls, decisions."""

from sightline.facts.content._read import read_content
from sightline.facts.content._shapes import Content, Document, EventView, Message, Part, ToolCall

__all__ = ["Content", "Document", "EventView", "Message", "Part", "ToolCall", "read_content"]
