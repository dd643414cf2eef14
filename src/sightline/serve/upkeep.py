"""What happens by itself: review queues fill by their weekly quota, judges that are due are calibrated once people have labelled."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog

from sightline.errors import SightlineError
from sightline.judge import people
from sightline.judge.backlog import Target, Version
from sightline.measure import quality
from sightline.query import Reader
from sightline.serve.calibrating import run_of
from sightline.serve.judges_known import KnownJudge, known_judge
from sightline.store import Configuration, ReviewPlan

log = structlog.get_logger(__name__)

_FEWEST_NEW = 10
"""Labels since the last calibration, from which on a judge that is due is calibrated by itself."""
_DAYS = 90

_filling = asyncio.Lock()


@asynccontextmanager
async def upkeep(reader: Reader, config: Configuration, *, every_s: float) -> AsyncIterator[None]:
    """While inside, look after every judge that is reviewed, once in `every_s` seconds."""

    async def forever() -> None:
        while True:
            await asyncio.sleep(every_s)
            await look_after(reader, config)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def look_after(reader: Reader, config: Configuration) -> None:
    """Fill the queues and calibrate whoever is due. What fails with one judge is logged and tried again the next time."""
    try:
        plans = await config.reviews.plans()
    except SightlineError as error:
        log.warning("upkeep_failed", error=str(error))
        return
    for plan in plans:
        try:
            known = await known_judge(reader, config, plan.project, plan.judge)
            drawn = await fill(reader, config, known)
            calibrated = await _calibrate_if_due(reader, config, known, plan)
        except SightlineError as error:
            log.warning("upkeep_failed", judge=plan.judge, error=str(error))
        else:
            if drawn or calibrated:
                log.info("judge_looked_after", judge=plan.judge, drawn=drawn, calibrated=calibrated)


async def anchors_due(reader: Reader, config: Configuration, of: Version) -> list[Target]:
    """Of a judge's anchors those that its version is to be asked about again now."""
    anchors = await config.reviews.anchors(of.project, of.judge_id)
    if not anchors:
        return []
    known, plan = await known_judge(reader, config, of.project, of.judge_id), await config.reviews.plan(of.project, of.judge_id)
    due = await quality.anchors_due(
        reader, known.scored, anchors, per_day=plan.anchors_per_day, version=str(of.version), now=datetime.now(UTC)
    )
    return [
        Target(one.unit.trace_id, one.unit.span_id, one.unit.session_id, int(one.start.timestamp() * 1e6) * 1_000, 1.0)
        for one in due.anchors
    ]


async def fill(reader: Reader, config: Configuration, known: KnownJudge, *, labels: int = 0) -> int:
    """Draw what is missing of the week's quota, or so many labels; how many were drawn."""
    async with _filling:  # two who look at once would both draw what is missing
        plan = await config.reviews.plan(known.scored.project, known.id)
        return await people.fill(
            reader, config.reviews, plan, name=known.scored.name, said=known.scored.said, passes=known.scored.passes,
            now=datetime.now(UTC), labels=labels,
        )  # fmt: skip


async def _calibrate_if_due(reader: Reader, config: Configuration, known: KnownJudge, plan: ReviewPlan) -> bool:
    kept = await config.calibrations.of(plan.project, plan.judge, most=1)
    last = kept[-1] if kept else None
    due = people.calibration_due(plan, last)
    if due is not None and datetime.now(UTC) < due:
        return False
    since_ns = 0 if last is None else int(last.made.timestamp() * 1e6) * 1_000
    if await quality.labels_since(reader, known.scored, since_ns) < _FEWEST_NEW:
        return False
    found = await quality.calibration(reader, known.scored, now_ns=time.time_ns(), days=_DAYS, segment=None)
    if found["labelled"] < _FEWEST_NEW:
        return False
    await config.calibrations.add(run_of(found, plan.project, plan.judge, "schedule"))
    return True
