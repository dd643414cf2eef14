"""The operator's own prices as rules: a layer over the catalogue's, for the calls and the time that each is for."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase

from sightline.facts.prices.rules import PRICE_COLUMNS, PriceRule, with_prices
from sightline.money import OPEN_TO, SERVICE_TIERS, TOKEN_PRICES, ExchangeRate, PriceOverride, Revenue, TokenPrices, rates

_MILLION = Decimal(1_000_000)
_HOUR_S = Decimal(3600)


@dataclass(frozen=True, slots=True)
class Override:
    """One `[[prices]]` table, ready to be asked: its provider is the catalogue's, its currency's rates are in order."""

    said: PriceOverride
    provider: str | None
    rates: Sequence[tuple[datetime, Decimal]]
    same_as: tuple[PriceRule, ...]

    def matches(self, kind: str, providers: Set[str], models: Iterable[str]) -> bool:
        """Whether it is for calls of this kind to one of these names of a provider, of a model with one of these names."""
        if (kind == "tool") != (self.said.tool is not None):
            return False
        if self.said.kind is not None and self.said.kind != kind:
            return False
        if self.provider is not None and self.provider not in providers:
            return False
        glob = (self.said.tool or self.said.model or "*").lower()
        return glob == "*" or any(fnmatchcase(model.lower(), glob) for model in models)


@dataclass(frozen=True, slots=True)
class RevenueRule:
    """What a request earns. `task` and `tenant` are regular expressions that the whole name matches; '' is any, also none."""

    task: str
    tenant: str
    usd: Decimal
    valid_from: datetime
    valid_to: datetime


def as_overrides(
    said: Iterable[PriceOverride],
    currencies: Sequence[ExchangeRate],
    *,
    provider_id: Callable[[str], str],
    rules_same_as: Callable[[str], list[PriceRule]],
) -> tuple[Override, ...]:
    """The tables of the settings, in their order. `provider_id` and `rules_same_as` look names up in the catalogue."""
    return tuple(
        Override(
            said=one,
            provider=None if one.provider is None else provider_id(one.provider),
            rates=tuple(rates(one.currency, currencies)),
            same_as=() if one.same_as is None else tuple(rules_same_as(one.same_as)),
        )
        for one in said
    )


def override_layer(override: Override, base: Sequence[PriceRule]) -> list[PriceRule]:
    """An override's rules over the catalogue's `base`, not yet ranked."""
    if override.said.takes_from_catalogue:
        return list(_from_catalogue(override, override.same_as or base))
    context = override.said.context_tokens or next((rule.context_tokens for rule in base), None)
    template = PriceRule(price=_name(override.said, _for_what(override.said)), context_tokens=context)
    return [
        rule
        for start, end, usd in _stretches(override)
        for rule in _stated(override.said, usd, replace(template, valid_from=start, valid_to=end))
    ]


def revenue_rules(said: Iterable[Revenue]) -> list[RevenueRule]:
    """The `[[revenue]]` tables as plain rows, in their order: of those that hold for a request the last counts."""
    return [RevenueRule(as_regex(one.task), as_regex(one.tenant), one.usd_per_request, *one.window) for one in said]


def as_regex(glob: str | None) -> str:
    """A glob as a regular expression that the engine's `match` reads: `*` any text, `?` one character; '' for None and `*`."""
    if glob is None or glob == "*":
        return ""
    text = {"*": ".*", "?": "."}
    return "^" + "".join(text.get(char, char if char.isalnum() or char in "_-" else f"\\{char}") for char in glob) + "$"


def _from_catalogue(override: Override, base: Iterable[PriceRule]) -> Iterator[PriceRule]:
    start, end = override.said.window
    discount = override.said.discount
    factor = 1 - (discount or Decimal(0))
    for rule in base:
        since, until = max(rule.valid_from, start), min(rule.valid_to, end)
        if since < until:
            prices = {column: _times(getattr(rule, column), factor) for column in PRICE_COLUMNS}
            what = rule.price if discount is None else f"{rule.price} less {float(discount * 100):.6g}%"
            context = override.said.context_tokens or rule.context_tokens
            name = _name(override.said, what)
            yield with_prices(replace(rule, valid_from=since, valid_to=until, price=name, context_tokens=context), prices)


def _stretches(override: Override) -> Iterator[tuple[datetime, datetime, Decimal]]:
    """From, to and US dollars for one unit of its currency, for each stretch of its time with one rate."""
    start, end = override.said.window
    ends = [since for since, _ in override.rates[1:]] + [OPEN_TO]
    for (since, usd), until in zip(override.rates, ends, strict=True):
        if max(since, start) < min(until, end):
            yield max(since, start), min(until, end), usd


def _stated(said: PriceOverride, usd: Decimal, template: PriceRule) -> Iterator[PriceRule]:
    searches = _times(said.per_search, usd)
    requests = _times(said.per_request, usd)
    if said.kind == "rerank" and searches is not None:  # one call is one search
        requests, searches = (requests or 0) + searches, None
    whole = {
        "request_usd": requests,
        "web_search_usd": searches,
        "second_usd": _times(said.per_gpu_hour, usd * said.gpus * said.share / _HOUR_S),
    }
    standard = [with_prices(template, _tokens(said, usd) | whole)]
    for tier in said.tiers:
        standard.append(with_prices(replace(standard[-1], above_tokens=tier.above_tokens), _tokens(tier, usd)))
    yield from standard
    for service_tier in SERVICE_TIERS:
        factor = getattr(said, service_tier)
        if factor is not None:
            for one in standard:
                tokens = {column: _times(getattr(one, column), factor) for column in _TOKEN_COLUMNS.values()}
                yield with_prices(replace(one, service_tier=service_tier), tokens)


_TOKEN_COLUMNS = {name: name.replace("_per_mtok", "_usd") for name in TOKEN_PRICES}


def _tokens(said: TokenPrices, usd: Decimal) -> dict[str, Decimal | None]:
    stated = ((column, getattr(said, name)) for name, column in _TOKEN_COLUMNS.items())
    return {column: price * usd / _MILLION for column, price in stated if price is not None}


def _times(price: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if price is None else price * factor


def _name(said: PriceOverride, otherwise: str) -> str:
    return f"override: {said.name or otherwise}"


def _for_what(said: PriceOverride) -> str:
    if said.tool is not None:
        return f"tool {said.tool}"
    return "/".join(word for word in (said.provider, said.model) if word) or str(said.kind)
