"""Items made from traces: what was asked, what was found for it, and what was answered."""

from collections.abc import Sequence
from typing import Literal

from sightline.errors import NotFoundError
from sightline.facts.content import Message
from sightline.measure.datasets.items import Json, statement
from sightline.query import (
    NEWEST_FIRST,
    PICKED,
    Binder,
    Filter,
    ListQuestion,
    Reader,
    Scene,
    SpanContent,
    Window,
    list_traces,
    read_contents,
)
from sightline.store import NewItem

Expected = Literal["nothing", "output"]

_MOST_SPANS = 100_000
_PAGE = 1_000


async def from_filter(reader: Reader, scene: Scene, filter_: Filter, *, most: int, expected: Expected) -> list[NewItem]:
    """Items of the newest `most` traces that match. Raises what a filter or a window that can't be raises."""
    found: list[str] = []
    cursor: str | None = None
    while len(found) < most:
        page = await list_traces(reader, ListQuestion(scene, filter_, NEWEST_FIRST, min(_PAGE, most - len(found)), cursor))
        found += [row["trace_id"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    return await from_traces(reader, scene.project, found, expected=expected)


async def from_traces(reader: Reader, project: str, trace_ids: Sequence[str], *, expected: Expected) -> list[NewItem]:
    """An item of each trace, in their order.

    Its input is the root's: the text of the last message of the user where it is a conversation of one turn, the messages where it is a
    longer one, else what went in. Its context are the documents that the request's last search or rerank found. What was answered is in
    the metadata as `output`, and what is expected if `expected` says so. Raises NotFoundError for a trace that is not there or says
    nothing of what went in.
    """
    ids = [trace_id.lower() for trace_id in trace_ids]
    if not ids:
        return []
    (times,) = await reader.rows(statement("times"), {"project": project, "trace_ids": ids})
    binder = Binder({"project": project})
    window = binder.spans_in(Window(times["min_start_ns"], times["max_start_ns"] + 1))
    picked = await reader.rows(statement("picked", columns=PICKED, window=window), {**binder.params, "trace_ids": ids, "rows": _MOST_SPANS})
    by_trace: dict[str, list[SpanContent]] = {}
    for one in await read_contents(reader, project, picked):
        by_trace.setdefault(one.span["trace_id"], []).append(one)
    made = [_item(trace_id, by_trace.get(trace_id, []), expected) for trace_id in ids]
    missing = [trace_id for trace_id, item in zip(ids, made, strict=True) if item is None]
    if missing and len(missing) == len(ids):
        raise NotFoundError(
            f"No item can be made of trace {missing[0]!r} in project {project!r}:"
            " it is not there, or its root says nothing of what went in."
        )
    return [item for item in made if item is not None]


def _item(trace_id: str, spans: Sequence[SpanContent], expected: Expected) -> NewItem | None:
    roots = [one for one in spans if one.span["is_root"]]
    calls = [one for one in spans if one.span["kind"] == "llm"]
    asking = next((one for one in [*roots, *calls] if _input(one) is not None), None)
    if asking is None:
        return None
    answering = next((one for one in [*roots, *reversed(calls)] if _output(one) is not None), None)
    output = None if answering is None else _output(answering)
    found = next((one for one in reversed(spans) if one.content.documents), None)
    about = (roots or spans)[0].span
    metadata = {name: about[name] for name in ("task",) if about[name]}
    last = calls[-1].span if calls else about
    metadata |= {name: last[name] for name in ("model", "prompt_name", "prompt_version") if last[name]}
    return NewItem(
        input=_input(asking),
        expected=output if expected == "output" else None,
        context=None if found is None else [_document(document) for document in found.content.documents],
        metadata=metadata | ({} if output is None else {"output": output}),
        trace_id=trace_id,
        span_id=asking.span["span_id"],
    )


def _document(document: object) -> dict[str, Json]:
    said = {name: getattr(document, name) for name in ("id", "score", "content")}
    return {name: value for name, value in said.items() if value is not None}


def _input(one: SpanContent) -> Json:
    content = one.content
    if content.input_value not in (None, ""):
        return content.input_value
    asked = [message for message in content.input_messages if message.role != "system"]
    if not asked:
        return None
    if len(asked) == 1:
        return _text(asked[0]) or None
    return [{"role": message.role, "content": _text(message)} for message in asked]


def _output(one: SpanContent) -> Json:
    content = one.content
    if content.output_value not in (None, ""):
        return content.output_value
    return "\n".join(filter(None, map(_text, content.output_messages))) or None


def _text(message: Message) -> str:
    return "\n".join(part.text for part in message.parts if part.text and part.type == "text")
