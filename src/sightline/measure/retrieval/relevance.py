"""How relevant what was found is, where a judge or a person says so of single documents."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sightline.facts.content import Document
from sightline.measure.retrieval.asking import Asked, Json, estimate, group_filter, searches, shown, statement, width_of
from sightline.query import Binder, Reader, Row, parse_width, read_contents, rfc3339
from sightline.stats.intervals import share
from sightline.stats.ranking import Ranking, ranking
from sightline.stats.ratios import clustered_ratio

MEASURES = ("precision", "ndcg", "reciprocal_rank", "hit")

_MOST_DOCUMENTS = 200_000
# A score says of one document, by `document_id` or `document_rank`, or of several, by `documents`, an object of id (or #rank) → value.
_ONE = (
    "multiIf(metadata['document_id'] != '', metadata['document_id'],"
    " metadata['document_rank'] != '', concat('#', metadata['document_rank']), '')"
)
_DOCUMENTS = (
    "arrayFilter(pair -> isFinite(pair.2), arrayConcat(JSONExtractKeysAndValues(metadata['documents'], 'Float64'),"
    f" if({_ONE} != '' AND value IS NOT NULL, [({_ONE}, assumeNotNull(value))], [])))"
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """One search with what is known of it."""

    row: Row
    found: Ranking
    weight: float


async def judged_names(reader: Reader, asked: Asked) -> list[dict[str, Json]]:
    """The answer of GET /retrieval/scores: which scores in the window say how relevant documents are."""
    binder = Binder({"project": asked.scene.project})
    sql = statement("names", documents=_DOCUMENTS, window=binder.traces_in(asked.scene.window))
    rows = await reader.rows(sql, binder.params)
    return [
        {"name": r["name"], "source": r["source"], "author": r["author"], "retrievals": r["retrievals"], "documents": r["documents"],
         "highest": r["most"]}
        for r in rows
    ]  # fmt: skip


async def relevance(
    reader: Reader, asked: Asked, *, kind: str, name: str, source: str | None, k: int, relevant: float, interval: str | None, sample: int
) -> dict[str, Json]:
    """The answer of GET /retrieval/relevance: precision@k, nDCG@k, MRR and hit rate by the scores called `name`.

    relevant: the score from which on a document is relevant. sample: searches that are read at the most, whole traces picked by hash.
    Weights: those of the spans ÷ the probability of being judged. Raises as a filter, a group or an interval does.
    """
    asking = searches(asked, kind)
    gains, who = await _gains(reader, asked, name, source)
    which = "(s.trace_id, s.span_id) IN (SELECT arrayJoin(arrayZip({trace_ids:Array(String)}, {span_ids:Array(String)})))"
    ids = list(gains)[:sample]
    picked = await asking.ask(
        reader, "picked", parts={"which": which}, rows=sample, trace_ids=[one[0] for one in ids], span_ids=[one[1] for one in ids]
    )
    looked = []
    for one in await read_contents(reader, asked.scene.project, picked):
        known, probability = gains[one.span["trace_id"], one.span["span_id"]]
        shown_gains, others = _placed(one.content.documents, known)
        found = ranking(shown_gains, k=k, relevant=relevant, others=others)
        looked.append(_Looked(one.span, found, one.span["weight"] / probability))
    extent = {
        "first_ns": min((o.row["start_ns"] for o in looked), default=0),
        "last_ns": max((o.row["start_ns"] for o in looked), default=0),
    }
    width = width_of(asked, interval, extent)
    groups: dict[int, list[_Looked]] = defaultdict(list)
    times: dict[tuple[int, int], list[_Looked]] = defaultdict(list)
    for look in looked:
        groups[look.row["group_key"]].append(look)
        times[look.row["start_ns"] // parse_width(width), look.row["group_key"]].append(look)
    order = sorted(groups, key=lambda key: -len(groups[key]))
    return {
        "window": shown(asked.scene.window),
        "interval": width,
        "name": name,
        "k": k,
        "relevant": relevant,
        "sources": who,
        "known_retrievals": len(gains),
        "total": _measures(looked),
        "groups": [_group(asking.grouping, groups[key], kind) for key in order],
        "series": [
            {"time": rfc3339(time * parse_width(width)), "group": of[0].row["texts"], **_measures(of)}
            for (time, _), of in sorted(times.items())
        ],
    }


def _group(grouping: object, of: Sequence[_Looked], kind: str) -> dict[str, Json]:
    row = of[0].row
    worst = sorted((look for look in of if look.found.ndcg == look.found.ndcg), key=lambda look: look.found.ndcg)
    return {
        "group": row["texts"],
        "filter": group_filter(grouping, row["texts"], [look.row["kinds"] for look in of], kind),  # type: ignore[arg-type]
        **_measures(of),
        "worst_trace_ids": list(dict.fromkeys(look.row["trace_id"] for look in worst))[:5],
    }


def _measures(of: Sequence[_Looked]) -> dict[str, Json]:
    made: dict[str, Json] = {"retrievals": len(of)}
    for name in MEASURES:
        known = [look for look in of if np.isfinite(getattr(look.found, name))]
        values = np.array([getattr(look.found, name) for look in known])
        weights = np.array([look.weight for look in known])
        clusters = np.unique(np.array([look.row["trace_id"] for look in known], dtype=str), return_inverse=True)[1]
        traces = len(set(clusters.tolist()))
        interval = clustered_ratio(values * weights, weights, clusters)
        if name == "hit" and known and traces == len(known) and np.ptp(weights) == 0:
            # Wilson's holds at 0 and 1 too, where the other has no width
            interval = share(float(values.sum()), float(values.size))
        made[name] = estimate(interval, traces)
    shares = [look.found.judged for look in of if np.isfinite(look.found.judged)]
    made["judged"] = float(np.mean(shares)) if shares else None
    return made


async def _gains(
    reader: Reader, asked: Asked, name: str, source: str | None
) -> tuple[dict[tuple[str, str], tuple[dict[str, float], float]], list[dict[str, Json]]]:
    """(trace id, span id) → what is known of its documents, and the probability that it was judged; and who says so."""
    binder = Binder({"project": asked.scene.project})
    who = "1" if source is None else f"source = {binder.text(source)}"
    sql = statement("relevances", documents=_DOCUMENTS, window=binder.traces_in(asked.scene.window), who=who)
    rows = await reader.rows(sql, {**binder.params, "name": name, "rows": _MOST_DOCUMENTS})
    found: dict[tuple[str, str], tuple[dict[str, float], float]] = {}
    voices: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        known, _ = found.setdefault((row["trace_id"], row["span_id"]), ({}, row["probability"] or 1.0))
        known[row["document"]] = row["gain"]
        voices[row["source"], row["author"]] += 1
    return found, [{"source": s, "author": a, "documents": n} for (s, a), n in sorted(voices.items(), key=lambda one: -one[1])]


def _placed(docs: Sequence[Document], known: Mapping[str, float]) -> tuple[list[float | None], list[float]]:
    """The gains of the documents in the order shown, and those of judged documents that are not among them."""
    left = dict(known)

    def gain(doc: Document) -> float | None:
        by_id = left.pop(doc.id, None) if doc.id else None
        by_rank = left.pop(f"#{doc.rank}", None)
        return by_id if by_id is not None else by_rank

    shown_gains = [gain(doc) for doc in docs]
    return shown_gains, list(left.values())
