"""Calibrations as they are kept: what was said of a judge's version, and when."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sightline.store.config.database import Database
from sightline.store.config.tables import CalibrationRow


@dataclass(frozen=True, slots=True)
class CalibrationRun:
    """One calibration: `result` is the JSON that was answered then. `made_by`: 'person' or 'schedule'."""

    project: str
    judge: str
    version: str
    made_by: str
    verdict: str
    labelled: int
    result: str
    id: str = ""
    made: datetime = datetime.min

    @property
    def reason(self) -> str:
        """Of the verdict, in words."""
        return str(json.loads(self.result)["reason"])


class Calibrations:
    """The table of calibrations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, run: CalibrationRun) -> CalibrationRun:
        """The calibration as it is kept, with its id and time."""

        def work(session: Session) -> CalibrationRun:
            said = {name: getattr(run, name) for name in ("project", "judge", "version", "made_by", "verdict", "labelled", "result")}
            row = CalibrationRow(id=uuid.uuid4().hex, made=datetime.now(UTC), **said)
            session.add(row)
            return _run(row)

        return await self._database.run(work)

    async def of(self, project: str, judge: str, *, most: int) -> list[CalibrationRun]:
        """A judge's calibrations, the latest `most` of them, in the order of their times."""
        asked = (
            select(CalibrationRow)
            .where(CalibrationRow.project == project, CalibrationRow.judge == judge)
            .order_by(CalibrationRow.made.desc(), CalibrationRow.id)
            .limit(most)
        )
        return await self._database.run(lambda session: [_run(row) for row in session.scalars(asked)][::-1])

    async def last(self, project: str) -> dict[str, CalibrationRun]:
        """Of each judge of a project the last calibration."""
        asked = select(CalibrationRow).where(CalibrationRow.project == project).order_by(CalibrationRow.made)
        return await self._database.run(lambda session: {row.judge: _run(row) for row in session.scalars(asked)})


def _run(row: CalibrationRow) -> CalibrationRun:
    return CalibrationRun(row.project, row.judge, row.version, row.made_by, row.verdict, row.labelled, row.result, row.id, row.made)
