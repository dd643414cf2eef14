"""Markers as they are kept: what happened when, to be drawn on every chart over time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sightline.errors import NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import MarkerRow

MarkerKind = Literal["deploy", "incident", "change", "note"]
MARKER_KINDS: Sequence[MarkerKind] = get_args(MarkerKind)


@dataclass(frozen=True, slots=True)
class MarkerTerms:
    """What happened at `time`, or from `time` until `until`; to one service, or to all of the project."""

    project: str
    time: datetime
    kind: MarkerKind
    name: str
    description: str = ""
    until: datetime | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Marker(MarkerTerms):
    """A marker with its id (32 hex digits) and when it was made."""

    id: str = ""
    created: datetime = datetime.min


class Markers:
    """The table of markers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, project: str, from_: datetime, to: datetime, *, most: int) -> list[Marker]:
        """Those that lie in [from, to) or reach into it, the latest `most` of them, in the order of their times."""
        ends = func.coalesce(MarkerRow.until, MarkerRow.time)
        asked = (
            select(MarkerRow)
            .where(MarkerRow.project == project, MarkerRow.time < to, ends >= from_)
            .order_by(MarkerRow.time.desc(), MarkerRow.id.desc())
            .limit(most)
        )
        return await self._database.run(lambda session: [_marker(row) for row in session.scalars(asked)][::-1])

    async def add(self, terms: MarkerTerms) -> Marker:
        """The marker that was made."""

        def work(session: Session) -> Marker:
            said = {field.name: getattr(terms, field.name) for field in fields(MarkerTerms)}
            row = MarkerRow(id=uuid.uuid4().hex, created=datetime.now(UTC), **said)
            session.add(row)
            return _marker(row)

        return await self._database.run(work)

    async def remove(self, id_: str) -> None:
        """Raises NotFoundError."""

        def work(session: Session) -> None:
            row = session.get(MarkerRow, id_)
            if row is None:
                raise NotFoundError(f"There is no marker {id_!r}: GET /api/v1/markers lists them; those of releases can't be deleted.")
            session.delete(row)

        await self._database.run(work)


def _marker(row: MarkerRow) -> Marker:
    return Marker(
        project=row.project,
        time=row.time,
        until=row.until,
        kind=cast("MarkerKind", row.kind),
        name=row.name,
        description=row.description,
        service=row.service,
        id=row.id,
        created=row.created,
    )
