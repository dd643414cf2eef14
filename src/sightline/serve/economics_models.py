"""What the API says of money. Every number may be null where it is unknown; money is in USD."""

from datetime import datetime

from pydantic import Field

from sightline.serve.models import Model

Number = float | None


class MoneyWindow(Model):
    """[from, to) on `start`; an open side is null."""

    from_: datetime | None = Field(alias="from")
    to: datetime | None


class Spend(Model):
    """Sums over calls: counted rows of models, and whatever else has a price or usage. Weights of head sampling are in them."""

    requests: float = Field(description="Requests with at least one such call.")
    calls: float
    cost_usd: Number
    uncached_input_usd: Number
    cache_read_usd: Number
    cache_write_usd: Number
    output_usd: Number
    other_usd: Number
    reported_usd: Number = Field(description="What the senders say that it cost.")
    input_tokens: Number
    output_tokens: Number
    cache_read_tokens: Number
    cache_write_tokens: Number
    reasoning_tokens: Number
    priced_calls: float
    unpriced_calls: float = Field(description="Usage known, price unknown.")
    unknown_usage_calls: float = Field(description="Succeeded, and said nothing of its usage.")
    priced_share: Number = Field(description="Priced ÷ (priced + unpriced + unknown usage): how much of the traffic the sums speak of.")


class PerUnit(Model):
    """Of the `n` requests or sessions with a known cost."""

    mean: Number
    p50: Number
    p95: Number = Field(description="Show it from 100 on.")
    p99: Number = Field(description="Show it from 500 on.")
    max: Number
    n: int


class SpendPoint(Model):
    time: datetime
    group: list[str | None] = Field(description="As in `groups`; ['(other)'] is the rest.")
    cost_usd: Number
    calls: float


class SpendGroup(Model):
    group: list[str | None]
    now: Spend
    before: Spend | None
    change_usd: Number
    share: Number = Field(description="Of the total's cost.")
    per_request_usd: Number
    filter: str | None = Field(description="Selects the group's spans; null where the filter language can't say it.")


class SpendResponse(Model):
    window: MoneyWindow
    previous: MoneyWindow | None
    total: Spend
    previous_total: Spend | None
    per_request: PerUnit
    previous_per_request: PerUnit | None
    per_session: PerUnit
    interval: str
    series: list[SpendPoint]
    groups: list[SpendGroup] = Field(description="By cost from the top; chosen by the larger of now and before, so that movers are there.")
    limit: int = Field(description="How many groups were asked for at the most.")
    more_groups: int = Field(description="Groups beyond the limit: those with least money.")


class Cache(Model):
    """A provider's prompt cache over calls with known input tokens."""

    calls: float
    hits: float = Field(description="Calls that read something.")
    misses: float
    silent_calls: float = Field(description="Calls that say nothing of the cache; counted as misses.")
    hit_rate_requests: Number
    input_tokens: Number
    cache_read_tokens: Number
    hit_rate_tokens: Number
    saved_usd: Number = Field(description="What the read tokens would have cost uncached, less what they cost.")
    saved_how: str
    cache_write_tokens: Number
    cache_write_usd: Number
    write_premium_usd: Number = Field(description="What writes cost over the uncached price.")
    reads_per_write: Number
    break_even_reads: Number = Field(description="How often a written token must be read to pay for itself.")
    unread_write_usd: Number = Field(description="Spent on writes that no later call with the same prompt read within the lifetime.")


class CacheGroup(Model):
    group: list[str | None]
    now: Cache
    before: Cache | None
    filter: str | None


class CachePoint(Model):
    time: datetime
    hit_rate_tokens: Number
    hit_rate_requests: Number
    saved_usd: Number


class OwnCache(Model):
    """The application's own cache, by requests."""

    lookups: float
    hits: float
    misses: float
    hit_rate: Number
    saved_usd: Number
    saved_estimate: str = Field(description="How the saving is estimated.")


class OwnCacheThen(OwnCache):
    previous: OwnCache | None


class CacheResponse(Model):
    window: MoneyWindow
    previous: MoneyWindow | None
    provider: Cache
    previous_provider: Cache | None
    provider_groups: list[CacheGroup]
    limit: int = Field(description="How many groups were asked for at the most.")
    more_groups: int = Field(description="Groups beyond the limit: those with least money.")
    interval: str
    series: list[CachePoint]
    application: OwnCacheThen
    assumptions: list[str]


class Margin(Model):
    """Of requests. A margin needs both revenue and cost to be known."""

    requests: float
    requests_with_revenue: float
    revenue_usd: Number
    cost_usd: Number
    margin_usd: Number
    margin_rate: Number = Field(description="Margin ÷ revenue of the requests where both are known.")
    unprofitable_requests: float
    priced_share: Number


class MarginGroup(Model):
    group: list[str | None]
    now: Margin
    before: Margin | None
    change_usd: Number
    filter: str | None


class MarginResponse(Model):
    window: MoneyWindow
    previous: MoneyWindow | None
    total: Margin
    previous_total: Margin | None
    groups: list[MarginGroup] = Field(description="The worst margin first.")
    limit: int = Field(description="How many groups were asked for at the most.")
    more_groups: int = Field(description="Groups beyond the limit: those with least money.")


class Driver(Model):
    """What goes together with a group's higher cost."""

    fact: str
    value: str
    same_calls: list[str] = Field(description="What else nearly the same calls are: facts and their values.")
    cost_usd: Number
    share: Number = Field(description="Of the group's cost.")
    per_request_usd: Number
    others_per_request_usd: Number
    excess_usd: Number = Field(description="What the group's requests would not have cost, had they cost here what the others' cost.")
    calls_per_request: Number
    others_calls_per_request: Number
    tokens_per_call: Number
    others_tokens_per_call: Number
    sentence: str
    filter: str | None
    trace_ids: list[str]


class MarginWhyResponse(Model):
    window: MoneyWindow
    previous: MoneyWindow | None
    group: list[str | None]
    requests: float
    cost_per_request_usd: Number
    others_cost_per_request_usd: Number
    revenue_per_request_usd: Number
    others_revenue_per_request_usd: Number
    drivers: list[Driver] = Field(description="By excess from the top.")
    note: str


class UnpricedModel(Model):
    kind: str
    provider: str | None
    model: str | None
    calls: float
    input_tokens: Number
    output_tokens: Number
    first: datetime
    last: datetime
    filter: str
    why: str


class UnknownUsage(Model):
    kind: str
    provider: str | None
    model: str | None
    calls: float
    filter: str


class UnpricedResponse(Model):
    window: MoneyWindow
    models: list[UnpricedModel]
    unknown_usage: list[UnknownUsage]


class Price(Model):
    """One rule. Token prices are USD per million; `request`, `web_search` and `second` are USD each."""

    kind: str
    provider: str | None
    model: str | None
    request_model: str | None
    price: str | None = Field(description="The price's name; null: the model has none.")
    valid_from: datetime | None
    valid_to: datetime | None
    above_tokens: int | None = Field(description="Holds for calls with more input tokens.")
    service_tier: str | None
    day_from_s: int = Field(description="Second of the day (UTC) from which it holds.")
    day_to_s: int
    context_tokens: int | None
    unit: str
    input: Number
    output: Number
    cache_read: Number
    cache_write: Number
    cache_write_1h: Number
    input_audio: Number
    output_audio: Number
    input_image: Number
    output_image: Number
    reasoning: Number
    request: Number
    web_search: Number
    second: Number


class PricesResponse(Model):
    catalogue: str | None
    prices: list[Price]


class Prefix(Model):
    """Prompts that begin alike, and what of their beginning was sent again without being read from the cache."""

    prefix: str
    provider: str | None
    model: str | None
    preview: str = Field(description="How the system instructions begin; of prompts without, how the messages do.")
    prefix_tokens: float = Field(description="What a call of the group typically has in common with an earlier one.")
    calls: float
    seen_before_calls: float
    read_calls: float = Field(description="Calls that read anything from the cache.")
    avoidable_tokens: float
    avoidable_usd: Number
    missing_since: datetime | None = Field(description="The first call since the last hit that could have read and did not.")
    last_hit: datetime | None
    trace_ids: list[str] = Field(description="Those with the most avoidable tokens.")
    filter: str


class PrefixesResponse(Model):
    """Avoidable misses: prefixes seen before in content that were not read from the cache."""

    window: MoneyWindow
    previous: MoneyWindow | None
    calls: float = Field(description="Calls that were compared.")
    calls_without_content: float
    input_tokens: Number
    seen_before_tokens: Number
    cache_read_tokens: Number
    avoidable_tokens: Number
    avoidable_usd: Number = Field(description="At the uncached price less that of a cached read.")
    unpriced_tokens: Number = Field(description="Avoidable tokens without a known price.")
    seen_before_rate: Number
    hit_rate_tokens: Number
    avoidable_rate: Number
    requests_avoidable: Number = Field(description="Calls with avoidable tokens.")
    requests_avoidable_rate: Number
    assumptions: list[str]
    prefixes: list[Prefix]


class WasteKind(Model):
    kind: str
    title: str
    meaning: str
    usd: Number
    calls: float
    requests: float
    share: Number = Field(description="Of the spend; of documents and system instructions: of the input tokens.")
    estimate: bool
    added: bool = Field(description="Whether waste_usd holds it.")
    how: str
    filter: str | None
    trace_ids: list[str]


class WasteResponse(Model):
    window: MoneyWindow
    spend_usd: Number
    waste_usd: Number
    how_added: str
    kinds: list[WasteKind]
    assumptions: list[str]


class WhatIfModel(Model):
    model: str | None
    calls: float
    actual_usd: Number
    hypothetical_usd: Number


class WhatIfResponse(Model):
    """Both sums are over the calls that have a price on both sides."""

    window: MoneyWindow
    actual_usd: Number
    hypothetical_usd: Number
    difference_usd: Number
    calls: float
    calls_priced: float
    calls_left_out: float
    assumptions: list[str]
    by: list[WhatIfModel]
