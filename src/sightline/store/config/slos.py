"""Service level objectives as they are kept: what share has to be good, over a rolling window."""

import uuid
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sightline.errors import NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import SloRow

SloOf = Literal["requests", "spans"]


@dataclass(frozen=True, slots=True)
class SloTerms:
    """Of the requests or spans that `among` selects, `objective` (0.99: 99 %) have to satisfy `good` in the last `window_days` days."""

    project: str
    name: str
    of: SloOf
    good: str
    objective: float
    among: str = ""
    window_days: int = 30


@dataclass(frozen=True, slots=True)
class Slo(SloTerms):
    """An objective with its id; None for the times of one that stands in the configuration file."""

    id: str = ""
    created: datetime | None = None
    updated: datetime | None = None


class Slos:
    """The table of objectives."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, project: str) -> list[Slo]:
        """A project's objectives by name."""
        asked = select(SloRow).where(SloRow.project == project).order_by(SloRow.name, SloRow.id)
        return await self._database.run(lambda session: [_slo(row) for row in session.scalars(asked)])

    async def get(self, id_: str) -> Slo:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _slo(_row(session, id_)))

    async def add(self, terms: SloTerms) -> Slo:
        """The objective that was made."""
        now = datetime.now(UTC)

        def work(session: Session) -> Slo:
            row = SloRow(id=uuid.uuid4().hex, created=now, updated=now, **_said(terms))
            session.add(row)
            return _slo(row)

        return await self._database.run(work)

    async def replace(self, id_: str, terms: SloTerms) -> Slo:
        """The objective with other terms. Raises NotFoundError."""
        now = datetime.now(UTC)

        def work(session: Session) -> Slo:
            row = _row(session, id_)
            for name, value in {**_said(terms), "updated": now}.items():
                setattr(row, name, value)
            return _slo(row)

        return await self._database.run(work)

    async def remove(self, id_: str) -> None:
        """Raises NotFoundError."""
        await self._database.run(lambda session: session.delete(_row(session, id_)))


def _row(session: Session, id_: str) -> SloRow:
    row = session.get(SloRow, id_)
    if row is None:
        raise NotFoundError(f"There is no objective {id_!r} to change: GET /api/v1/reliability/slos lists them.")
    return row


def _said(terms: SloTerms) -> dict[str, object]:
    return {field.name: getattr(terms, field.name) for field in fields(SloTerms)}


def _slo(row: SloRow) -> Slo:
    return Slo(
        project=row.project,
        name=row.name,
        of=cast("SloOf", row.of),
        good=row.good,
        among=row.among,
        objective=row.objective,
        window_days=row.window_days,
        id=row.id,
        created=row.created,
        updated=row.updated,
    )
