"""Whether providers answered: each provider's models, in all and over time."""

from sightline.measure.asking import Asked, Json, number, shown
from sightline.measure.reliability.asking import spans_of, tally, width_of
from sightline.query import Reader, Row, both, parse_width, quoted, rfc3339

_FAILURES = ("rate_limited", "overloaded", "timeout", "server_error", "other")
_MOST_POINTS = 20_000


async def availability(reader: Reader, asked: Asked, *, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /reliability/availability. Raises what a filter or an interval that can't be raises."""
    spans = spans_of(asked)
    (extent,) = await spans.ask(reader, "extent")
    width = width_of(asked, interval, extent)
    models = await spans.ask(reader, "availability", parts={"time": "toInt64(0)"}, rows=limit)
    points = await spans.ask(
        reader,
        "availability",
        parts={"time": "intDiv(toUnixTimestamp64Nano(s.start), {width:Int64})"},
        width=parse_width(width),
        rows=_MOST_POINTS,
    )
    listed = {(row["provider"], row["model"]) for row in models}
    return {
        "window": shown(asked.scene.window),
        "interval": width,
        "models": [_model(row) for row in models],
        "series": [
            {
                "time": rfc3339(point["time"] * parse_width(width)),
                "provider": point["provider"],
                "model": point["model"],
                "available": _available(point),
            }
            for point in sorted(points, key=lambda point: point["time"])
            if (point["provider"], point["model"]) in listed
        ],
    }


def _available(row: Row) -> dict[str, Json]:
    return tally(row["answered"], row["asked"], row["squared"])


def _model(row: Row) -> dict[str, Json]:
    provider, model = row["provider"], row["model"]
    by_provider = "provider is null" if provider is None else f"provider = {quoted(provider)}"
    by_model = (
        "request_model is null and model is null"
        if model is None
        else f"request_model = {quoted(model)} or (request_model is null and model = {quoted(model)})"
    )
    return {
        "provider": provider,
        "model": model,
        "calls": number(row["calls"]),
        "available": _available(row),
        "failures": {name: number(row[name]) for name in _FAILURES},
        "callers_own": number(row["not_asked"]),
        "last_failure": None if row["last_failure_ns"] is None else rfc3339(row["last_failure_ns"]),
        "filter": both([by_provider, by_model, "kind in ('llm', 'embedding', 'rerank')"]),
    }
