"""The configuration database's tables. A change here comes with a migration; a test holds the two against each other."""

from datetime import UTC, date, datetime

from sqlalchemy import DateTime, Dialect, Double, ForeignKey, String, Text, UniqueConstraint
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


class ReviewPlanRow(Table):
    """How a judge is checked by people: how many labels a week, by how many raters, and how often it is calibrated."""

    __tablename__ = "review_plans"
    __table_args__ = (UniqueConstraint("project", "judge", name="one_plan_a_judge"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str]
    judge: Mapped[str]
    weekly_labels: Mapped[int]
    raters_per_item: Mapped[int]
    core: Mapped[float]
    due_days: Mapped[int]
    anchors_per_day: Mapped[int]
    filled: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class ReviewItemRow(Table):
    """A unit that people are asked to label, and with what probability it was drawn."""

    __tablename__ = "review_items"
    __table_args__ = (UniqueConstraint("project", "judge", "target", "trace_id", "span_id", "session_id", name="one_item_a_unit"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str]
    judge: Mapped[str]
    version: Mapped[str]
    target: Mapped[str]
    trace_id: Mapped[str]
    span_id: Mapped[str]
    session_id: Mapped[str]
    start: Mapped[datetime]
    drawn: Mapped[str]
    probability: Mapped[float]
    position: Mapped[int]
    created: Mapped[datetime]


class ReviewTurnRow(Table):
    """What a rater did with an item: labelled or skipped it. The label itself is a score."""

    __tablename__ = "review_turns"

    item_id: Mapped[str] = mapped_column(ForeignKey("review_items.id", ondelete="CASCADE"), primary_key=True)
    rater: Mapped[str] = mapped_column(primary_key=True)
    did: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AnchorRow(Table):
    """A unit that people labelled and the judge is asked about again and again."""

    __tablename__ = "anchors"
    __table_args__ = (UniqueConstraint("project", "judge", "target", "trace_id", "span_id", "session_id", name="one_anchor_a_unit"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str]
    judge: Mapped[str]
    target: Mapped[str]
    trace_id: Mapped[str]
    span_id: Mapped[str]
    session_id: Mapped[str]
    start: Mapped[datetime]
    person: Mapped[float]
    baseline: Mapped[float]
    created: Mapped[datetime]


class CalibrationRow(Table):
    """One calibration of a judge's version, as it was told."""

    __tablename__ = "calibrations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    judge: Mapped[str] = mapped_column(index=True)
    version: Mapped[str]
    made: Mapped[datetime]
    made_by: Mapped[str]
    verdict: Mapped[str]
    labelled: Mapped[int]
    result: Mapped[str]


class DatasetRow(Table):
    """A list of items to try things on; its items are in the telemetry store, by version."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("project", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    description: Mapped[str]
    created: Mapped[datetime]


class DatasetVersionRow(Table):
    """One change of a dataset: who made it when, and from what. Its items are seen once it is committed."""

    __tablename__ = "dataset_versions"

    dataset_id: Mapped[str] = mapped_column(String(32), ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    committed: Mapped[bool]
    created: Mapped[datetime]
    author: Mapped[str]
    origin: Mapped[str]
    added: Mapped[int]
    changed: Mapped[int]
    removed: Mapped[int]
    items: Mapped[int]


class ExperimentRow(Table):
    """Something run over a version of a dataset; its results are in the telemetry store."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    dataset_id: Mapped[str] = mapped_column(String(32), index=True)
    dataset_version: Mapped[int]
    name: Mapped[str]
    subject: Mapped[str]
    repeats: Mapped[int]
    items: Mapped[int]
    author: Mapped[str]
    created: Mapped[datetime]
    finished: Mapped[datetime | None]


class LiveTestRow(Table):
    """Two arms of production traffic that are compared while it comes in."""

    __tablename__ = "live_tests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    filter: Mapped[str]
    arm: Mapped[str]
    first: Mapped[str]
    second: Mapped[str]
    unit: Mapped[str]
    measure: Mapped[str]
    smallest_effect: Mapped[float]
    expected_share: Mapped[float]
    before_days: Mapped[int]
    started: Mapped[datetime]
    ended: Mapped[datetime | None]
    created: Mapped[datetime]
