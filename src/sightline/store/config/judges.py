"""Judges as they are kept: versions that never change, what each day cost, and windows of the past that are to be judged.

The budget is kept here, in transactions: what a call may cost is committed before it is made, and given back when less was spent. A
worker or a server that dies gives nothing back, so a day's commitments are never less than what was spent on it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sightline.errors import BadRequestError, NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import JudgeBackfillRow, JudgeRow, JudgeSpendRow, JudgeVersionRow

BackfillState = Literal["running", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge under its current version, whose `definition` is JSON. `since`: what began before it is judged only by a backfill."""

    id: str
    project: str
    name: str
    enabled: bool
    version: int
    definition: str
    since: datetime | None
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class JudgeVersion:
    """One version, counted from 1."""

    version: int
    definition: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Spend:
    """Of one judge on one day in UTC. `committed_usd` is at least `spent_usd`: calls under way and calls that never reported are in it."""

    day: date
    committed_usd: float = 0.0
    spent_usd: float = 0.0
    verdicts: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of calls: `released_usd` of what was committed is given back, `spent_usd` was spent."""

    released_usd: float = 0.0
    spent_usd: float = 0.0
    verdicts: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Backfill:
    """[start, end) of the past, for one version of one judge."""

    id: str
    judge_id: str
    version: int
    start: datetime
    end: datetime
    state: BackfillState
    created: datetime


class Judges:
    """The tables of judges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, project: str | None = None) -> list[Judge]:
        """A project's judges by name, or everybody's."""

        def work(session: Session) -> list[Judge]:
            asked = select(JudgeRow).order_by(JudgeRow.name, JudgeRow.id)
            rows = session.scalars(asked if project is None else asked.where(JudgeRow.project == project))
            return [_judge(session, row) for row in rows]

        return await self._database.run(work)

    async def get(self, id_: str) -> Judge:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _judge(session, _row(session, id_)))

    async def add(self, project: str, name: str, definition: str, *, enabled: bool) -> Judge:
        """The judge that was made, in version 1. Raises BadRequestError where the project has one of this name."""
        now = datetime.now(UTC)

        def work(session: Session) -> Judge:
            _free(session, project, name)
            row = JudgeRow(
                id=uuid.uuid4().hex, project=project, name=name, enabled=enabled, version=1, since=now if enabled else None,
                created=now, updated=now,
            )  # fmt: skip
            session.add(row)
            session.add(JudgeVersionRow(judge_id=row.id, version=1, definition=definition, created=now))
            session.flush()
            return _judge(session, row)

        return await self._database.run(work)

    async def change(self, id_: str, *, name: str | None = None, definition: str | None = None, enabled: bool | None = None) -> Judge:
        """The judge with what is said; another definition is its next version. Raises NotFoundError and BadRequestError as `add`."""
        now = datetime.now(UTC)

        def work(session: Session) -> Judge:
            row = _row(session, id_)
            if name is not None and name != row.name:
                _free(session, row.project, name)
                row.name = name
            if definition is not None and definition != _version(session, id_, row.version).definition:
                row.version += 1
                session.add(JudgeVersionRow(judge_id=id_, version=row.version, definition=definition, created=now))
                row.since = now if row.enabled else None
            if enabled is not None and enabled != row.enabled:
                row.enabled = enabled
                row.since = now if enabled else row.since
            row.updated = now
            session.flush()
            return _judge(session, row)

        return await self._database.run(work)

    async def remove(self, id_: str) -> None:
        """With its versions and backfills; its scores stay. Raises NotFoundError."""

        def work(session: Session) -> None:
            session.delete(_row(session, id_))
            for table in (JudgeVersionRow, JudgeSpendRow, JudgeBackfillRow):
                session.execute(delete(table).where(table.judge_id == id_))

        await self._database.run(work)

    async def versions(self, id_: str) -> list[JudgeVersion]:
        """The latest first. Raises NotFoundError."""

        def work(session: Session) -> list[JudgeVersion]:
            _row(session, id_)
            asked = select(JudgeVersionRow).where(JudgeVersionRow.judge_id == id_).order_by(JudgeVersionRow.version.desc())
            return [JudgeVersion(row.version, row.definition, row.created) for row in session.scalars(asked)]

        return await self._database.run(work)

    async def commit(self, id_: str, day: date, usd: Sequence[float], *, budget_usd: float | None) -> int:
        """Commit as many of `usd`, in their order, as the day's budget has room for; returns how many. None: there is no budget."""

        def work(session: Session) -> int:
            row = _spend(session, id_, day)
            for count, amount in enumerate(usd):
                if budget_usd is not None and row.committed_usd + amount > budget_usd:
                    return count
                row.committed_usd += amount
            return len(usd)

        return await self._database.run(work)

    async def end(self, ended: Mapping[tuple[str, date], Ended]) -> None:
        """What came of calls, by judge and the day that they were committed on."""

        def work(session: Session) -> None:
            for (id_, day), what in ended.items():
                row = _spend(session, id_, day)
                row.committed_usd = max(0.0, row.committed_usd - what.released_usd)
                row.spent_usd += what.spent_usd
                row.verdicts += what.verdicts
                row.failures += what.failures

        await self._database.run(work)

    async def spend(self, id_: str, *, days: int) -> list[Spend]:
        """The latest days that it spent anything on, the last first."""
        asked = select(JudgeSpendRow).where(JudgeSpendRow.judge_id == id_).order_by(JudgeSpendRow.day.desc()).limit(days)
        return await self._database.run(
            lambda session: [Spend(row.day, row.committed_usd, row.spent_usd, row.verdicts, row.failures) for row in session.scalars(asked)]
        )

    async def add_backfill(self, id_: str, version: int, start: datetime, end: datetime) -> Backfill:
        """Raises NotFoundError."""

        def work(session: Session) -> Backfill:
            _row(session, id_)
            row = JudgeBackfillRow(
                id=uuid.uuid4().hex, judge_id=id_, version=version, start=start, end=end, state="running", created=datetime.now(UTC)
            )
            session.add(row)
            return _backfill(row)

        return await self._database.run(work)

    async def backfills(self, id_: str | None = None, *, running: bool = False) -> list[Backfill]:
        """A judge's, or everybody's, the latest first."""
        asked = select(JudgeBackfillRow).order_by(JudgeBackfillRow.created.desc(), JudgeBackfillRow.id)
        if id_ is not None:
            asked = asked.where(JudgeBackfillRow.judge_id == id_)
        if running:
            asked = asked.where(JudgeBackfillRow.state == "running")
        return await self._database.run(lambda session: [_backfill(row) for row in session.scalars(asked.limit(500))])

    async def end_backfill(self, id_: str, state: BackfillState) -> Backfill:
        """Raises NotFoundError. One that has ended stays as it is."""

        def work(session: Session) -> Backfill:
            row = session.get(JudgeBackfillRow, id_)
            if row is None:
                raise NotFoundError(f"There is no backfill {id_!r}.")
            if row.state == "running":
                row.state = state
            return _backfill(row)

        return await self._database.run(work)


def _row(session: Session, id_: str) -> JudgeRow:
    row = session.get(JudgeRow, id_)
    if row is None:
        raise NotFoundError(f"There is no judge {id_!r}: GET /api/v1/judges lists them.")
    return row


def _version(session: Session, id_: str, version: int) -> JudgeVersionRow:
    row = session.get(JudgeVersionRow, (id_, version))
    if row is None:
        raise NotFoundError(f"Judge {id_!r} has no version {version}.")
    return row


def _free(session: Session, project: str, name: str) -> None:
    if session.scalars(select(JudgeRow).where(JudgeRow.project == project, JudgeRow.name == name)).first() is not None:
        raise BadRequestError(f"There is a judge {name!r} in project {project!r}: change that one, or give this one another name.")


def _spend(session: Session, id_: str, day: date) -> JudgeSpendRow:
    row = session.get(JudgeSpendRow, (id_, day), with_for_update=True)
    if row is None:
        row = JudgeSpendRow(judge_id=id_, day=day, committed_usd=0.0, spent_usd=0.0, verdicts=0, failures=0)
        session.add(row)
        session.flush()
    return row


def _judge(session: Session, row: JudgeRow) -> Judge:
    definition = _version(session, row.id, row.version).definition
    return Judge(row.id, row.project, row.name, row.enabled, row.version, definition, row.since, row.created, row.updated)


def _backfill(row: JudgeBackfillRow) -> Backfill:
    return Backfill(row.id, row.judge_id, row.version, row.start, row.end, cast("BackfillState", row.state), row.created)
