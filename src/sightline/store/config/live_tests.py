"""Comparisons of two arms of live traffic as they are kept."""

import uuid
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sightline.errors import NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import LiveTestRow


@dataclass(frozen=True, slots=True)
class LiveTestTerms:
    """Of the requests that `filter` selects, those with `arm` = `second` against those with `arm` = `first`.

    `arm`: a fact or attribute of spans that tells the two apart. `unit`: what was assigned to an arm as a whole (user_id, session_id or
    trace_id). `measure`: what is compared, in words of `measure/experiments`. `smallest_effect`: the difference that matters, in the
    measure's unit. `expected_share`: of units, what the first arm was to get. `before_days`: how far back units' own past is looked at.
    """

    project: str
    name: str
    arm: str
    first: str
    second: str
    measure: str
    smallest_effect: float
    started: datetime
    filter: str = ""
    unit: str = "user_id"
    expected_share: float = 0.5
    before_days: int = 14
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveTest(LiveTestTerms):
    """A comparison with its id (32 hex digits)."""

    id: str = ""
    created: datetime = datetime.min


class LiveTests:
    """The table of comparisons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, project: str) -> list[LiveTest]:
        """A project's, the newest first."""
        asked = select(LiveTestRow).where(LiveTestRow.project == project).order_by(LiveTestRow.created.desc(), LiveTestRow.id)
        return await self._database.run(lambda session: [_test(row) for row in session.scalars(asked)])

    async def get(self, project: str, id_: str) -> LiveTest:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _test(_row(session, project, id_)))

    async def add(self, terms: LiveTestTerms) -> LiveTest:
        """The comparison that was made."""

        def work(session: Session) -> LiveTest:
            said = {field.name: getattr(terms, field.name) for field in fields(LiveTestTerms)}
            row = LiveTestRow(id=uuid.uuid4().hex, created=datetime.now(UTC), **said)
            session.add(row)
            return _test(row)

        return await self._database.run(work)

    async def end(self, project: str, id_: str, at: datetime) -> LiveTest:
        """What comes later is not looked at. Raises NotFoundError."""

        def work(session: Session) -> LiveTest:
            row = _row(session, project, id_)
            row.ended = at
            return _test(row)

        return await self._database.run(work)

    async def remove(self, project: str, id_: str) -> None:
        """Raises NotFoundError."""
        await self._database.run(lambda session: session.delete(_row(session, project, id_)))


def _row(session: Session, project: str, id_: str) -> LiveTestRow:
    row = session.get(LiveTestRow, id_)
    if row is None or row.project != project:
        raise NotFoundError(f"There is no comparison {id_!r} in project {project!r}: GET /api/v1/live-tests lists them.")
    return row


def _test(row: LiveTestRow) -> LiveTest:
    said = {field.name: getattr(row, field.name) for field in fields(LiveTestTerms)}
    return LiveTest(**said, id=row.id, created=row.created)
