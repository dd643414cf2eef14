"""Which prompt prefixes miss the provider's cache: what calls had in common with earlier ones, found in their content."""

from collections.abc import Mapping, Sequence

from sightline.measure.asking import Asked, Json, number, ratio
from sightline.measure.economics.asking import rows_of, span_of, statement
from sightline.measure.economics.prompts import MOST_BYTES, MOST_TOKENS, SETTINGS, Prompts, newest_prompts
from sightline.query import EARLIEST_NS, Reader, Row, Window, one_of, rfc3339

_MOST_PREFIXES = 50
_MOST_CLUSTERS = 1_000_000
_PREVIEW_CHARS = 200
# Calls that share this much are one group: what is shorter all prompts of an application may begin with. No text has fewer bytes a token.
_LEAST_CLUSTER_TOKENS = 256
_BYTES_PER_TOKEN = 2
# How far short prompts are compared byte by byte; where only long prefixes count, eight bytes at a time do.
_FINE_BYTES = 1_024


async def prefixes(reader: Reader, asked: Asked, *, lifetime_ns: int, min_tokens: int, calls: int) -> dict[str, Json]:
    """The answer of GET /economics/cache/prefixes."""
    window = asked.scene.window
    rows = rows_of("calls", asked, Window(max(EARLIEST_NS, window.from_ns - lifetime_ns), window.to_ns))
    found = await newest_prompts(reader, rows, calls=calls)
    answer: dict[str, Json] = {**asked.windows(), "assumptions": _assumptions(lifetime_ns, min_tokens, calls)}
    if not found.newest:
        return {**answer, **_totals([], 0), "calls": 0, "calls_without_content": 0, "prefixes": []}
    params = {
        **rows.binder.params,
        "newest": found.newest,
        "most_bytes": MOST_BYTES,
        "min_tokens": min_tokens,
        "fine_bytes": 0 if min_tokens >= _LEAST_CLUSTER_TOKENS else _FINE_BYTES,
        "cluster_bytes": _BYTES_PER_TOKEN * max(min_tokens, _LEAST_CLUSTER_TOKENS),
        "lifetime_ns": lifetime_ns,
        "rows": _MOST_CLUSTERS,
    }
    sql = statement("prefixes", cuts=statement("cuts", prompts=found.of()))
    clusters = await reader.rows(sql, params, settings=SETTINGS, given=found.given)
    listed = [row for row in clusters if row["cluster"] and row["avoidable_tokens"] > 0][:_MOST_PREFIXES]
    previews = await _previews(reader, found, params, [row["worst"][0][2] for row in listed])
    with_content = sum(row["calls"] for row in clusters)
    answer["assumptions"] += _left_out(found, calls)
    return {
        **answer,
        **_totals(clusters, with_content),
        "calls": number(found.read),
        "calls_without_content": number(max(0.0, found.read - with_content)),
        "prefixes": [_prefix(row, previews) for row in listed],
    }


async def _previews(reader: Reader, found: Prompts, params: Mapping[str, object], span_ids: Sequence[str]) -> dict[str, str]:
    """span_id → how its prompt begins."""
    if not span_ids:
        return {}
    sql = statement("preview", prompts=found.of(statement("shown")))
    rows = await reader.rows(sql, {**params, "shown": list(span_ids), "chars": _PREVIEW_CHARS}, settings=SETTINGS, given=found.given)
    return {row["span_id"]: row["preview"] for row in rows}


def _totals(clusters: Sequence[Row], calls: float) -> dict[str, Json]:
    sums = {
        name: sum(row[name] for row in clusters) for name in ("input_tokens", "seen_before_tokens", "cache_read_tokens", "avoidable_tokens")
    }
    usd = [value for row in clusters if (value := number(row["avoidable_usd"])) is not None]
    requests = sum(row["requests_avoidable"] for row in clusters)
    return {
        **{name: number(float(value)) for name, value in sums.items()},
        "avoidable_usd": sum(usd) if usd else None,
        "unpriced_tokens": number(float(sum(row["unpriced_tokens"] for row in clusters))),
        "seen_before_rate": ratio(sums["seen_before_tokens"], sums["input_tokens"]),
        "hit_rate_tokens": ratio(sums["cache_read_tokens"], sums["input_tokens"]),
        "avoidable_rate": ratio(sums["avoidable_tokens"], sums["input_tokens"]),
        "requests_avoidable": number(float(requests)),
        "requests_avoidable_rate": ratio(requests, calls),
    }


def _prefix(row: Row, previews: Mapping[str, str]) -> dict[str, Json]:
    last_hit_ns = row["last_hit_ns"] or None
    missing = next((at for at in row["misses_ns"] if last_hit_ns is None or at > last_hit_ns), None)
    trace_ids = list(dict.fromkeys(trace_id for _, trace_id, _ in row["worst"]))
    return {
        "prefix": f"{row['cluster']:016x}",
        "provider": row["provider"],
        "model": row["model"],
        "preview": previews.get(row["worst"][0][2], ""),
        "prefix_tokens": number(round(row["prefix_tokens"] or 0)),
        "calls": number(row["calls"]),
        "seen_before_calls": number(row["seen_before_calls"]),
        "read_calls": number(row["read_calls"]),
        "avoidable_tokens": number(row["avoidable_tokens"]),
        "avoidable_usd": number(row["avoidable_usd"]),
        "missing_since": None if missing is None else rfc3339(missing),
        "last_hit": None if last_hit_ns is None else rfc3339(last_hit_ns),
        "trace_ids": trace_ids,
        "filter": one_of("trace_id", trace_ids),
    }


def _assumptions(lifetime_ns: int, min_tokens: int, calls: int) -> list[str]:
    return [
        f"A provider keeps a prefix for {span_of(lifetime_ns)} after its last use (lifetime), for everybody who calls the same model: "
        "providers keep them from five minutes to a day.",
        f"Prefixes below {min_tokens:,} tokens do not count (min_tokens): most providers cache nothing shorter than 1,024 tokens."
        if min_tokens
        else "Prefixes of any length count (min_tokens = 0), which no provider caches.",
        "A prefix is what two prompts have in common from their first byte, in the order tools, system instructions, messages; it is found "
        "to within 1 % of its length, never longer than it is.",
        "A prefix's tokens are its part of the prompt's input tokens, by words and marks.",
        f"Of a prompt the first {MOST_BYTES:,} bytes are compared; what lies behind them counts as new.",
    ]


def _left_out(found: Prompts, calls: int) -> list[str]:
    if found.read >= found.in_window:
        return []
    why = f"at most {calls:,} calls and {MOST_TOKENS:,} input tokens are read"
    return [f"Only the newest {found.read:,.0f} of {found.in_window:,.0f} calls were compared: {why}."]
