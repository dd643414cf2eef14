"""Retrieved and reranked documents."""

import math
import re
from collections.abc import Mapping

from sightline.facts.content._raw import first, items, parse, text, word
from sightline.facts.content._shapes import Document, Json

HOLDERS = ("documents", "results", "matches", "data", "nodes", "source_documents")
"""Fields of an object that holds a list of documents, in the order to look."""

_SCORES = ("score", "relevance_score", "similarity_score", "similarity")
_RANKED = re.compile(r"Doc (\d{1,6}), Score: ([-+.\deE]{1,30})(?:\n|$)")


def documents(said: Json) -> tuple[Document, ...]:
    """Documents from a list of them, or an object that holds one. A score may stand in the metadata, where LangChain keeps it."""
    said = parse(said)
    if isinstance(said, dict):
        said = first(said, *HOLDERS)
    made: list[Document] = []
    for item in items(said):
        of = item.get("document", item) if isinstance(item, dict) else {"content": item}
        of = {"content": of} if isinstance(of, str) else of
        if not isinstance(of, dict):
            continue
        around = item if isinstance(item, dict) else of
        metadata = parse(first(of, "metadata", "meta", "source"))
        made.append(
            Document(
                rank=len(made) + 1,
                id=text(first(of, "id", "document_id", "doc_id")),
                score=next((n for place in (of, around, metadata) if (n := _score(place)) is not None), None),
                content=text(first(of, "content", "page_content", "text", "snippet")),
                metadata=metadata,
            )
        )
    return tuple(made)


def ranked(given: tuple[Document, ...], answers: Json) -> tuple[Document, ...]:
    """What OpenLLMetry writes of a reranker's answer, `Doc 2, Score: 0.9`: the third of the documents given, with its score."""
    made: list[Document] = []
    for answer in items(answers):
        found = _RANKED.match(word(answer, "content")) if isinstance(answer, dict) else None
        if found is None:
            continue
        index = int(found[1])
        score = _score({"score": parse_number(found[2])})
        made.append(Document(len(made) + 1, found[1], score, given[index].content if index < len(given) else None))
    return tuple(made)


def placed(given: tuple[Document, ...], answers: Json) -> tuple[Document, ...]:
    """What Vercel's SDK writes of a reranker's answer, `{"index": 2, "relevanceScore": 0.9}`: the third of the documents given."""
    made: list[Document] = []
    for answer in items(answers):
        index = first(answer, "index", "originalIndex") if isinstance(answer, dict) else None
        if not isinstance(index, int):
            continue
        score = _score({"score": first(answer, "relevanceScore", "score")})
        made.append(Document(len(made) + 1, str(index), score, given[index].content if 0 <= index < len(given) else None))
    return tuple(made)


def parse_number(said: str) -> float | None:
    """A number that was written as text; None where it is none."""
    try:
        return float(said)
    except ValueError:
        return None


def _score(of: Json) -> float | None:
    said = first(of, *_SCORES) if isinstance(of, Mapping) else None
    if not isinstance(said, int | float) or isinstance(said, bool):
        return None
    try:
        score = float(said)
    except OverflowError:
        return None
    return score if math.isfinite(score) else None
