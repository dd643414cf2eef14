"""What the API says of service level objectives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sightline.serve.economics_models import Number
from sightline.serve.models import Model
from sightline.serve.reliability_models import Tally, Window
from sightline.store import SloOf, SloTerms

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # no database keeps a NUL in a text


class SloRequest(BaseModel):
    """An objective to make."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [{"name": "support answers quickly", "among": "task = 'support'", "good": "ttft_ms < 1500", "objective": 0.99}]
        },
    )

    project: Text = Field(default="default", min_length=1, max_length=200)
    name: Text = Field(min_length=1, max_length=200)
    of: SloOf = Field(default="requests", description="Of requests, names that a request has mean the request's own.")
    among: Text = Field(default="", max_length=20_000, description="The filter of what counts; empty: everything.")
    good: Text = Field(min_length=1, max_length=20_000, description="The filter of what of it is good; what is unknown does not count.")
    objective: float = Field(gt=0, lt=1, allow_inf_nan=False, description="The share that has to be good: 0.99 for 99 %.")
    window_days: int = Field(default=30, ge=1, le=90, description="The rolling window until now.")

    def terms(self) -> SloTerms:
        """As they are kept."""
        return SloTerms(
            project=self.project,
            name=self.name,
            of=self.of,
            good=self.good,
            objective=self.objective,
            among=self.among,
            window_days=self.window_days,
        )


class SloChange(SloRequest):
    """An objective's new terms. It can be sent back as it was read, changed."""

    id: str | None = Field(default=None, description="As read; the path decides.")
    created: datetime | None = Field(default=None, description="As read; not changed.")
    updated: datetime | None = Field(default=None, description="As read; not changed.")


class Slo(Model):
    id: str = Field(description="Begins with file: where it stands in sightline.toml; change it there.")
    project: str
    name: str
    of: SloOf
    good: str
    objective: float
    among: str
    window_days: int
    created: datetime | None
    updated: datetime | None


class SlosResponse(Model):
    slos: list[Slo] = Field(description="Those of the configuration file first.")


class ErrorBudget(Model):
    allowed: float = Field(description="Bad cases that the objective allows, of as many as there were.")
    spent: float
    left: float
    left_share: Number = Field(description="Of what is allowed; negative once it is overspent.")


class SloBurnRate(Model):
    """How fast the budget goes: 1 spends it exactly in the window."""

    window: str = Field(examples=["1h"])
    rate: Number
    n: float
    bad: float
    enough: bool = Field(description="Whether one bad case more or less would not decide.")


class SloAlert(Model):
    """Fires while both windows burn at the factor or faster."""

    severity: Literal["page", "ticket"]
    long: str
    short: str
    factor: float
    budget_share: float = Field(description="Of the budget, what goes within the long window at this rate.")
    firing: bool


class SloPoint(Model):
    time: datetime
    share: Number
    bad: float
    left_share: Number


class SloStatus(Model):
    slo: Slo
    window: Window
    good: float
    bad: float
    unknown: float = Field(description="Neither: the facts that were asked are unknown.")
    reached: Tally
    enough: bool = Field(description="Whether the budget is one case or more.")
    kept: bool | None = Field(description="Whether the interval lies on one side of the objective; null: it can't be told.")
    budget: ErrorBudget
    burn_rates: list[SloBurnRate]
    alerts: list[SloAlert]
    series: list[SloPoint]
    filter_bad: str = Field(description="Selects what was bad.")


class SloStatusResponse(Model):
    slos: list[SloStatus]
