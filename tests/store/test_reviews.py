"""The review queue's tables, on SQLite and PostgreSQL: who is asked what, and what was done with it."""

from datetime import UTC, datetime, timedelta

import pytest

from sightline.errors import BadRequestError, NotFoundError
from sightline.store import Anchor, CalibrationRun, ConfigOptions, ReviewItem, ReviewPlan, Unit, open_config
from tests.store.test_config import cluster, options

__all__ = ["cluster", "options"]

pytestmark = pytest.mark.anyio

T0 = datetime(2026, 11, 2, tzinfo=UTC)
WEEK = datetime.now(UTC) - timedelta(days=7)


def item(number: int, **said: object) -> ReviewItem:
    unit = Unit("span", trace_id=f"{number:032x}", span_id=f"{number:016x}")
    fields: dict[str, object] = {"project": "shop", "judge": "j1", "version": "1", "unit": unit, "start": T0, "drawn": "core"}
    return ReviewItem(**(fields | {"probability": 0.25, "position": number} | said))  # type: ignore[arg-type]


async def test_a_plan_that_nobody_made_is_the_usual_one(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        assert await config.reviews.plan("shop", "j1") == ReviewPlan("shop", "j1")
        mine = ReviewPlan("shop", "j1", weekly_labels=50, raters_per_item=2, due_days=7, filled=T0)
        assert await config.reviews.set_plan(mine) == mine
        # who changes the terms does not forget what was drawn
        assert (await config.reviews.set_plan(ReviewPlan("shop", "j1", weekly_labels=5))).filled == T0
        assert [plan.weekly_labels for plan in await config.reviews.plans()] == [5]


async def test_a_unit_is_drawn_once(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        assert await config.reviews.add([item(1), item(2)]) == 2
        assert await config.reviews.add([item(2, probability=1.0), item(3)]) == 1
        found = await config.reviews.open("shop", "j1", "ann", raters_per_item=1, most=10)
        assert [one.unit for one in found] == [item(number).unit for number in (1, 2, 3)]
        assert {one.probability for one in found} == {0.25}
        assert len(await config.reviews.units("shop", "j1")) == 3


async def test_an_item_is_open_until_enough_raters_labelled_it(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        await config.reviews.add([item(1), item(2)])
        first, second = await config.reviews.open("shop", "j1", "ann", raters_per_item=2, most=10)

        async def left(rater: str) -> list[str]:
            return [one.id for one in await config.reviews.open("shop", "j1", rater, raters_per_item=2, most=10)]

        await config.reviews.turn(first.id, "ann", "labelled")
        assert await left("ann") == [second.id]
        assert await left("bob") == [first.id, second.id]
        await config.reviews.turn(first.id, "bob", "skipped")  # a skip is no label: someone else is still wanted
        assert await left("cem") == [first.id, second.id]
        await config.reviews.turn(first.id, "cem", "labelled")
        assert await left("dia") == [second.id]
        state = await config.reviews.state("shop", "j1", "bob", raters_per_item=2, week=WEEK)
        assert (state.items, state.open, state.labelled, state.skipped, state.this_week) == (2, 1, 0, 1, 2)


async def test_what_is_undone_is_asked_again(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        await config.reviews.add([item(1)])
        (one,) = await config.reviews.open("shop", "j1", "ann", raters_per_item=1, most=10)
        await config.reviews.turn(one.id, "ann", "labelled")
        assert [turn.did for turn in await config.reviews.turns("shop", "j1", "ann", most=5)] == ["labelled"]
        assert await config.reviews.undo(one.id, "ann") == "labelled"
        assert await config.reviews.open("shop", "j1", "ann", raters_per_item=1, most=10) == [one]
        with pytest.raises(NotFoundError, match="nothing to undo"):
            await config.reviews.undo(one.id, "ann")
        with pytest.raises(NotFoundError, match="nobody"):
            await config.reviews.turn("nobody", "ann", "skipped")


async def test_anchors_are_replaced_as_a_whole(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        made = [Anchor(item(number).unit, T0, float(number % 2), 0.5, T0) for number in (1, 2)]
        await config.reviews.set_anchors("shop", "j1", made)
        await config.reviews.set_anchors("shop", "j1", made[1:])
        assert await config.reviews.anchors("shop", "j1") == made[1:]
        with pytest.raises(BadRequestError, match="twice"):
            await config.reviews.set_anchors("shop", "j1", [made[0], made[0]])
        assert await config.reviews.anchors("shop", "j1") == made[1:]


async def test_calibrations_are_kept_and_the_last_is_known(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        for verdict in ("weak", "usable"):
            await config.calibrations.add(CalibrationRun("shop", "j1", "2", "person", verdict, 40, '{"κ": 0.7}'))
        kept = await config.calibrations.of("shop", "j1", most=10)
        assert [run.verdict for run in kept] == ["weak", "usable"]
        assert (await config.calibrations.last("shop"))["j1"] == kept[-1]
        assert await config.calibrations.of("shop", "j1", most=1) == kept[-1:]
