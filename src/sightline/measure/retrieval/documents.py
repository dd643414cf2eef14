"""What searches found, read of a sample: the same twice, how far the first stands before the second, what no answer ever uses."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sightline.facts.content import Document
from sightline.measure.retrieval.asking import Asked, Json, estimate, searches, share, shown, statement
from sightline.query import PICKED, Binder, Reader, SpanContent, Window, read_contents
from sightline.stats.intervals import wilson
from sightline.stats.ratios import clustered_ratio

_ECHO_WORDS = 6
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(slots=True)
class _Used:
    """One document over the sample."""

    times: int = 0
    used: int = 0
    ranks: list[int] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    text: str = ""


async def documents(reader: Reader, asked: Asked, *, kind: str, sample: int, limit: int) -> dict[str, Json]:
    """The answer of GET /retrieval/documents, of up to `sample` searches, whole traces picked by hash.

    *Used*: the answer names the document's id, or points at its place with a mark like [2], or repeats six words of it in a row. Raises
    as a filter does.
    """
    asking = searches(asked, kind, groups=False)
    (extent,) = await asking.ask(reader, "extent")
    picked = await asking.ask(reader, "picked", parts={"which": "ifNull(s.document_count, 1) > 0"}, rows=sample)
    found = [one for one in await read_contents(reader, asked.scene.project, picked) if one.content.documents]
    answers = await _answers(reader, asked, picked)
    doubled, gaps, traces = [], [], []
    seen: dict[str, _Used] = defaultdict(_Used)
    cites = 0
    for one in found:
        docs = one.content.documents
        names = [_name(doc) for doc in docs]
        doubled.append(len(set(names)) < len(names))
        scores = sorted((doc.score for doc in docs if doc.score is not None), reverse=True)
        if len(scores) > 1:
            gaps.append(scores[0] - scores[1])
            traces.append(one.span["trace_id"])
        answer = answers.get(one.span["trace_id"])
        if answer is None:
            continue
        used = _used(docs, answer)
        cites += any(used)
        for doc, name, is_used in zip(docs, names, used, strict=True):
            entry = seen[name]
            entry.times += 1
            entry.used += is_used
            entry.ranks.append(doc.rank)
            entry.text = entry.text or (doc.content or "")[:200]
            if len(entry.traces) < 5:
                entry.traces.append(one.span["trace_id"])
    clusters = np.unique(np.array(traces, dtype=str), return_inverse=True)[1] if traces else np.zeros(0, dtype=np.int64)
    with_answer = sum(one.span["trace_id"] in answers for one in found)
    return {
        "window": shown(asked.scene.window),
        "retrievals": extent["n"],
        "read": len(found),
        "duplicates": {
            **share(float(sum(doubled)), float(len(doubled)), float(len(doubled))),
            "trace_ids": [one.span["trace_id"] for one, twice in zip(found, doubled, strict=True) if twice][:5],
        },
        "first_gap": estimate(clustered_ratio(gaps, np.ones(len(gaps)), clusters), len(set(traces))),
        "answered": with_answer,
        "using": share(float(cites), float(with_answer), float(with_answer)),
        "documents": [_document(name, entry) for name, entry in _never_first(seen)[:limit]],
        "known_documents": len(seen),
        "never_used": sum(entry.used == 0 for entry in seen.values()),
    }


def _never_first(seen: Mapping[str, _Used]) -> list[tuple[str, _Used]]:
    """The least used first, by what at the most is likely; among equals those that are found most often."""

    def most(entry: _Used) -> float:
        return float(wilson(entry.used, entry.times)[1])

    return sorted(seen.items(), key=lambda item: (most(item[1]), -item[1].times, item[0]))


def _document(name: str, entry: _Used) -> dict[str, Json]:
    return {
        "document": name,
        "found": entry.times,
        "used": share(float(entry.used), float(entry.times), float(entry.times)),
        "mean_rank": sum(entry.ranks) / len(entry.ranks),
        "content": entry.text,
        "trace_ids": entry.traces,
    }


def _name(doc: Document) -> str:
    """Its id, else the beginning of its text: the same text under no id is the same document."""
    return doc.id or (doc.content or f"(document {doc.rank})")[:120]


async def _answers(reader: Reader, asked: Asked, picked: Sequence[Mapping[str, Json]]) -> dict[str, str]:
    """Trace id → the text that it answered."""
    if not picked:
        return {}
    day = 86_400_000_000_000
    binder = Binder({"project": asked.scene.project})
    starts = [row["start_ns"] for row in picked]
    near = binder.spans_in(Window(min(starts) - day, max(starts) + day))
    rows = await reader.rows(
        statement("answers", columns=PICKED, near=near),
        {**binder.params, "trace_ids": sorted({row["trace_id"] for row in picked}), "rows": 50_000},
    )
    by_trace: dict[str, list[SpanContent]] = defaultdict(list)
    for one in await read_contents(reader, asked.scene.project, rows):
        by_trace[one.span["trace_id"]].append(one)
    found = {}
    for trace_id, spans in by_trace.items():
        # the root's own words, else the last call's
        for one in [*(s for s in spans if s.span["is_root"]), *reversed(spans)]:
            text = _text(one)
            if text:
                found[trace_id] = text
                break
    return found


def _text(one: SpanContent) -> str:
    said = one.content.output_value
    if said not in (None, ""):
        return said if isinstance(said, str) else str(said)
    return "\n".join(part.text for message in one.content.output_messages for part in message.parts if part.text)


def _used(docs: Sequence[Document], answer: str) -> list[bool]:
    marks = {int(mark) for mark in _MARK.findall(answer)}
    words = _WORD.findall(answer.lower())
    runs = Counter(tuple(words[i : i + _ECHO_WORDS]) for i in range(len(words) - _ECHO_WORDS + 1))
    return [doc.rank in marks or _named(doc.id, answer) or _echoed(doc.content, runs) for doc in docs]


def _named(id_: str | None, answer: str) -> bool:
    """Ids of one or two characters stand in any text."""
    return bool(id_) and len(id_ or "") > 2 and re.search(rf"(?<!\w){re.escape(id_ or '')}(?!\w)", answer) is not None


def _echoed(content: str | None, runs: Mapping[tuple[str, ...], int]) -> bool:
    words = _WORD.findall((content or "").lower())
    return any(tuple(words[i : i + _ECHO_WORDS]) in runs for i in range(len(words) - _ECHO_WORDS + 1))
