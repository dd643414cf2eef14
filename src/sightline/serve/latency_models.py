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
    sampled_one_in: int = Field(description="Beyond 200,000 requests, stages are those of one in so many, chosen by id.")
    total: Percentiles
    bands: list[Band]
    stages: list[Stage] = Field(description="By the time that was waited for in all.")
