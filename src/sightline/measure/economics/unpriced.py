"""What has no cost: models without a price, and calls that said nothing of their usage."""

import asyncio

from sightline.measure.asking import Asked, Json, number
from sightline.measure.economics.asking import rows_of
from sightline.query import Reader, Row, both, quoted, rfc3339

_MOST = 1_000
_UNPRICED = "settled = true and usage_counted = true and cost_usd is null and (input_tokens is not null or output_tokens is not null)"
_UNKNOWN = (
    "settled = true and usage_counted = true and cost_usd is null and input_tokens is null and output_tokens is null and status != error"
    " and (kind in (llm, embedding) or kind = rerank and (provider is not null or model is not null))"
)


async def unpriced(reader: Reader, asked: Asked) -> dict[str, Json]:
    """The answer of GET /economics/unpriced, busiest first."""
    rows = rows_of("calls", asked, asked.scene.window)
    models, unknown = await asyncio.gather(rows.ask(reader, "unpriced", rows=_MOST), rows.ask(reader, "unknown_usage", rows=_MOST))
    return {
        "window": asked.windows()["window"],
        "models": [
            {
                "kind": row["kind"],
                "provider": row["provider"],
                "model": row["model"],
                "calls": number(row["calls"]),
                "input_tokens": number(row["input_tokens"]),
                "output_tokens": number(row["output_tokens"]),
                "first": rfc3339(row["first_ns"]),
                "last": rfc3339(row["last_ns"]),
                "filter": both([_names(row), _UNPRICED]),
                "why": _why(row),
            }
            for row in models
        ],
        "unknown_usage": [
            {
                "kind": row["kind"],
                "provider": row["provider"],
                "model": row["model"],
                "calls": number(row["calls"]),
                "filter": both([_names(row), _UNKNOWN]),
            }
            for row in unknown
        ],
    }


def _names(row: Row) -> str:
    said = [f"kind = {quoted(row['kind'])}"]
    said += [f"{name} is null" if row[name] is None else f"{name} = {quoted(row[name])}" for name in ("provider", "model")]
    return " and ".join(said)


def _why(row: Row) -> str:
    if row["model"] is None:
        return "The call does not say which model it used."
    if row["rules"]:
        return "The price list knows the model, but no price of it held when these calls were made: give one with its dates, then reprice."
    if row["looked_up"]:
        return "Neither the catalogue nor the configuration has a price for this model: give one under [[prices]], then reprice."
    return "The model has not been looked up yet: that happens when its spans settle."
