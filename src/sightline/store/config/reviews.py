"""What people are asked to label: a plan for each judge, the units drawn by it, and which rater has done what with them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from sightline.errors import BadRequestError, NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import AnchorRow, ReviewItemRow, ReviewPlanRow, ReviewTurnRow

Drawn = Literal["core", "disagreement", "uncertain", "rare"]
Did = Literal["labelled", "skipped"]
Target = Literal["span", "trace", "session"]
TARGETS: Sequence[Target] = get_args(Target)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a verdict is about: a span, a trace or a session. Ids that don't belong to it are ''."""

    target: Target
    trace_id: str = ""
    span_id: str = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """How a judge is checked. `core`: the part of the labels that is drawn from all alike. `due_days`: after so many days without a
    calibration it is overdue. `anchors_per_day`: how many anchors the judge is asked again a day, 0 for none. `filled`: the traffic
    received until then has been drawn from."""

    project: str
    judge: str
    weekly_labels: int = 20
    raters_per_item: int = 1
    core: float = 0.3
    due_days: int = 30
    anchors_per_day: int = 20
    filled: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A unit to label. `probability`: that it was drawn, among those it was drawn from. `position`: where it stands in the queue."""

    project: str
    judge: str
    version: str
    unit: Unit
    start: datetime
    drawn: Drawn
    probability: float
    position: int
    id: str = ""
    created: datetime = datetime.min


@dataclass(frozen=True, slots=True)
class Turn:
    """What a rater did with an item."""

    item_id: str
    rater: str
    did: Did
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueState:
    """`items`: drawn in all. `open`: those that still want this rater. `labelled`, `skipped`: this rater's. `this_week`: labels of all
    raters since the week began."""

    items: int
    open: int
    labelled: int
    skipped: int
    this_week: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A unit that people gave `person`, and whose own rate under the judge was `baseline` when it became an anchor. It began at `start`."""

    unit: Unit
    start: datetime
    person: float
    baseline: float
    created: datetime


class Reviews:
    """The tables of plans, items, turns and anchors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, project: str, judge: str) -> ReviewPlan:
        """The judge's plan; the usual one where nobody made one."""
        return await self._database.run(lambda session: _plan(_plan_row(session, project, judge), project, judge))

    async def plans(self) -> list[ReviewPlan]:
        """Every plan that was made."""
        return await self._database.run(
            lambda session: [_plan(row, row.project, row.judge) for row in session.scalars(select(ReviewPlanRow))]
        )

    async def set_plan(self, plan: ReviewPlan) -> ReviewPlan:
        """The plan as it is now kept. What was filled stays filled unless the plan says more."""
        now = datetime.now(UTC)

        def work(session: Session) -> ReviewPlan:
            row = _plan_row(session, plan.project, plan.judge)
            if row is None:
                row = ReviewPlanRow(id=uuid.uuid4().hex, project=plan.project, judge=plan.judge, created=now)
                session.add(row)
            for field in fields(ReviewPlan):
                value = getattr(plan, field.name)
                if field.name != "filled" or value is not None:
                    setattr(row, field.name, value)
            row.updated = now
            return _plan(row, plan.project, plan.judge)

        return await self._database.run(work)

    async def add(self, items: Sequence[ReviewItem]) -> int:
        """How many were added: one that is there already stays as it is."""
        now = datetime.now(UTC)

        def work(session: Session) -> int:
            added = 0
            for item in items:
                if session.scalar(select(ReviewItemRow.id).where(_of(ReviewItemRow, item.project, item.judge, item.unit))) is not None:
                    continue
                row = ReviewItemRow(
                    id=uuid.uuid4().hex,
                    project=item.project,
                    judge=item.judge,
                    version=item.version,
                    target=item.unit.target,
                    trace_id=item.unit.trace_id,
                    span_id=item.unit.span_id,
                    session_id=item.unit.session_id,
                    start=item.start,
                    drawn=item.drawn,
                    probability=item.probability,
                    position=item.position,
                    created=now,
                )
                session.add(row)
                session.flush()
                added += 1
            return added

        return await self._database.run(work)

    async def get(self, id_: str) -> ReviewItem:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _item(_item_row(session, id_)))

    async def units(self, project: str, judge: str) -> list[Unit]:
        """Everything that was ever drawn for a judge."""
        asked = select(ReviewItemRow).where(ReviewItemRow.project == project, ReviewItemRow.judge == judge)
        return await self._database.run(lambda session: [_item(row).unit for row in session.scalars(asked)])

    async def open(self, project: str, judge: str, rater: str, *, raters_per_item: int, most: int) -> list[ReviewItem]:
        """What this rater may label next, in the order of the queue: not yet seen by them, nor by as many others as are asked for."""
        asked = _open(project, judge, rater, raters_per_item).order_by(ReviewItemRow.created, ReviewItemRow.position).limit(most)
        return await self._database.run(lambda session: [_item(row) for row in session.scalars(asked)])

    async def state(self, project: str, judge: str, rater: str, *, raters_per_item: int, week: datetime) -> QueueState:
        """How far the queue is for this rater; `week`: when the week began."""
        mine = and_(ReviewItemRow.project == project, ReviewItemRow.judge == judge)
        turns = select(func.count()).select_from(ReviewTurnRow).join(ReviewItemRow, ReviewItemRow.id == ReviewTurnRow.item_id).where(mine)

        def work(session: Session) -> QueueState:
            return QueueState(
                items=session.scalar(select(func.count()).select_from(ReviewItemRow).where(mine)) or 0,
                open=session.scalar(select(func.count()).select_from(_open(project, judge, rater, raters_per_item).subquery())) or 0,
                labelled=session.scalar(turns.where(ReviewTurnRow.rater == rater, ReviewTurnRow.did == "labelled")) or 0,
                skipped=session.scalar(turns.where(ReviewTurnRow.rater == rater, ReviewTurnRow.did == "skipped")) or 0,
                this_week=session.scalar(turns.where(ReviewTurnRow.did == "labelled", ReviewTurnRow.at >= week)) or 0,
            )

        return await self._database.run(work)

    async def drawn_since(self, project: str, judge: str, since: datetime) -> int:
        """How many items were drawn for a judge since then."""
        asked = (
            select(func.count())
            .select_from(ReviewItemRow)
            .where(ReviewItemRow.project == project, ReviewItemRow.judge == judge, ReviewItemRow.created >= since)
        )
        return await self._database.run(lambda session: session.scalar(asked) or 0)

    async def turn(self, item_id: str, rater: str, did: Did) -> None:
        """Write down what a rater did; what they did before with the same item is forgotten. Raises NotFoundError."""

        def work(session: Session) -> None:
            _item_row(session, item_id)
            session.merge(ReviewTurnRow(item_id=item_id, rater=rater, did=did, at=datetime.now(UTC)))

        await self._database.run(work)

    async def undo(self, item_id: str, rater: str) -> Did:
        """Forget what a rater did with an item, and say what that was. Raises NotFoundError where they did nothing."""

        def work(session: Session) -> Did:
            row = session.get(ReviewTurnRow, (item_id, rater))
            if row is None:
                raise NotFoundError(f"{rater} has not answered item {item_id!r}: there is nothing to undo.")
            did = cast("Did", row.did)
            session.delete(row)
            return did

        return await self._database.run(work)

    async def turns(self, project: str, judge: str, rater: str, *, most: int) -> list[Turn]:
        """A rater's last turns, the latest first."""
        asked = (
            select(ReviewTurnRow)
            .join(ReviewItemRow, ReviewItemRow.id == ReviewTurnRow.item_id)
            .where(ReviewItemRow.project == project, ReviewItemRow.judge == judge, ReviewTurnRow.rater == rater)
            .order_by(ReviewTurnRow.at.desc())
            .limit(most)
        )
        return await self._database.run(
            lambda session: [Turn(row.item_id, row.rater, cast("Did", row.did), row.at) for row in session.scalars(asked)]
        )

    async def anchors(self, project: str, judge: str) -> list[Anchor]:
        """A judge's anchors, the oldest first."""
        asked = select(AnchorRow).where(AnchorRow.project == project, AnchorRow.judge == judge).order_by(AnchorRow.created, AnchorRow.id)
        return await self._database.run(
            lambda session: [Anchor(_unit(row), row.start, row.person, row.baseline, row.created) for row in session.scalars(asked)]
        )

    async def set_anchors(self, project: str, judge: str, anchors: Sequence[Anchor]) -> None:
        """Replace a judge's anchors. Raises BadRequestError where one unit is there twice."""
        if len({anchor.unit for anchor in anchors}) < len(anchors):
            raise BadRequestError("A unit is there twice among the anchors: give each once.")

        def work(session: Session) -> None:
            for row in session.scalars(select(AnchorRow).where(AnchorRow.project == project, AnchorRow.judge == judge)):
                session.delete(row)
            session.flush()
            for anchor in anchors:
                said = {name: getattr(anchor.unit, name) for name in ("target", "trace_id", "span_id", "session_id")}
                session.add(
                    AnchorRow(
                        id=uuid.uuid4().hex,
                        project=project,
                        judge=judge,
                        start=anchor.start,
                        person=anchor.person,
                        baseline=anchor.baseline,
                        created=anchor.created,
                        **said,
                    )
                )

        await self._database.run(work)


def _open(project: str, judge: str, rater: str, raters_per_item: int) -> Select[ReviewItemRow]:
    """Items that still want this rater."""
    labels = (
        select(func.count())
        .select_from(ReviewTurnRow)
        .where(ReviewTurnRow.item_id == ReviewItemRow.id, ReviewTurnRow.did == "labelled")
        .scalar_subquery()
    )
    mine = select(ReviewTurnRow.item_id).where(ReviewTurnRow.rater == rater)
    return select(ReviewItemRow).where(
        ReviewItemRow.project == project, ReviewItemRow.judge == judge, labels < raters_per_item, ReviewItemRow.id.not_in(mine)
    )


def _of(table: type[ReviewItemRow], project: str, judge: str, unit: Unit) -> ColumnElement[bool]:
    return and_(
        table.project == project,
        table.judge == judge,
        table.target == unit.target,
        table.trace_id == unit.trace_id,
        table.span_id == unit.span_id,
        table.session_id == unit.session_id,
    )


def _plan_row(session: Session, project: str, judge: str) -> ReviewPlanRow | None:
    return session.scalar(select(ReviewPlanRow).where(ReviewPlanRow.project == project, ReviewPlanRow.judge == judge))


def _plan(row: ReviewPlanRow | None, project: str, judge: str) -> ReviewPlan:
    usual = ReviewPlan(project, judge)
    return usual if row is None else replace(usual, **{field.name: getattr(row, field.name) for field in fields(ReviewPlan)})


def _item_row(session: Session, id_: str) -> ReviewItemRow:
    row = session.get(ReviewItemRow, id_)
    if row is None:
        raise NotFoundError(f"There is no item {id_!r} to review: GET /api/v1/reviews/JUDGE/queue lists them.")
    return row


def _unit(row: ReviewItemRow | AnchorRow) -> Unit:
    return Unit(cast("Target", row.target), row.trace_id, row.span_id, row.session_id)


def _item(row: ReviewItemRow) -> ReviewItem:
    return ReviewItem(
        row.project,
        row.judge,
        row.version,
        _unit(row),
        row.start,
        cast("Drawn", row.drawn),
        row.probability,
        row.position,
        row.id,
        row.created,
    )
