"""What a judge owes, as a query; how much that is; and the spans that it is judged by."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.judge.definition import Definition
from sightline.query import (
    Binder,
    Filter,
    Reader,
    Row,
    Scene,
    Subject,
    Window,
    buckets,
    parse_term,
    reach,
    statements_in,
)

statement = statements_in("sightline.judge", "sql")

DAY_NS = 86_400 * 10**9
MOST_SPANS = 60  # of a trace that are shown to a judge
_IDS = {"span": "trace_id, span_id", "trace": "trace_id", "session": "session_id"}
_BUCKET_NS = 300 * 10**9


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a judge, ready to be asked about."""

    judge_id: str
    version: int
    project: str
    name: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be judged, and the probability with which it was selected. The ids that it has not are ''."""

    trace_id: str
    span_id: str
    session_id: str
    start_ns: int
    probability: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a window: targets that match, that are selected, that are judged. `expected`: how many the rule selects on average."""

    matching: int
    selected: int
    expected: float
    judged: int
    first_ns: int


def check(definition: Definition, *, now_ns: int) -> None:
    """Raises BadFilterError, UnknownFactError and BadRequestError for what can't be asked: of its filters, and of its groups."""
    _sampled(Version("", 1, "", "", definition), Window(), now_ns, Binder())


async def owed(reader: Reader, of: Version, window: Window, *, now_ns: int, rows: int, share: tuple[int, int] = (0, 1)) -> list[Target]:
    """At most `rows` targets that are not judged yet, the latest first. `share` (i, n): of n hash ranges the i-th, from 0."""
    binder = Binder()
    sampled = _sampled(of, window, now_ns, binder)
    mine = "1" if share[1] == 1 else f"cityHash64(trace_id, session_id) % {int(share[1])} = {int(share[0])}"
    sql = statement("owed", sampled=sampled, share=mine, **_scored(of, window, binder))
    found = await reader.rows(sql, {**binder.params, **_params(of), "rows": rows})
    return [Target(**row) for row in found]


async def progress(reader: Reader, of: Version, window: Window, *, now_ns: int) -> Progress:
    """How far judging a window has come."""
    binder = Binder()
    sampled = _sampled(of, window, now_ns, binder)
    sql = statement("progress", sampled=sampled, **_scored(of, window, binder))
    row = (await reader.rows(sql, {**binder.params, **_params(of)}))[0]
    return Progress(row["matching"], row["selected"], float(row["expected"] or 0), row["judged"], row["first_ns"])


async def spans_of(reader: Reader, project: str, definition: Definition, targets: Sequence[Target]) -> list[list[dict[str, Any]]]:
    """For each target the spans that it is judged by, with all that they say: what `material` reads."""
    if definition.target == "session":
        traces = await _traces_of_sessions(reader, project, targets)
    else:
        traces = {target.trace_id: [target.trace_id] for target in targets}
    by_trace = await _spans(reader, project, sorted({trace for found in traces.values() for trace in found}), targets)
    key = "session_id" if definition.target == "session" else "trace_id"
    return [[span for trace in traces.get(getattr(target, key), ()) for span in by_trace.get(trace, ())] for target in targets]


async def _traces_of_sessions(reader: Reader, project: str, targets: Sequence[Target]) -> dict[str, list[str]]:
    binder = Binder()
    starts = [target.start_ns for target in targets]
    window = binder.traces_in(Window(min(starts), max(starts) + 30 * DAY_NS))
    params = {**binder.params, "project": project, "session_ids": [target.session_id for target in targets]}
    found: dict[str, list[str]] = {}
    for row in await reader.rows(statement("traces_of_sessions", window=window), params):
        found.setdefault(row["session_id"], []).append(row["trace_id"])
    return found


async def _spans(reader: Reader, project: str, traces: Sequence[str], targets: Sequence[Target]) -> dict[str, list[dict[str, Any]]]:
    if not traces:
        return {}
    of: dict[str, object] = {"project": project, "trace_ids": list(traces)}
    places = await reader.rows(statement("trace_places"), of)
    if not places:
        return {}
    binder = Binder()
    starts = sorted(
        {s for row in places for s in range(row["first_start_ns"] // _BUCKET_NS, row["last_start_ns"] // _BUCKET_NS + 1)}, reverse=True
    )
    named = ", ".join(f"toDateTime({int(s) * 300}, 'UTC')" for s in starts[:5_000])
    params = {**binder.params, **of, "span_ids": [target.span_id for target in targets if target.span_id], "most_spans": MOST_SPANS}
    rows = await reader.rows(statement("judged_spans", buckets=named), params)
    first, last = min(row["first_received_ns"] for row in places), max(row["last_received_ns"] for row in places)
    hour = 3_600 * 10**9
    received = f"{buckets('received', '>=', binder.time(first - hour))} AND {buckets('received', '<=', binder.time(last + hour))}"
    ids = {**binder.params, **of, "of_spans": [row["span_id"] for row in rows]}
    payloads = await reader.rows(statement("judged_payloads", received=received), ids)
    events = await reader.rows(statement("judged_events", received=received), ids)
    contents: dict[tuple[str, str], dict[str, str]] = {}
    for row in payloads:
        contents.setdefault((row["trace_id"], row["span_id"]), {}).update(row["content"])
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in events:
        told.setdefault((row["trace_id"], row["span_id"]), []).append(
            {"name": row["name"], "body": _parsed(row["body"]) if row["body"] else None, "attributes": _attributes(row)}
        )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        key = (row["trace_id"], row["span_id"])
        span = {name: row[name] for name in ("trace_id", "span_id", "parent_span_id", "name", "kind", "start_ns")}
        span["attributes"] = {**_attributes(row), **contents.get(key, {})}
        span["events"] = told.get(key, [])
        found.setdefault(row["trace_id"], []).append(span)
    return found


def _attributes(row: Row) -> dict[str, Any]:
    doubles = {key: value for key, value in row["attr_double"].items() if math.isfinite(value)}
    other = {key: _parsed(text) for key, text in row["attr_other"].items()}
    return {**row["attr_string"], **row["attr_int"], **doubles, **row["attr_bool"], **other}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _params(of: Version) -> dict[str, object]:
    return {
        "project": of.project,
        "name": of.name,
        "source": of.definition.source,
        "author": of.judge_id,
        "version": str(of.version),
        "target": of.definition.target,
        # the same targets in every version, so that versions can be compared
        "salt": of.judge_id,
        "rate": of.definition.sampling.rate,
        "quiet_s": int(of.definition.quiet_minutes * 60),
    }


def _scored(of: Version, window: Window, binder: Binder) -> Mapping[str, str]:
    return {"ids": _IDS[of.definition.target], "scored": binder.traces_in(reach(window))}


def _sampled(of: Version, window: Window, now_ns: int, binder: Binder) -> str:
    definition, scene = of.definition, Scene(of.project, window, now_ns)
    on_spans = definition.target == "span"
    subject = Subject("spans" if on_spans else "traces", scene, binder)
    relation = "spans" if on_spans else "(SELECT *, true AS settled FROM traces_settled) AS traces"
    within = (binder.spans_in if on_spans else binder.traces_in)(window)

    def condition(text: str) -> str:
        matching = Filter.parse(text)
        return matching.on_spans(scene, binder) if on_spans else matching.on_traces(scene, binder)

    matches = condition(definition.filter)
    sampling, probability = definition.sampling, "{rate:Float64}"
    if sampling.kind == "weighted":
        weights = ", ".join(f"if(ifNull({condition(boost.filter)}, 0), {float(boost.weight)!r}, 1.)" for boost in sampling.boosts)
        probability = f"least(1., {{rate:Float64}} * greatest(1., {weights}))"
    if sampling.kind == "stratified":
        keys = ", ".join(f"ifNull(toString({subject.own_key(parse_term(name))}), '')" for name in sampling.by)
        day_before = Window(max(window.from_ns - window.from_ns % DAY_NS - DAY_NS, 0), window.to_ns)
        before = (binder.spans_in if on_spans else binder.traces_in)(day_before)
        relation = statement(
            "strata", key=f"concatWithSeparator('\\0', {keys}, '')", relation=relation, window=within, before=before, filter=matches
        )
        probability = "stratum_probability"
    part = {"span": "spans"}.get(definition.target, "traces")
    return statement(f"targets_{definition.target}", probability=probability, window=within, filter=matches, **{part: relation})
