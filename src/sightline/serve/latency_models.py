"""What the API says of time. Every number may be null where it is unknown; durations are in ns, rates in tokens/s."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sightline.serve.models import Model

Number = float | None


class TimeWindow(Model):
    """[from, to) on `start`; an open side is null."""

    from_: datetime | None = Field(alias="from")
    to: datetime | None


class Enough(Model):
    """Whether there are the 5 / (1 − q) values that a quantile takes to say anything; a screen shows 'max of n' where there are not."""

    p50: bool
    p90: bool
    p95: bool
    p99: bool


class Percentiles(Model):
    """Of the `n` values that are known. Weights of head sampling are in all but `n` and `max`."""

    n: int
    mean: Number
    p50: Number
    p90: Number
    p95: Number
    p99: Number
    max: Number
    enough: Enough


class PercentileGroup(Percentiles):
    group: list[str | None]
    filter: str | None = Field(description="Selects the group's rows; null where the filter language can't say it.")


class How(Model):
    """How quantiles were taken."""

    method: Literal["exact", "sketch", "rollup"] = Field(
        description="exact: linear interpolation, type 7. sketch, rollup: a mergeable sketch over raw rows or over hourly ones."
    )
    relative_error: float = Field(description="How far a quantile may be off, as a share of it.")


class PercentilesResponse(How):
    window: TimeWindow
    unit: str
    total: Percentiles
    groups: list[PercentileGroup] = Field(description="Busiest first.")
    more_groups: int


class Bin(Model):
    """Values in [low, high)."""

    low: float
    high: float
    n: float


class Cell(Bin):
    time: datetime


class PercentilePoint(Percentiles):
    time: datetime


class HeatmapResponse(How):
    window: TimeWindow
    unit: str
    interval: str
    bins_per_decade: int
    total: Percentiles
    cells: list[Cell]
    lines: list[PercentilePoint]
    distribution: list[Bin]


class ByPercentile(Model):
    p50: Number
    p90: Number
    p95: Number
    p99: Number


class Band(Model):
    """The requests near a percentile."""

    percentile: str
    low: Number = Field(description="Durations from here …")
    high: Number = Field(description="… to here.")
    n: int
    mean: Number
    owner: str | None = Field(description="The stage that these requests waited for longest, or 'app time'.")
    enough: bool = Field(description="Whether there are at least five.")


class Stage(Model):
    """What was waited for in one stage, or (`is_app`) in the application between the spans that it encloses."""

    stage: str | None
    is_app: bool
    requests: float = Field(description="That waited for it at all.")
    median_ns: Number = Field(description="Of the wait, where there was one.")
    mean_near: ByPercentile = Field(description="The mean wait in requests near each percentile; the parts of a percentile add up.")
    share_near: ByPercentile = Field(description="The same as a share of the requests' duration.")
    what_if: ByPercentile | None = Field(description="The percentiles, had it never taken longer than its median; of the largest twenty.")
    filter: str


class StagesResponse(How):
    window: TimeWindow
    requests: int
    sampled_one_in: int = Field(description="Beyond 20,000 requests, stages are those of one in so many.")
    total: Percentiles
    bands: list[Band]
    stages: list[Stage] = Field(description="By the time that was waited for in all.")


class Difference(Model):
    """How b differs from a. The interval is of 95 %: from order statistics of both sides, squared and added; that of means is Welch's."""

    of: Literal["mean", "p50", "p90", "p95", "p99"]
    a: Number
    b: Number
    difference: Number
    relative: Number = Field(description="As a share of a.")
    low: Number
    high: Number
    enough: bool
    clear: bool = Field(description="Whether the interval excludes no difference at all.")


class Comparison(Model):
    a: Percentiles
    b: Percentiles
    differences: list[Difference]


class ComparedGroup(Comparison):
    group: list[str | None]
    filter: str | None


class CompareResponse(Comparison, How):
    unit: str
    level: float
    a_window: TimeWindow
    b_window: TimeWindow
    groups: list[ComparedGroup]


class LostGroup(Model):
    """Failed calls to models, by what went wrong and what came of it."""

    stage: str
    model: str | None
    error_type: str | None
    then: Literal["retry", "fallback", "gave up"]
    calls: float
    requests: int
    lost_ns: Number
    failed_ns: Number = Field(description="What was waited for in the calls that failed.")
    backoff_ns: Number = Field(description="Between a failure and the next try.")
    p95_ns: Number = Field(description="Of one call with the wait after it.")
    max_ns: Number
    share: Number = Field(description="Of all that was lost.")
    filter: str


class LostResponse(How):
    window: TimeWindow
    n: int
    requests: Number
    requests_with: Number = Field(description="That lost anything and went on.")
    lost_ns: Number = Field(description="Failed tries and the waits after them, where another try followed.")
    failed_ns: Number
    backoff_ns: Number
    rate_limited_ns: Number
    fallback_ns: Number
    share: Number = Field(description="Of what the requests took in all.")
    enough: Enough
    now: ByPercentile
    without: ByPercentile = Field(description="The percentiles, had nothing been lost.")
    groups: list[LostGroup]


class TokenSide(Model):
    n: int
    mean_ns: Number
    predicted_ns: Number
    input_tokens: Number
    output_tokens: Number


class SlowCalls(Model):
    """The slowest twentieth."""

    n: int
    excess_ns: Number = Field(description="Their mean over the mean of all.")
    by_length_ns: Number
    by_length_share: Number


class TokenModel(Model):
    """What the length of a model's calls predicts of their duration, and what it leaves unexplained."""

    provider: str | None
    model: str | None
    fitted_on: Literal["previous", "window"] = Field(description="The window before; the window itself where that has too few.")
    base_ns: Number
    ns_per_input_token: Number
    ns_per_cached_token: Number
    ns_per_output_token: Number
    explained_variance: Number = Field(description="R² where it was fitted.")
    typical_miss_ns: Number
    now: TokenSide
    before: TokenSide | None
    change_ns: Number
    by_length_ns: Number
    residual_ns: Number
    residual_low_ns: Number = Field(description="95 % interval.")
    residual_high_ns: Number
    by_length_share: Number
    slow: SlowCalls
    sentence: str
    filter: str


class TooFew(Model):
    provider: str | None
    model: str | None
    n: int


class TokensResponse(Model):
    window: TimeWindow
    previous: TimeWindow | None
    fewest: int
    models: list[TokenModel]
    too_few: list[TooFew]
