"""Price rules: a catalogue's conditional, tiered and varying prices of one model, laid flat so that the engine can choose by comparison.

A rule is a row of table `prices`. Of the rules that hold for a call (its time, its time of day in UTC, its service tier, its input
tokens) the one with the highest rank counts. The rules of one layer and one service tier never overlap in time, so ranks only order
the layers (the catalogue, then each override), within them the service tiers over the standard price, and within those the tiers
by input tokens.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict, TypeVar

from genai_prices.types import ModelInfo, ModelPrice, StartDateConstraint, TieredPrices, TimeOfDateConstraint

from sightline.money import OPEN_FROM, OPEN_TO

At = TypeVar("At")
Held = TypeVar("Held")
DAY_S = 86_400
BASE = -1
"""`above_tokens` of a rule that holds whatever the input."""

UNITS: Mapping[str, tuple[str, int]] = {
    "input_mtok": ("input_usd", 1_000_000),
    "output_mtok": ("output_usd", 1_000_000),
    "cache_read_mtok": ("cache_read_usd", 1_000_000),
    "cache_write_mtok": ("cache_write_usd", 1_000_000),
    "cache_write_1h_mtok": ("cache_write_1h_usd", 1_000_000),
    "input_audio_mtok": ("input_audio_usd", 1_000_000),
    "output_audio_mtok": ("output_audio_usd", 1_000_000),
    "input_image_mtok": ("input_image_usd", 1_000_000),
    "output_image_mtok": ("output_image_usd", 1_000_000),
    "output_reasoning_mtok": ("reasoning_usd", 1_000_000),
    "requests_kcount": ("request_usd", 1_000),
    "web_searches_kcount": ("web_search_usd", 1_000),
}
"""The catalogue's price keys that the engine keeps, the column of each, and of how many units the catalogue's price is."""


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A row of table `prices` from `rank` to `context_tokens`. Prices are US dollars of one unit; None is 'no price of its own'."""

    rank: int = 0
    service_tier: str = ""
    valid_from: datetime = OPEN_FROM
    valid_to: datetime = OPEN_TO
    day_from_s: int = 0
    day_to_s: int = DAY_S
    above_tokens: int = BASE
    input_usd: Decimal | None = None
    output_usd: Decimal | None = None
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    cache_write_1h_usd: Decimal | None = None
    input_audio_usd: Decimal | None = None
    output_audio_usd: Decimal | None = None
    input_image_usd: Decimal | None = None
    output_image_usd: Decimal | None = None
    reasoning_usd: Decimal | None = None
    request_usd: Decimal | None = None
    web_search_usd: Decimal | None = None
    second_usd: Decimal | None = None
    price: str = ""
    context_tokens: int | None = None

    def row(self) -> tuple[int | str | float | datetime | None, ...]:
        """The row's values in the order of RULE_COLUMNS, money as floats."""
        return tuple(float(value) if isinstance(value, Decimal) else value for value in (getattr(self, name) for name in RULE_COLUMNS))

    def holds(self, at: datetime, service_tier: str, input_tokens: int | None) -> bool:
        """Whether it holds for a call. `at` must have a zone."""
        return (
            self.valid_from <= at < self.valid_to
            and self.day_from_s <= int(at.timestamp()) % DAY_S < self.day_to_s
            and self.service_tier in ("", service_tier)
            and (self.above_tokens == BASE or (input_tokens is not None and input_tokens > self.above_tokens))
        )


RULE_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(PriceRule))
PRICE_COLUMNS: tuple[str, ...] = tuple(name for name in RULE_COLUMNS if name.endswith("_usd"))


def with_prices(rule: PriceRule, prices: Mapping[str, Decimal | None]) -> PriceRule:
    """The rule with these of its PRICE_COLUMNS."""
    return replace(rule, **prices)  # type: ignore[arg-type]


def price_context(service_tier: str) -> dict[str, str]:
    """How the catalogue says that a call was served as `service_tier`; {} is the standard price."""
    if not service_tier:
        return {}
    more = {"batch": {"processing": "batch"}, "fast": {"speed": "fast"}}
    return {"service_tier": service_tier, **more.get(service_tier, {})}


def ranked(layers: Iterable[Iterable[PriceRule]]) -> list[PriceRule]:
    """The rules of all layers, the later layer above the earlier, ranks given."""
    rules: list[PriceRule] = []
    rank = 0
    for layer in layers:
        rows = list(layer)
        order = sorted({(rule.service_tier != "", rule.above_tokens) for rule in rows})
        rules += [replace(rule, rank=rank + order.index((rule.service_tier != "", rule.above_tokens))) for rule in rows]
        rank += len(order)
    return rules


def catalogue_rules(model: ModelInfo, *, name: str, with_variants: bool) -> list[PriceRule]:
    """The catalogue's prices of one model, flat and not yet ranked; [] if it states none of a kind that the engine keeps.

    `with_variants`: whether its service tiers hold (they don't where one provider's model is sold by another).
    """
    if _is_free(model):
        return [PriceRule(input_usd=Decimal(0), output_usd=Decimal(0), price=f"{name} (free)", context_tokens=model.context_window)]
    template = PriceRule(price=name, context_tokens=model.context_window)
    tiers = {
        value for variant in (model.price_variants or []) if with_variants for key, value in variant.when.items() if _says_tier(key, value)
    }
    return [
        rule
        for tier in ("", *sorted(tiers))
        for window, prices in _windows(model, tier)
        for rule in _by_input_tokens(prices, replace(template, service_tier=tier, **window))
    ]


class _Window(TypedDict):
    valid_from: datetime
    valid_to: datetime
    day_from_s: int
    day_to_s: int


def _says_tier(key: str, value: str) -> bool:
    return price_context(value).get(key) == value


def _is_free(model: ModelInfo) -> bool:
    """An entry without a price is free only where its name or its comment says so; elsewhere its price is unknown."""
    entries = [model.prices] if isinstance(model.prices, ModelPrice) else [entry.prices for entry in model.prices]
    if any(stated_prices(entry) for entry in entries):
        return False
    return model.id.endswith(":free") or _FREE.search(model.price_comments or "") is not None


_FREE = re.compile(r"free of charge|zero token cost|included in the subscription", re.IGNORECASE)


def stated_prices(prices: ModelPrice) -> dict[str, Decimal | TieredPrices]:
    """The prices that an entry states, by the catalogue's key."""
    return {key: value for key, value in vars(prices).items() if value is not None}


def _windows(model: ModelInfo, tier: str) -> Iterator[tuple[_Window, ModelPrice]]:
    """When which price holds, by asking the catalogue's own code at the start of every stretch of time that it tells apart.

    For a service tier only where it differs from the standard price.
    """
    conditions = [] if isinstance(model.prices, ModelPrice) else [entry.constraint for entry in model.prices]
    conditions += [variant.constraint for variant in model.price_variants or [] if tier]
    days = {_midnight(condition.start_date) for condition in conditions if isinstance(condition, StartDateConstraint)}
    dates = [OPEN_FROM, *sorted(day for day in days if OPEN_FROM < day < OPEN_TO), OPEN_TO]
    daily = [condition for condition in conditions if isinstance(condition, TimeOfDateConstraint)]
    seconds = sorted({0, DAY_S, *(_second(at) for condition in daily for at in (condition.start_time, condition.end_time))})

    def price_at(at: datetime) -> ModelPrice | None:
        prices = model.get_prices(at, price_context(tier))
        return None if tier and prices == model.get_prices(at) else prices

    def day_of(start: datetime) -> list[tuple[int, int, ModelPrice | None]]:
        return _joined((since, until, price_at(start + timedelta(seconds=since))) for since, until in pairwise(seconds))

    for start, end, day in _joined((start, end, day_of(start)) for start, end in pairwise(dates)):
        for since, until, prices in day:
            if prices is not None:
                yield {"valid_from": start, "valid_to": end, "day_from_s": since, "day_to_s": until}, prices


def _joined(stretches: Iterable[tuple[At, At, Held]]) -> list[tuple[At, At, Held]]:
    """Neighbours that hold the same, as one."""
    joined: list[tuple[At, At, Held]] = []
    for since, until, held in stretches:
        if joined and joined[-1][2] == held:
            joined[-1] = (joined[-1][0], until, held)
        else:
            joined.append((since, until, held))
    return joined


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _second(at: time) -> int:
    """Second of the UTC day; a time without a zone is UTC."""
    utc = datetime.combine(date(2000, 1, 2), at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return utc.hour * 3600 + utc.minute * 60 + utc.second


def _by_input_tokens(prices: ModelPrice, template: PriceRule) -> Iterator[PriceRule]:
    """One rule for each stretch of input tokens. The catalogue's tiers are cliffs: above one, every token has its price."""
    stated = {UNITS[key]: value for key, value in stated_prices(prices).items() if key in UNITS}
    starts = sorted({tier.start for value in stated.values() if isinstance(value, TieredPrices) for tier in value.tiers})
    last: dict[str, Decimal] = {}
    for above in (BASE, *starts) if stated else ():
        columns = {column: _at(value, above) / per for (column, per), value in stated.items()}
        if columns != last:
            yield with_prices(replace(template, above_tokens=above), columns)
        last = columns


def _at(price: Decimal | TieredPrices, above: int) -> Decimal:
    if isinstance(price, TieredPrices):
        return next((tier.price for tier in reversed(price.tiers) if above >= tier.start), price.base)
    return price
