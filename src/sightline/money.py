"""What an operator says about money in sightline.toml: prices of their own, currencies, what a request earns."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

OPEN_FROM = datetime(1970, 1, 1, tzinfo=UTC)
"""'Always was': the engine's DateTime holds nothing earlier."""
OPEN_TO = datetime(2106, 1, 1, tzinfo=UTC)
"""'Until further notice': the engine's DateTime holds nothing later."""

Price = Annotated[Decimal | None, Field(ge=0, allow_inf_nan=False)]
Multiplier = Annotated[Decimal | None, Field(gt=0, allow_inf_nan=False)]
Day = datetime | date | None
Kind = Literal["llm", "embedding", "rerank"]
"""Kinds of calls that prices tell apart; everything else that uses a model counts as llm."""

_OF_INPUT = ("cache_read_per_mtok", "cache_write_per_mtok", "cache_write_1h_per_mtok", "input_audio_per_mtok", "input_image_per_mtok")
_OF_OUTPUT = ("output_audio_per_mtok", "output_image_per_mtok", "reasoning_per_mtok")
TOKEN_PRICES = ("input_per_mtok", "output_per_mtok", *_OF_INPUT, *_OF_OUTPUT)
OTHER_PRICES = ("per_request", "per_search", "per_gpu_hour")
SERVICE_TIERS = ("batch", "flex", "priority", "fast")


def moment(day: Day, otherwise: datetime) -> datetime:
    """A date is its midnight in UTC, a time without a zone is UTC."""
    if day is None:
        return otherwise
    if isinstance(day, datetime):
        return day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC)


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Said):
    valid_from: Day = None
    """first day that it holds, or moment; open without"""
    valid_to: Day = None
    """first day that it holds no more; open without"""

    @property
    def window(self) -> tuple[datetime, datetime]:
        """From and to, the latter excluded, within what the engine can hold."""
        return max(moment(self.valid_from, OPEN_FROM), OPEN_FROM), min(moment(self.valid_to, OPEN_TO), OPEN_TO)

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        start, end = self.window
        if start >= end:
            raise ValueError(f"valid_to must be after valid_from: {self.valid_from} to {self.valid_to} holds on no day")
        return self


class TokenPrices(_Said):
    """Prices of a million tokens. A kind without a price of its own is charged at the rate of what it is part of: input or output."""

    input_per_mtok: Price = None
    output_per_mtok: Price = None
    cache_read_per_mtok: Price = None
    cache_write_per_mtok: Price = None
    cache_write_1h_per_mtok: Price = None
    input_audio_per_mtok: Price = None
    output_audio_per_mtok: Price = None
    input_image_per_mtok: Price = None
    output_image_per_mtok: Price = None
    reasoning_per_mtok: Price = None


class PriceTier(TokenPrices):
    """Prices for calls of more than `above_tokens` input tokens; what it does not say is as below it."""

    above_tokens: int = Field(ge=0)

    @model_validator(mode="after")
    def _says_a_price(self) -> Self:
        if not any(getattr(self, name) is not None for name in TOKEN_PRICES):
            raise ValueError("a tier needs a price: input_per_mtok, output_per_mtok …")
        return self


class PriceOverride(_Dated, TokenPrices):
    """One `[[prices]]` table: for which calls, when, and what they cost. Of two that hold for a call the later in the file counts."""

    provider: str | None = Field(None, min_length=1)
    model: str | None = Field(None, min_length=1)
    tool: str | None = Field(None, min_length=1)
    kind: Kind | None = None
    name: str | None = Field(None, min_length=1)
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    per_request: Price = None
    per_search: Price = None
    per_gpu_hour: Price = None
    gpus: Decimal = Field(Decimal(1), gt=0)
    share: Decimal = Field(Decimal(1), gt=0, le=1)
    tiers: tuple[PriceTier, ...] = ()
    batch: Multiplier = None
    flex: Multiplier = None
    priority: Multiplier = None
    fast: Multiplier = None
    same_as: str | None = Field(None, pattern=r"^[^/]+/.+$")
    discount: Decimal | None = Field(None, ge=0, le=1)
    context_tokens: int | None = Field(None, gt=0)

    @property
    def said(self) -> tuple[str, ...]:
        """The prices that it states."""
        return tuple(name for name in (*TOKEN_PRICES, *OTHER_PRICES) if getattr(self, name) is not None)

    @property
    def takes_from_catalogue(self) -> bool:
        """Whether its prices are the catalogue's, as they are or with a discount."""
        return self.discount is not None or self.same_as is not None

    @model_validator(mode="after")
    def _says_for_what(self) -> Self:
        if self.tool is not None and (self.model or self.provider or self.kind):
            raise ValueError("tool stands alone: a tool has no provider, model or kind")
        if self.tool is not None and (self.takes_from_catalogue or any(name in TOKEN_PRICES for name in self.said)):
            raise ValueError(
                "a tool is priced by per_request, per_search or per_gpu_hour; the catalogue has no tools, tools have no tokens"
            )
        if not (self.provider or self.model or self.tool or self.kind or self.discount is not None):
            raise ValueError("say for which calls: provider, model, tool or kind")
        return self

    @model_validator(mode="after")
    def _says_a_price(self) -> Self:
        said = self.said
        if self.takes_from_catalogue:
            if said or self.tiers:
                raise ValueError(
                    f"discount and same_as take the catalogue's prices: leave out {', '.join(said) or 'tiers'}, or leave them out"
                )
            if self.currency != "USD":
                raise ValueError("the catalogue's prices are in USD: leave out currency")
            if any(getattr(self, name) is not None for name in SERVICE_TIERS):
                raise ValueError("the catalogue has its own service tiers: leave out batch, flex, priority and fast")
        elif not said:
            raise ValueError(f"no price: say one of {', '.join((*TOKEN_PRICES[:2], *OTHER_PRICES))}, discount or same_as")
        return self

    @model_validator(mode="after")
    def _leaves_no_token_unpriced(self) -> Self:
        said = {name for name in TOKEN_PRICES if name in self.said or any(getattr(tier, name) is not None for tier in self.tiers)}
        orphans = [name for name in _OF_INPUT if name in said and self.input_per_mtok is None]
        orphans += [name for name in _OF_OUTPUT if name in said and self.output_per_mtok is None]
        if orphans:
            whole = "input_per_mtok" if orphans[0] in _OF_INPUT else "output_per_mtok"
            raise ValueError(f"{orphans[0]} is for a part of what {whole} is for: say {whole} too")
        if "cache_write_1h_per_mtok" in said and self.cache_write_per_mtok is None:
            raise ValueError("cache_write_1h_per_mtok is for a part of what cache_write_per_mtok is for: say cache_write_per_mtok too")
        if said and self.input_per_mtok is None:
            raise ValueError("input_per_mtok is missing: say 0 if input is free")
        if said and self.output_per_mtok is None and self.kind not in ("embedding", "rerank"):
            raise ValueError("output_per_mtok is missing: say 0 if output is free, or kind = 'embedding' or 'rerank'")
        return self

    @model_validator(mode="after")
    def _says_no_more_than_counts(self) -> Self:
        if self.per_gpu_hour is None and self.model_fields_set & {"gpus", "share"}:
            raise ValueError("gpus and share are for per_gpu_hour: say that too")
        starts = [tier.above_tokens for tier in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError(f"tiers must rise by above_tokens: they are {', '.join(map(str, starts))}")
        return self


class ExchangeRate(_Said):
    """What one unit of a currency is in US dollars, from a day on."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    usd: Decimal = Field(gt=0)
    valid_from: Day = None


def _as_list(said: object) -> object:
    """`[currencies] EUR = 1.08` and `EUR = [{usd = 1.08, valid_from = …}]` are `[[currencies]]` written short."""
    if not isinstance(said, Mapping):
        return said
    rates: list[Any] = []
    for currency, rate in said.items():
        for one in rate if isinstance(rate, list) else [rate]:
            rates.append({**one, "currency": currency} if isinstance(one, Mapping) else {"currency": currency, "usd": one})
    return rates


Currencies = Annotated[tuple[ExchangeRate, ...], BeforeValidator(_as_list)]


class Revenue(_Dated):
    """One `[[revenue]]` table: what a request earns when its root span does not say. Of two that hold the later in the file counts."""

    task: str | None = Field(None, min_length=1)
    tenant: str | None = Field(None, min_length=1)
    usd_per_request: Decimal = Field(ge=0, allow_inf_nan=False)


def rates(currency: str, known: Sequence[ExchangeRate]) -> list[tuple[datetime, Decimal]]:
    """From when on one unit is how many dollars, in order; empty for an unknown currency."""
    if currency == "USD":
        return [(OPEN_FROM, Decimal(1))]
    return sorted((moment(rate.valid_from, OPEN_FROM), rate.usd) for rate in known if rate.currency == currency)


def check_currencies(prices: Sequence[PriceOverride], known: Sequence[ExchangeRate]) -> None:
    """Raise ValueError for the first price whose currency has no rate on some day that the price holds."""
    for number, price in enumerate(prices):
        known_rates = rates(price.currency, known)
        if not known_rates:
            raise ValueError(f"prices.{number}: no rate for {price.currency}: add [currencies] {price.currency} = <US dollars for one>")
        if known_rates[0][0] > price.window[0]:
            raise ValueError(
                f"prices.{number}: the first rate for {price.currency} holds from {known_rates[0][0]:%Y-%m-%d}, the price from"
                f" {price.valid_from or 'the beginning'}: add an earlier rate, or a later valid_from"
            )
