"""Values as attributes can hold them: text, and JSON that never fails and never grows beyond its bound."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_LONGEST_PART = 200


def text_of(value: object, most: int) -> str:
    """Text as it is, anything else as JSON; at most `most` characters, and never an exception."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain, skipkeys=True)
    except Exception:  # an object of the application's may raise anything while it is looked at
        text = f"<{type(value).__name__}>"
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"


def _plain(value: object) -> object:
    """An object as JSON can say it: models, dataclasses and sets by what they hold, arrays by their shape, bytes by their length."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_none=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if hasattr(value, "shape"):
        return f"<{type(value).__name__} {value.shape}>"
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return repr(value)[:_LONGEST_PART]


def messages(asked: Sequence[object] | str | None, answered: Sequence[object] | str | None, most: int) -> dict[str, str]:
    """A conversation under OpenTelemetry's names."""
    said: dict[str, str] = {}
    for key, role, told in (("gen_ai.input.messages", "user", asked), ("gen_ai.output.messages", "assistant", answered)):
        if told is not None:
            said[key] = text_of([{"role": role, "content": told}] if isinstance(told, str) else list(told), most)
    return said


def documents(found: Iterable[object], most: int, *, content: bool) -> dict[str, str]:
    """Documents under OpenTelemetry's name; without content their ids and scores."""
    return {"gen_ai.retrieval.documents": text_of([_document(one, content=content) for one in found], most)}


_PARTS = (
    ("id", ("id", "doc_id", "document_id", "node_id", "id_")),
    ("score", ("score", "relevance_score", "similarity", "similarity_score")),
    ("content", ("content", "text", "page_content", "body")),
    ("metadata", ("metadata",)),
)
_CONTENT = frozenset({"content", "metadata"})


def _document(one: object, *, content: bool) -> dict[str, object]:
    if isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], int | float):
        return _document(one[0], content=content) | {"score": float(one[1])}
    if isinstance(one, str):
        return {"content": one} if content else {}
    made: dict[str, object] = {}
    for name, keys in _PARTS:
        if content or name not in _CONTENT:
            value = next((value for key in keys if (value := _part(one, key)) is not None), None)
            if value is not None:
                made[name] = value
    return made or ({"content": repr(one)[:_LONGEST_PART]} if content else {})


def _part(one: object, key: str) -> Any:
    value = one.get(key) if isinstance(one, Mapping) else getattr(one, key, None)
    return None if callable(value) else value
