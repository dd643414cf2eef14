"""What keeps itself up: the queue that fills every week, and the calibration that comes due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sightline.judge.people.choosing import Draw, draw
from sightline.query import UNITS_NS, Reader
from sightline.store import CalibrationRun, ReviewPlan, Reviews

_LOOK_BACK_DAYS = 7
_FEWEST_AT_FIRST = 4
_FEWEST_A_LABEL = 2  # units to choose from for each label, before a day has passed


def week_of(now: datetime) -> datetime:
    """When the week of `now` began: Monday, midnight UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


async def fill(
    reader: Reader, reviews: Reviews, plan: ReviewPlan, *, name: str, said: str, passes: Sequence[str], now: datetime, labels: int = 0
) -> int:
    """Draw what is left of this week's quota from the traffic since the last time, and say how many were drawn.

    While fewer than two units for each label have come within a day it waits: labels spread over the week see all of it. With `labels`
    so many are drawn at once, of the last week where what is new is not enough.
    """
    drawn = await reviews.drawn_since(plan.project, plan.judge, week_of(now))
    wanted = labels or plan.weekly_labels - drawn
    if wanted <= 0:
        return 0
    back = now - timedelta(days=_LOOK_BACK_DAYS)
    since = plan.filled or back
    asked = await reviews.units(plan.project, plan.judge)
    from_ns = int((now - timedelta(days=90)).timestamp() * UNITS_NS["s"])

    async def found(since: datetime) -> Draw:
        return await draw(
            reader, plan, name=name, said=said, passes=passes, labels=wanted, from_ns=from_ns,
            since_ns=int(since.timestamp() * 1_000_000) * 1_000, asked=asked,
        )  # fmt: skip

    one = await found(since)
    # Nobody who has just switched a judge on waits: its first quota comes as it judges, later ones spread over their week.
    enough = _FEWEST_AT_FIRST if len(asked) < plan.weekly_labels else _FEWEST_A_LABEL * wanted
    if not labels and plan.filled is not None and one.units < enough and now - plan.filled < timedelta(days=1):
        return 0
    if labels and len(one.items) < wanted and plan.filled is not None:
        one = await found(back)
    if not one.items:
        return 0
    added = await reviews.add(one.items)
    await reviews.set_plan(replace(plan, filled=now))
    return added


def calibration_due(plan: ReviewPlan, last: CalibrationRun | None) -> datetime | None:
    """When a judge is to be calibrated next: so many days after the last time; None where it never was, and so is due at once."""
    return None if last is None else last.made + timedelta(days=plan.due_days)
