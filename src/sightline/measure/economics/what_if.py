"""What the same calls would have cost: at another model's prices, at another service tier, with more of them read from the cache."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sightline.errors import BadRequestError
from sightline.measure.asking import Asked, Json, number
from sightline.measure.economics.asking import rows_of, statement
from sightline.measure.economics.prefixes import prefixes
from sightline.query import UNITS_NS, Reader

_LIFETIME_NS = UNITS_NS["h"]
_MIN_TOKENS = 1_024
_CALLS = 20_000
_LATEST_S = 2**32 - 1
_REPRICED = (
    "(k.uncached - more - audio - image) * other.input + audio * ifNull(other.input_audio, 0) + image * ifNull(other.input_image, 0)"
    " + (k.read + more) * coalesce(other.cache_read, other.input)"
    " + (k.written - long) * coalesce(other.cache_write, other.input)"
    " + long * coalesce(other.cache_write_1h, other.cache_write, other.input)"
    " + (output - spoken - drawn - thought) * other.output"
    " + spoken * ifNull(other.output_audio, 0) + drawn * ifNull(other.output_image, 0) + thought * ifNull(other.reasoning, 0)"
    " + ifNull(other.request, 0) + ifNull(k.web_searches, 0) * ifNull(other.web_search, 0)"
)
_PARAMS = {
    "tiers": "service_tier", "valid_from": "valid_from_s", "valid_to": "valid_to_s", "day_from": "day_from_s", "day_to": "day_to_s",
    "above": "above_tokens", "input": "input_usd", "cache_read": "cache_read_usd", "cache_write": "cache_write_usd",
    "cache_write_1h": "cache_write_1h_usd", "output": "output_usd", "request": "request_usd", "context": "context_tokens",
    "input_audio": "input_audio_usd", "input_image": "input_image_usd", "output_audio": "output_audio_usd",
    "output_image": "output_image_usd", "reasoning": "reasoning_usd", "web_search": "web_search_usd",
}  # fmt: skip
_CACHED = "k.cost_usd - more * (k.input_usd - k.read_usd)"


class Catalogue(Protocol):
    """What knows prices of models that no span has named yet. `facts.prices` has one."""

    def rules(self, kind: str, provider: str | None, model: str | None, request_model: str | None) -> Sequence[Any]:
        """Rules with the columns of table `prices` as attributes; none where it knows no price."""


async def what_if(
    reader: Reader, asked: Asked, *, model: str, provider: str, caching: bool, service_tier: str, catalogue: Catalogue | None
) -> dict[str, Json]:
    """The answer of GET /economics/what-if. Raises BadRequestError when nothing is asked, or nobody knows the model's price."""
    if not (model or caching or service_tier):
        raise BadRequestError("What if what? Give a model, a service_tier, or caching=true.")
    assumptions = ["The same calls with the same token counts; tokenisers differ by some per cent, and answers may be longer or worse."]
    candidates: Sequence[Mapping[str, Any]] = []
    if model:
        candidates = await _rules(reader, provider, model, catalogue)
        provider = str(candidates[0].get("provider") or provider)
        assumptions.append(f"{model} at the price that holds now ({candidates[0]['price']}), whatever it was when the calls were made.")
        if not any(rule["service_tier"] == service_tier for rule in candidates):
            raise BadRequestError(f"{model} has no price at the tier {service_tier!r}.")
    elif service_tier:
        assumptions.append(f"Each call at its own model's price for the tier {service_tier!r} that held when it was made.")
    if service_tier == "batch":
        assumptions.append("A batch answers within a day instead of at once.")
    read_more = await _read_more(reader, asked, assumptions) if caching else 0.0
    rows = rows_of("calls", asked, asked.scene.window)
    repriced = bool(model or service_tier)
    found = await rows.ask(
        reader,
        "what_if",
        parts={
            "cacheable": statement("cacheable", calls=rows.sql, rules=statement("rules")),
            "rules": statement("bound_rules") if model else "k.rules",
            "priced_at": "now('UTC')" if model else "k.start",
            "cost": _REPRICED if repriced else _CACHED,
        },
        tier=service_tier,
        read_more=read_more,
        **_bound(candidates),
    )
    left_out = sum(row["calls"] - row["calls_priced"] for row in found)
    assumptions += _why_left_out(found, repriced=repriced)
    actual, other = (_sum(row[name] for row in found) for name in ("actual_usd", "hypothetical_usd"))
    return {
        "window": asked.windows()["window"],
        "actual_usd": actual,
        "hypothetical_usd": other,
        "difference_usd": None if actual is None or other is None else other - actual,
        "calls": number(float(sum(row["calls"] for row in found))),
        "calls_priced": number(float(sum(row["calls_priced"] for row in found))),
        "calls_left_out": number(float(left_out)),
        "assumptions": assumptions,
        "by": [
            {
                "model": row["model"],
                "calls": number(row["calls_priced"]),
                "actual_usd": number(row["actual_usd"]),
                "hypothetical_usd": number(row["hypothetical_usd"]),
            }
            for row in found
        ],
    }


def _sum(values: Any) -> float | None:
    known = [value for value in map(number, values) if value is not None]
    return sum(known) if known else None


async def _rules(reader: Reader, provider: str, model: str, catalogue: Catalogue | None) -> Sequence[Mapping[str, Any]]:
    """Of the price list's names for a model the first; what no span has named is looked up."""
    rows = await reader.rows(statement("rules_of_model"), {"model": model, "provider": provider})
    first = [row for row in rows if row["provider"] == rows[0]["provider"]]
    if first:
        return first
    known = catalogue.rules("llm", provider or None, model, model) if catalogue else []
    made = [_row(rule, provider) for rule in known]
    if not made:
        raise BadRequestError(f"Nobody knows a price for {model!r}{f' of {provider!r}' if provider else ''}: give one under [[prices]].")
    return made


def _row(rule: Any, provider: str) -> dict[str, Any]:
    said = {name: getattr(rule, name) for name in ("rank", "price", *_PARAMS.values()) if hasattr(rule, name)}
    times = {"valid_from_s": _seconds(rule.valid_from), "valid_to_s": _seconds(rule.valid_to)}
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in said.items()} | times | {"provider": provider}


def _seconds(at: datetime) -> int:
    return min(_LATEST_S, max(0, int(at.timestamp())))


def _bound(rules: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """The rules as parameters, the one that counts first."""
    ordered = sorted(rules, key=lambda rule: -rule["rank"])
    return {name: [rule[column] for rule in ordered] for name, column in _PARAMS.items()} if rules else {}


async def _read_more(reader: Reader, asked: Asked, assumptions: list[str]) -> float:
    """The part of the uncached input that was seen before, by the prompts that can be compared."""
    found = await prefixes(reader, asked, lifetime_ns=_LIFETIME_NS, min_tokens=_MIN_TOKENS, calls=_CALLS)
    uncached = (found["input_tokens"] or 0) - (found["cache_read_tokens"] or 0)
    part = min(1.0, (found["avoidable_tokens"] or 0) / uncached) if uncached > 0 else 0.0
    compared = (found["calls"] or 0) - (found["calls_without_content"] or 0)
    assumptions.append(
        f"With caching {part:.1%} of the uncached input is read from the cache: what {compared:,.0f} prompts had in common with earlier "
        "ones and was not read, taken to hold for all calls. What writing it to the cache may cost is not counted."
    )
    assumptions.extend(found["assumptions"][:2])
    return part


def _why_left_out(found: Sequence[Mapping[str, Any]], *, repriced: bool) -> list[str]:
    without_cost = sum(row["calls_without_cost"] for row in found)
    too_long = sum(row["calls_too_long"] for row in found)
    other = sum(row["calls"] - row["calls_priced"] for row in found) - without_cost - too_long
    said = ["Only LLM calls with known input tokens take part; embeddings, reranking and tools stay as they are."]
    if without_cost:
        said.append(f"{_left_out(without_cost)} because their actual cost is unknown.")
    if too_long:
        said.append(f"{_left_out(too_long)} because they do not fit into the model's context.")
    if other > 0:
        why = "there is no such price for them" if repriced else "the price of a cached read is unknown for them"
        said.append(f"{_left_out(other)} because {why}.")
    return said


def _left_out(calls: float) -> str:
    many = f"{calls:,.0f}"
    return f"{many} call is left out on both sides" if many == "1" else f"{many} calls are left out on both sides"
