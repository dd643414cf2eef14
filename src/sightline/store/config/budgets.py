"""Budgets as they are kept: what may be spent in a period, on what a filter selects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Literal, cast, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from sightline.errors import NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import BudgetRow

Period = Literal["day", "week", "month", "quarter"]
PERIODS: Sequence[Period] = get_args(Period)


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """What is decided. With `group_by` and no `group_value` each group has the amount. Spending counts from the day it `starts`."""

    project: str
    name: str
    period: Period
    amount_usd: float
    starts: date
    filter: str = ""
    group_by: str | None = None
    group_value: str | None = None


@dataclass(frozen=True, slots=True)
class Budget(BudgetTerms):
    """A budget with its id (32 hex digits) and when it was made and last changed."""

    id: str = ""
    created: datetime = datetime.min
    updated: datetime = datetime.min


class Budgets:
    """The table of budgets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, project: str) -> list[Budget]:
        """A project's budgets by name."""
        asked = select(BudgetRow).where(BudgetRow.project == project).order_by(BudgetRow.name, BudgetRow.id)
        return await self._database.run(lambda session: [_budget(row) for row in session.scalars(asked)])

    async def get(self, id_: str) -> Budget:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _budget(_row(session, id_)))

    async def add(self, terms: BudgetTerms) -> Budget:
        """The budget that was made."""
        now = datetime.now(UTC)

        def work(session: Session) -> Budget:
            row = BudgetRow(id=uuid.uuid4().hex, created=now, updated=now, **_said(terms))
            session.add(row)
            return _budget(row)

        return await self._database.run(work)

    async def replace(self, id_: str, terms: BudgetTerms) -> Budget:
        """The budget with other terms. Raises NotFoundError."""
        now = datetime.now(UTC)

        def work(session: Session) -> Budget:
            row = _row(session, id_)
            for name, value in {**_said(terms), "updated": now}.items():
                setattr(row, name, value)
            return _budget(row)

        return await self._database.run(work)

    async def remove(self, id_: str) -> None:
        """Raises NotFoundError."""
        await self._database.run(lambda session: session.delete(_row(session, id_)))


def _row(session: Session, id_: str) -> BudgetRow:
    row = session.get(BudgetRow, id_)
    if row is None:
        raise NotFoundError(f"There is no budget {id_!r}: GET /api/v1/economics/budgets lists them.")
    return row


def _said(terms: BudgetTerms) -> dict[str, object]:
    return {field.name: getattr(terms, field.name) for field in fields(BudgetTerms)}


def _budget(row: BudgetRow) -> Budget:
    return Budget(
        project=row.project,
        name=row.name,
        period=cast("Period", row.period),
        amount_usd=row.amount_usd,
        starts=row.starts,
        filter=row.filter,
        group_by=row.group_by,
        group_value=row.group_value,
        id=row.id,
        created=row.created,
        updated=row.updated,
    )
