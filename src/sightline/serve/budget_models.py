"""What the API says of budgets. Money is in USD; days and periods are UTC's."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sightline.serve.models import Model
from sightline.store import BudgetTerms, Period

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # no database keeps a NUL in a text


class BudgetRequest(BaseModel):
    """A budget to make."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"name": "acme, monthly", "filter": "environment = 'prod'", "period": "month", "amount_usd": 500}]},
    )

    project: Text = Field(default="default", min_length=1, max_length=200)
    name: Text = Field(min_length=1, max_length=200)
    filter: Text = Field(default="", max_length=20_000, description="Of spans, see docs/filter-language.md; empty: everything.")
    group_by: Text | None = Field(
        default=None, max_length=1_000, description="A fact or attributes['…']: without a group_value the amount is each group's own."
    )
    group_value: Text | None = Field(default=None, max_length=2_000, description="The one group that the budget is of.")
    period: Period = Field(description="Of the calendar, in UTC; weeks begin on Monday.")
    amount_usd: float = Field(gt=0, le=1e12, allow_inf_nan=False)
    starts: date = Field(
        default_factory=lambda: datetime.now(UTC).date(),
        ge=date(1971, 1, 1),
        le=date(2099, 1, 1),
        description="Spending before that day does not count; today if left out.",
    )

    def terms(self) -> BudgetTerms:
        """As they are kept."""
        return BudgetTerms(
            project=self.project,
            name=self.name,
            filter=self.filter,
            group_by=self.group_by,
            group_value=self.group_value,
            period=self.period,
            amount_usd=self.amount_usd,
            starts=self.starts,
        )


class BudgetChange(BudgetRequest):
    """A budget's new terms. A budget can be sent back as it was read, changed."""

    id: str | None = Field(default=None, description="As read; the path decides.")
    created: datetime | None = Field(default=None, description="As read; not changed.")
    updated: datetime | None = Field(default=None, description="As read; not changed.")


class Budget(Model):
    id: str
    project: str
    name: str
    filter: str
    group_by: str | None
    group_value: str | None
    period: Period
    amount_usd: float
    starts: date
    created: datetime
    updated: datetime


class BudgetsResponse(Model):
    budgets: list[Budget] = Field(description="By name.")


class BudgetPeriod(Model):
    """[from, to): the calendar's period that now is in; the first begins on the day that the budget starts."""

    from_: datetime = Field(alias="from")
    to: datetime


class BurnRate(Model):
    """How fast the money goes, in the time until now."""

    window: str = Field(examples=["1h"])
    rate: float | None = Field(description="Spent ÷ what the amount allows in such a time: 1 ends exactly on the budget.")
    usd: float | None


class BudgetPoint(Model):
    """A day, or an hour where the period is a day."""

    time: datetime
    spent_usd: float | None = Field(description="null where calls were made and none of them has a cost.")
    cumulative_usd: float


class BudgetStatus(Model):
    """Where a budget, or one of its groups, stands."""

    budget: Budget
    group: list[str | None] | None = Field(description="The group's value; [null]: where it is unknown. null: the budget has no groups.")
    more_groups: int = Field(description="Of the same budget: further groups that spent less and are not listed.")
    period: BudgetPeriod
    spent_usd: float | None
    share_spent: float | None = Field(description="Of the amount.")
    share_elapsed: float = Field(description="Of the period.")
    priced_share: float | None = Field(description="Of the calls in the period, how many have a cost: what the sums speak of.")
    forecast_usd: float | None = Field(description="What will have been spent at the period's end.")
    forecast_interval: tuple[float, float] | None = Field(description="It is made to hold 90 % of the time.")
    enough: bool = Field(description="Whether there is history enough for the interval.")
    why: str = Field(description="What the forecast stands on, or why there is none.")
    burn_rates: list[BurnRate]
    exhausted_at: datetime | None = Field(description="When the amount was used up, or will be; null: not in this period.")
    over: bool
    filter: str | None = Field(description="Selects the spans that the money went to; null where the filter language can't say it.")
    series: list[BudgetPoint] = Field(description="The period until now.")


class BudgetStatusResponse(Model):
    budgets: list[BudgetStatus]
