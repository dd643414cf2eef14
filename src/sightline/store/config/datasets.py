"""Datasets, their versions and experiments as they are kept: names, authors and origins; items and results are in the telemetry store."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sightline.errors import BadRequestError, NotFoundError
from sightline.store.config.database import Database
from sightline.store.config.tables import DatasetRow, DatasetVersionRow, ExperimentRow


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One change: `origin` is what it was made from (`how`, and a filter with its window, trace ids or a file's name). Counts of items:
    by what this version differs from the one before, and how many it has in all."""

    version: int
    created: datetime
    author: str
    origin: Mapping[str, Any]
    added: int
    changed: int
    removed: int
    items: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """`id`: 32 hex digits. `latest` is None while it has no item."""

    id: str
    project: str
    name: str
    description: str
    created: datetime
    latest: DatasetVersion | None = None


@dataclass(frozen=True, slots=True)
class ExperimentTerms:
    """What is run over a version of a dataset. `subject` says what: `kind` (callable, prompt), and what that kind has to say."""

    project: str
    dataset_id: str
    dataset_version: int
    name: str
    subject: Mapping[str, Any]
    items: int
    repeats: int = 1
    author: str = ""


@dataclass(frozen=True, slots=True)
class Experiment(ExperimentTerms):
    """An experiment with its id (32 hex digits); `finished` is None while results are owed."""

    id: str = ""
    created: datetime = datetime.min
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """By how many items a version differs from the one before, and how many it has."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    items: int = 0


@dataclass(slots=True)
class Datasets:
    """The tables of datasets and their versions."""

    _database: Database = field()

    async def all(self, project: str) -> list[Dataset]:
        """A project's datasets by name."""

        def work(session: Session) -> list[Dataset]:
            rows = session.scalars(select(DatasetRow).where(DatasetRow.project == project).order_by(DatasetRow.name, DatasetRow.id)).all()
            return [_dataset(row, _latest(session, row.id)) for row in rows]

        return await self._database.run(work)

    async def get(self, project: str, id_or_name: str) -> Dataset:
        """Raises NotFoundError."""

        def work(session: Session) -> Dataset:
            row = _row(session, project, id_or_name)
            return _dataset(row, _latest(session, row.id))

        return await self._database.run(work)

    async def add(self, project: str, name: str, description: str) -> Dataset:
        """A dataset without items. Raises BadRequestError where the project has one of that name."""

        def work(session: Session) -> Dataset:
            row = DatasetRow(id=uuid.uuid4().hex, project=project, name=name, description=description, created=datetime.now(UTC))
            session.add(row)
            _flush(session, name)
            return _dataset(row, None)

        return await self._database.run(work)

    async def change(self, project: str, id_: str, name: str, description: str) -> Dataset:
        """Another name and description. Raises NotFoundError, and BadRequestError where the name is taken."""

        def work(session: Session) -> Dataset:
            row = _row(session, project, id_)
            row.name, row.description = name, description
            _flush(session, name)
            return _dataset(row, _latest(session, row.id))

        return await self._database.run(work)

    async def remove(self, project: str, id_: str) -> str:
        """Its id; its versions go too, and the experiments over it. Raises NotFoundError."""

        def work(session: Session) -> str:
            row = _row(session, project, id_)
            session.execute(delete(DatasetVersionRow).where(DatasetVersionRow.dataset_id == row.id))
            session.execute(delete(ExperimentRow).where(ExperimentRow.dataset_id == row.id))
            session.delete(row)
            return row.id

        return await self._database.run(work)

    async def versions(self, id_: str) -> list[DatasetVersion]:
        """Those that are committed, the newest first."""
        asked = (
            select(DatasetVersionRow)
            .where(DatasetVersionRow.dataset_id == id_, DatasetVersionRow.committed)
            .order_by(DatasetVersionRow.version.desc())
        )
        return await self._database.run(lambda session: [_version(row) for row in session.scalars(asked)])

    async def begin(self, id_: str, *, author: str, origin: Mapping[str, Any]) -> int:
        """A number for a version that is being written, greater than all before; nobody reads it until it is committed."""

        def work(session: Session) -> int:
            last = session.scalar(select(func.max(DatasetVersionRow.version)).where(DatasetVersionRow.dataset_id == id_)) or 0
            row = DatasetVersionRow(
                dataset_id=id_, version=last + 1, committed=False, created=datetime.now(UTC), author=author,
                origin=json.dumps(dict(origin)), added=0, changed=0, removed=0, items=0,
            )  # fmt: skip
            session.add(row)
            return last + 1

        return await self._database.run(work)

    async def commit(self, id_: str, version: int, counts: Counts) -> DatasetVersion:
        """From now on it is read."""

        def work(session: Session) -> DatasetVersion:
            row = session.get(DatasetVersionRow, (id_, version))
            if row is None:
                raise NotFoundError(f"Dataset {id_!r} was deleted while version {version} was written.")
            row.committed = True
            row.added, row.changed, row.removed, row.items = counts.added, counts.changed, counts.removed, counts.items
            return _version(row)

        return await self._database.run(work)


@dataclass(slots=True)
class Experiments:
    """The table of experiments."""

    _database: Database = field()

    async def all(self, project: str, *, dataset_id: str | None = None) -> list[Experiment]:
        """A project's experiments, the newest first."""
        asked = select(ExperimentRow).where(ExperimentRow.project == project).order_by(ExperimentRow.created.desc(), ExperimentRow.id)
        if dataset_id is not None:
            asked = asked.where(ExperimentRow.dataset_id == dataset_id)
        return await self._database.run(lambda session: [_experiment(row) for row in session.scalars(asked)])

    async def get(self, project: str, id_: str) -> Experiment:
        """Raises NotFoundError."""
        return await self._database.run(lambda session: _experiment(_experiment_row(session, project, id_)))

    async def add(self, terms: ExperimentTerms) -> Experiment:
        """The experiment that was made."""

        def work(session: Session) -> Experiment:
            row = ExperimentRow(
                id=uuid.uuid4().hex, project=terms.project, dataset_id=terms.dataset_id, dataset_version=terms.dataset_version,
                name=terms.name, subject=json.dumps(dict(terms.subject)), repeats=terms.repeats, items=terms.items, author=terms.author,
                created=datetime.now(UTC), finished=None,
            )  # fmt: skip
            session.add(row)
            return _experiment(row)

        return await self._database.run(work)

    async def finish(self, project: str, id_: str) -> Experiment:
        """Every result that was owed is there. Raises NotFoundError."""

        def work(session: Session) -> Experiment:
            row = _experiment_row(session, project, id_)
            row.finished = datetime.now(UTC)
            return _experiment(row)

        return await self._database.run(work)

    async def remove(self, project: str, id_: str) -> None:
        """Raises NotFoundError."""
        await self._database.run(lambda session: session.delete(_experiment_row(session, project, id_)))


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise BadRequestError(f"name: There is a dataset {name!r} in this project already: add to it, or take another name.") from error


def _row(session: Session, project: str, id_or_name: str) -> DatasetRow:
    asked = select(DatasetRow).where(DatasetRow.project == project, (DatasetRow.id == id_or_name) | (DatasetRow.name == id_or_name))
    rows = sorted(session.scalars(asked).all(), key=lambda row: row.id != id_or_name)
    if not rows:
        raise NotFoundError(f"There is no dataset {id_or_name!r} in project {project!r}: GET /api/v1/datasets lists them.")
    return rows[0]


def _latest(session: Session, id_: str) -> DatasetVersion | None:
    asked = (
        select(DatasetVersionRow)
        .where(DatasetVersionRow.dataset_id == id_, DatasetVersionRow.committed)
        .order_by(DatasetVersionRow.version.desc())
        .limit(1)
    )
    row = session.scalar(asked)
    return None if row is None else _version(row)


def _experiment_row(session: Session, project: str, id_: str) -> ExperimentRow:
    row = session.get(ExperimentRow, id_)
    if row is None or row.project != project:
        raise NotFoundError(f"There is no experiment {id_!r} in project {project!r}: GET /api/v1/experiments lists them.")
    return row


def _dataset(row: DatasetRow, latest: DatasetVersion | None) -> Dataset:
    return Dataset(row.id, row.project, row.name, row.description, row.created, latest)


def _version(row: DatasetVersionRow) -> DatasetVersion:
    origin = json.loads(row.origin)
    return DatasetVersion(row.version, row.created, row.author, origin, row.added, row.changed, row.removed, row.items)


def _experiment(row: ExperimentRow) -> Experiment:
    return Experiment(
        project=row.project, dataset_id=row.dataset_id, dataset_version=row.dataset_version, name=row.name, subject=json.loads(row.subject),
        items=row.items, repeats=row.repeats, author=row.author, id=row.id, created=row.created, finished=row.finished,
    )  # fmt: skip
