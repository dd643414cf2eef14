"""One provider's answer and what it cost: the usage block by the library's extractors, the price by our rules."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from genai_prices.decompose import compute_leaf_values
from genai_prices.types import Provider, calc_unit_price
from genai_prices.types import Usage as LibraryUsage
from genai_prices.units import _get_registry

from sightline.facts.prices.catalogue import Catalogue, Entry, price_name
from sightline.facts.prices.cost import Parts, Usage, cost_by, rule_for, why_no_cost
from sightline.facts.prices.rules import PRICE_COLUMNS, UNITS, PriceRule, price_context, stated_prices
from sightline.money import OPEN_FROM, OPEN_TO

TOKEN_FACTS: Mapping[str, str] = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "cache_write_1h_tokens": "cache_write_1h_tokens",
    "reasoning_tokens": "output_reasoning_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "input_image_tokens": "input_image_tokens",
    "output_image_tokens": "output_image_tokens",
    "web_searches": "web_searches",
}
"""Our fact and the library's name for it."""


_MOST_USD = Decimal(1_000_000_000)


class _NoPriceError(Exception):
    """Why a line has no cost; for the line's `reason` only."""


@dataclass(slots=True)
class PricedResponse:
    """What Sightline makes of one line. Token facts are None where the usage block does not mention them; `usage` is all that it does."""

    line: int | None = None
    provider: str | None = None
    model: str | None = None
    at: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    reasoning_tokens: int | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    output_image_tokens: int | None = None
    web_searches: int | None = None
    usage: dict[str, int | float] | None = None
    cost_usd: float | None = None
    input_cost_usd: float | None = None
    output_cost_usd: float | None = None
    parts: dict[str, float] | None = None
    price: dict[str, Any] | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def price_response(catalogue: Catalogue, said: object, *, now: datetime, line: int | None = None) -> PricedResponse:
    """What one line used and cost, or why that is unknown; never raises.

    A line: {"provider", "api_flavor", "model", "at", "service_tier", "body"}; all but provider and body may be left out.
    """
    answer = PricedResponse(line=line)
    try:
        _price(catalogue, said, now, answer)
    except _NoPriceError as why:
        answer.reason = str(why)
    return answer


def _price(catalogue: Catalogue, said: object, now: datetime, answer: PricedResponse) -> None:
    if not isinstance(said, Mapping):
        raise _NoPriceError(f"the line must be a JSON object, not {type(said).__name__}")
    word, flavor, body = said.get("provider"), said.get("api_flavor") or "default", said.get("body")
    answer.provider = word if isinstance(word, str) else None
    answer.model = said["model"] if isinstance(said.get("model"), str) and said["model"] else None
    if not isinstance(body, Mapping):
        raise _NoPriceError("body is missing: the provider's answer, a JSON object with its usage block")
    if not isinstance(word, str) or not word:
        raise _NoPriceError("provider is missing: openai, anthropic, gcp.gemini …")
    provider = catalogue.provider(word)
    if provider is None:
        raise _NoPriceError(f"unknown provider {word!r}: the catalogue has {', '.join(sorted(one.id for one in catalogue.providers))}")
    at = _when(said.get("at"), now)
    answer.at = at.isoformat()
    service_tier = said.get("service_tier")
    if service_tier is not None and not isinstance(service_tier, str):
        raise _NoPriceError("service_tier must be text: batch, priority, flex …")
    named, counted = _usage(catalogue.extractors(provider), body, str(flavor))
    answer.model = named or answer.model
    answer.usage = {key: value if isinstance(value, int) else float(value) for key, value in vars(counted).items()}
    for fact, key in TOKEN_FACTS.items():
        setattr(answer, fact, _whole(fact, vars(counted).get(key)))
    if answer.model is None:
        raise _NoPriceError("no model: neither the body nor the line names one")
    kind = "embedding" if flavor == "embeddings" else "llm"
    _settle(catalogue, kind, word, answer, counted, at, service_tier or "")


def _settle(
    catalogue: Catalogue,
    kind: str,
    word: str,
    answer: PricedResponse,
    counted: LibraryUsage,
    at: datetime,
    service_tier: str,
) -> None:
    usage = Usage(**{fact: getattr(answer, fact) for fact in TOKEN_FACTS})
    entry = catalogue.find(word, answer.model)
    rule = rule_for(catalogue.rules(kind, word, answer.model, None), usage, at, service_tier)
    if entry is not None and (rule is None or rule.price == price_name(entry)):
        other = _other_kinds(entry, counted, at, service_tier)
        if other:
            parts = _by_library(entry, counted, at, service_tier)
            _answer(answer, parts, {"name": price_name(entry), "beyond the rules": sorted(other)})
            return
    if rule is None:
        raise _NoPriceError(catalogue.why_none(kind, word, answer.model, None) or f"no price of {answer.model} holds at that time")
    cost = cost_by(rule, usage)
    if cost is None:
        raise _NoPriceError(f"{rule.price}: {why_no_cost(rule, usage)}")
    _answer(answer, cost, _shown(rule))


def _answer(answer: PricedResponse, parts: Parts, price: dict[str, Any]) -> None:
    if parts.total > _MOST_USD:
        raise _NoPriceError(f"a cost of {parts.total:.3g} USD is none that a response has")
    answer.cost_usd = float(parts.total)
    answer.input_cost_usd = float(parts.input_usd + parts.cache_read_usd + parts.cache_write_usd)
    answer.output_cost_usd = float(parts.output_usd)
    answer.parts = {
        "uncached_input_usd": float(parts.input_usd),
        "cache_read_usd": float(parts.cache_read_usd),
        "cache_write_usd": float(parts.cache_write_usd),
        "output_usd": float(parts.output_usd),
        "other_usd": float(parts.other_usd),
    }
    answer.price = price


def _usage(provider: Provider, body: Mapping[str, Any], flavor: str) -> tuple[str | None, LibraryUsage]:
    try:
        return provider.extract_usage(body, api_flavor=flavor)
    except ValueError as error:
        if provider.extractors and flavor not in (flavors := [one.api_flavor for one in provider.extractors]):
            raise _NoPriceError(f"unknown api_flavor {flavor!r} for {provider.id}: one of {', '.join(flavors)}") from error
        raise _NoPriceError(f"no usage in the body: {error}") from error


def _when(said: object, now: datetime) -> datetime:
    if said is None:
        return now
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise _NoPriceError(f"at can't be read: {said!r}; write RFC 3339, such as 2026-11-25T10:00:00Z") from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not OPEN_FROM <= at < OPEN_TO:
        raise _NoPriceError(f"at is no time that a call was made: {said!r}")
    return at


def _whole(fact: str, value: float | Decimal | None) -> int | None:
    if value is not None and value != int(value):
        raise _NoPriceError(f"{fact} is {value}: not a whole number")
    return None if value is None else int(value)


def _shown(rule: PriceRule) -> dict[str, Any]:
    """A rule as a reader knows prices: by the million tokens, by the request."""
    unit_prices = {}
    for column in PRICE_COLUMNS:
        price = getattr(rule, column)
        if price is not None:
            per_token = column.removesuffix("_usd") not in ("request", "web_search", "second")
            unit_prices[f"{column}_per_mtok" if per_token else column] = float(price * 1_000_000 if per_token else price)
    chosen: dict[str, Any] = {"name": rule.price}
    if rule.service_tier:
        chosen["service_tier"] = rule.service_tier
    if rule.above_tokens >= 0:
        chosen["above_tokens"] = rule.above_tokens
    return chosen | unit_prices


def _other_kinds(entry: Entry, counted: LibraryUsage, at: datetime, service_tier: str) -> set[str]:
    """Kinds that the response used and this price charges for, and that spans do not carry: cached audio, video, pages …"""
    prices = stated_prices(entry.model.get_prices(at, price_context(service_tier) if entry.is_its_own else None))
    registry = _get_registry()
    units = {key: registry.unit_for_price_key(key) for key in prices if key not in UNITS and key in registry._all_price_keys}
    return {key for key, unit in units.items() if vars(counted).get(unit.usage_key)}


def _by_library(entry: Entry, counted: LibraryUsage, at: datetime, service_tier: str) -> Parts:
    """The library's own price, in our parts."""
    context = price_context(service_tier) if entry.is_its_own else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            whole = entry.model.calc_price(counted, entry.provider, genai_request_timestamp=at, price_context=context)
            prices = [(_get_registry().unit_for_price_key(key), price) for key, price in stated_prices(whole.model_price).items()]
            leaves = compute_leaf_values({unit.usage_key for unit, _ in prices}, counted, {unit.usage_key: unit for unit, _ in prices})
        except (ValueError, KeyError) as error:
            raise _NoPriceError(f"{price_name(entry)}: {error}") from error
    cached = {"cache_read": Decimal(0), "cache_write": Decimal(0)}
    for unit, price in prices:
        kind = unit.dimensions.get("token_type")
        if kind in cached:
            cached[kind] += calc_unit_price(price, leaves[unit.usage_key], vars(counted).get("input_tokens", 0), unit.per)
    return Parts(
        input_usd=whole.input_price - cached["cache_read"] - cached["cache_write"],
        cache_read_usd=cached["cache_read"],
        cache_write_usd=cached["cache_write"],
        output_usd=whole.output_price,
        other_usd=whole.total_price - whole.input_price - whole.output_price,
    )
