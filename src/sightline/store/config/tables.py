"""The configuration database's tables. A change here comes with a migration; a test holds the two against each other."""

from datetime import UTC, date, datetime

from sqlalchemy import DateTime, Dialect, Double, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC: SQLite keeps none of its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of all."""

    type_annotation_map = {str: Text, float: Double, datetime: UtcTime}  # noqa: RUF012 - SQLAlchemy's own form


class BudgetRow(Table):
    """What may be spent in a period, on what a filter selects."""

    __tablename__ = "budgets"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    filter: Mapped[str]
    group_by: Mapped[str | None]
    group_value: Mapped[str | None]
    period: Mapped[str]
    amount_usd: Mapped[float]
    starts: Mapped[date]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class MarkerRow(Table):
    """Something that happened at a time: a deploy, an incident, a note."""

    __tablename__ = "markers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    time: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime | None]
    kind: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    service: Mapped[str | None]
    created: Mapped[datetime]


class SloRow(Table):
    """What share of what a filter selects has to be good, over a rolling window."""

    __tablename__ = "slos"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    of: Mapped[str]
    good: Mapped[str]
    among: Mapped[str]
    objective: Mapped[float]
    window_days: Mapped[int]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class JudgeRow(Table):
    """A judge under its current version. `since`: traffic from then on is judged; unset while it was never switched on."""

    __tablename__ = "judges"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    enabled: Mapped[bool]
    version: Mapped[int]
    since: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class JudgeVersionRow(Table):
    """One version of a judge, as JSON; it never changes."""

    __tablename__ = "judge_versions"

    judge_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[str]
    created: Mapped[datetime]


class JudgeSpendRow(Table):
    """What a judge may have spent on a day: committed before each call, and what of it was really spent."""

    __tablename__ = "judge_spend"

    judge_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    committed_usd: Mapped[float]
    spent_usd: Mapped[float]
    verdicts: Mapped[int]
    failures: Mapped[int]


class JudgeBackfillRow(Table):
    """A window of the past that a judge's version is to judge."""

    __tablename__ = "judge_backfills"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    judge_id: Mapped[str] = mapped_column(String(32), index=True)
    version: Mapped[int]
    start: Mapped[datetime]
    end: Mapped[datetime]
    state: Mapped[str]
    created: Mapped[datetime]
