"""The prices in use: the newest catalogue's rules for the models that spans have named."""

from sightline.measure.asking import Json, number
from sightline.measure.economics.asking import statement
from sightline.query import Reader, Row, rfc3339

UNIT = "USD per million tokens"

_MOST = 5_000
_FOREVER_S = 4_102_444_800  # 2100-01-01: what lies beyond is no date that anybody set
_PER_TOKEN = (
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "input_audio", "output_audio", "input_image", "output_image",
    "reasoning",
)  # fmt: skip


async def prices(reader: Reader, *, search: str) -> dict[str, Json]:
    """The answer of GET /economics/prices."""
    rows = await reader.rows(statement("prices"), {"search": search, "rows": _MOST})
    return {"catalogue": rows[0]["catalogue"] if rows else None, "prices": [_price(row) for row in rows]}


def _price(row: Row) -> dict[str, Json]:
    return {
        "kind": row["kind"],
        "provider": row["provider"] or None,
        "model": row["model"] or None,
        "request_model": row["request_model"] or None,
        "price": row["price"] or None,
        "valid_from": rfc3339(row["valid_from_s"] * 10**9) if row["valid_from_s"] else None,
        "valid_to": rfc3339(row["valid_to_s"] * 10**9) if 0 < row["valid_to_s"] < _FOREVER_S else None,
        "above_tokens": row["above_tokens"] if row["above_tokens"] > 0 else None,
        "service_tier": row["service_tier"] or None,
        "day_from_s": row["day_from_s"],
        "day_to_s": row["day_to_s"],
        "context_tokens": row["context_tokens"],
        "unit": UNIT,
        **{name: _per_million(row[f"{name}_usd"]) for name in _PER_TOKEN},
        "request": number(row["request_usd"]),
        "web_search": number(row["web_search_usd"]),
        "second": number(row["second_usd"]),
    }


def _per_million(usd: float | None) -> float | None:
    return None if usd is None else number(round(usd * 1e6, 9))
