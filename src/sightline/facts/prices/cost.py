"""What a call costs by its rules: the arithmetic of the engine's SQL, in exact decimals.

Tokens are counted inclusively: `input_tokens` holds the cached reads, the cache writes, audio and images; `cache_write_tokens` those
kept for an hour; `output_tokens` audio, images and reasoning. A kind that has a price of its own is taken out of what it is part of
and charged by itself; a kind that has none is charged at the rate of what it is part of:

    read   = cache_read_tokens
    write  = cache_write_tokens
    write1 = cache_write_1h_tokens   if cache_write_1h_usd is known, else 0
    audio  = input_audio_tokens      if input_audio_usd is known, else 0; no more than input_tokens - read - write
    image  = input_image_tokens      if input_image_usd is known, else 0; no more than input_tokens - read - write - audio

    input_usd       = (input_tokens - read - write - audio - image) x input_usd + audio x input_audio_usd + image x input_image_usd
    cache_read_usd  = read x (cache_read_usd, else input_usd)
    cache_write_usd = (write - write1) x (cache_write_usd, else input_usd) + write1 x cache_write_1h_usd
    output_usd      = output_tokens likewise: audio, then images, then reasoning taken out where they have a price
    other_usd       = request_usd + web_searches x web_search_usd + seconds x second_usd
    total           = their sum

Audio or images that were also read from the cache are charged as cached where that has a price of its own (nobody tells us which they
were), as audio where it has none: then reads and writes are no more than what audio and images leave.

There is no cost (None) when no rule holds, when nothing that the rule has a price for is known, or when the usage contradicts
itself: what has a price of its own is more than what it is part of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sightline.facts.prices.rules import PriceRule

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used, under the names of the facts; None is unknown. `seconds`: how long the call took."""

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
    seconds: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A cost in US dollars and what it is made of; `total` is the sum."""

    input_usd: Decimal
    cache_read_usd: Decimal
    cache_write_usd: Decimal
    output_usd: Decimal
    other_usd: Decimal

    @property
    def total(self) -> Decimal:
        """What the call cost."""
        return self.input_usd + self.cache_read_usd + self.cache_write_usd + self.output_usd + self.other_usd


def rule_for(rules: Iterable[PriceRule], usage: Usage, at: datetime, service_tier: str = "") -> PriceRule | None:
    """The rule that counts for a call: of those that hold, the one with the highest rank."""
    holding = [rule for rule in rules if rule.holds(at, service_tier, usage.input_tokens)]
    return max(holding, key=lambda rule: rule.rank, default=None)


def cost(rules: Iterable[PriceRule], usage: Usage, at: datetime, service_tier: str = "") -> Parts | None:
    """What a call costs; None when that is unknown."""
    rule = rule_for(rules, usage, at, service_tier)
    return None if rule is None else cost_by(rule, usage)


def cost_by(rule: PriceRule, usage: Usage) -> Parts | None:
    """What a call costs by a rule that holds for it; None when that is unknown."""
    if why_no_cost(rule, usage) is not None:
        return None
    whole_in, whole_out = usage.input_tokens or 0, usage.output_tokens or 0
    read, write, write_1h = _cached(rule, usage)
    audio = min(_own(usage.input_audio_tokens, rule.input_audio_usd), whole_in - read - write)
    image = min(_own(usage.input_image_tokens, rule.input_image_usd), whole_in - read - write - audio)
    plain = whole_in - read - write - audio - image
    plain_read = min(plain, (usage.cache_read_tokens or 0) if rule.cache_read_usd is None else 0)
    plain_write = min(plain - plain_read, _written(usage) if rule.cache_write_usd is None else 0)
    spoken = _own(usage.output_audio_tokens, rule.output_audio_usd)
    drawn = min(_own(usage.output_image_tokens, rule.output_image_usd), whole_out - spoken)
    thought = min(_own(usage.reasoning_tokens, rule.reasoning_usd), whole_out - spoken - drawn)
    return Parts(
        input_usd=_of(plain - plain_read - plain_write, rule.input_usd)
        + _of(audio, rule.input_audio_usd)
        + _of(image, rule.input_image_usd),
        cache_read_usd=_of(read, rule.cache_read_usd) + _of(plain_read, rule.input_usd),
        cache_write_usd=_of(write - write_1h, rule.cache_write_usd)
        + _of(write_1h, rule.cache_write_1h_usd)
        + _of(plain_write, rule.input_usd),
        output_usd=_of(whole_out - spoken - drawn - thought, rule.output_usd)
        + _of(spoken, rule.output_audio_usd)
        + _of(drawn, rule.output_image_usd)
        + _of(thought, rule.reasoning_usd),
        other_usd=(rule.request_usd or _NONE)
        + _of(usage.web_searches or 0, rule.web_search_usd)
        + _of(usage.seconds or _NONE, rule.second_usd),
    )


def why_no_cost(rule: PriceRule, usage: Usage) -> str | None:
    """Why a rule gives no cost for a call, in a sentence; None if it gives one."""
    if rule.second_usd is not None and usage.seconds is None:
        return "the price is per second, and how long the call took is unknown"
    tokens = [known for price, known in ((rule.input_usd, usage.input_tokens), (rule.output_usd, usage.output_tokens)) if price is not None]
    if tokens and all(known is None for known in tokens):
        return "the price is per token, and the tokens are unknown"
    if not tokens and rule.request_usd is None and rule.second_usd is None and usage.web_searches is None:
        return "the price is per search, and how many there were is unknown"
    return _contradiction(rule, usage)


def _contradiction(rule: PriceRule, usage: Usage) -> str | None:
    read, write, write_1h = _cached(rule, usage)
    parts = (
        ("cache_read_tokens and cache_write_tokens", read + write, "input_tokens", usage.input_tokens),
        ("cache_write_1h_tokens", write_1h, "cache_write_tokens", write),
        ("input_audio_tokens", _own(usage.input_audio_tokens, rule.input_audio_usd), "input_tokens", usage.input_tokens),
        ("input_image_tokens", _own(usage.input_image_tokens, rule.input_image_usd), "input_tokens", usage.input_tokens),
        ("output_audio_tokens", _own(usage.output_audio_tokens, rule.output_audio_usd), "output_tokens", usage.output_tokens),
        ("output_image_tokens", _own(usage.output_image_tokens, rule.output_image_usd), "output_tokens", usage.output_tokens),
        ("reasoning_tokens", _own(usage.reasoning_tokens, rule.reasoning_usd), "output_tokens", usage.output_tokens),
    )
    for part, count, whole, most in parts:
        if count > (most or 0):
            return f"the usage contradicts itself: {part} ({count}) above {whole} ({most or 0})"
    return None


def _cached(rule: PriceRule, usage: Usage) -> tuple[int, int, int]:
    """Reads, writes, and of these those kept for an hour, as far as they have prices of their own."""
    read = _own(usage.cache_read_tokens, rule.cache_read_usd)
    write_1h = _own(usage.cache_write_1h_tokens, rule.cache_write_1h_usd) if rule.cache_write_usd is not None else 0
    return read, _own(_written(usage), rule.cache_write_usd), write_1h


def _written(usage: Usage) -> int:
    return (usage.cache_write_1h_tokens if usage.cache_write_tokens is None else usage.cache_write_tokens) or 0


def _own(tokens: int | None, price: Decimal | None) -> int:
    return 0 if price is None or tokens is None else tokens


def _of(count: int | Decimal, price: Decimal | None) -> Decimal:
    return _NONE if price is None else count * price
