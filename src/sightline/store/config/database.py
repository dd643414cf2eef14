"""The configuration database behind one face: SQLite or PostgreSQL, reached with the same statements.

This is the only place where the event loop meets its threads, and where its errors become ours.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from sightline.errors import BadRequestError, SettingsError, SightlineError, StoreClosedError, StoreError, StoreFullError, StoreNewerError

T = TypeVar("T")

_MIGRATIONS = str(files("sightline.store.config") / "migrations")
_LOCK_WAIT_S = 10
_MIGRATING = 0x5169_6874  # any number, the same for every server: who migrates a PostgreSQL holds it
# What the drivers say, in part, and what it means. The first that fits counts.
_MEANINGS: tuple[tuple[str, Callable[[str], SightlineError]], ...] = (
    ("cannot contain NUL", lambda _: BadRequestError("A text here has a NUL character, which no PostgreSQL can hold: leave it out.")),
    ("disk is full", lambda _: StoreFullError("The disk is full.")),
    ("No space left on device", lambda _: StoreFullError("The configuration database's disk is full.")),
    ("not a database", lambda said: StoreError(f"config.db is damaged or something else: {said}.")),
    ("malformed", lambda said: StoreError(f"config.db is damaged: {said}.")),
    ("readonly", lambda _: StoreError("config.db can't be written: it belongs to someone else.")),
    ("is locked", lambda _: StoreFullError("Another process holds config.db; try again.")),
    ("unable to open", lambda _: StoreError("config.db can't be opened: it belongs to someone else, or its directory is gone.")),
)


@dataclass(frozen=True, slots=True)
class ConfigOptions:
    """`directory` holds config.db; `url` names a PostgreSQL instead: postgresql://user:password@host:5432/database."""

    directory: Path
    url: str | None = None


class Database:
    """Sessions for the modules of this room: everything that `run` is given happens in one transaction, or not at all."""

    def __init__(self, options: ConfigOptions) -> None:
        self._engine = _postgres(options.url) if options.url else _sqlite(options.directory / "config.db")
        self._closed = False
        try:
            guarded(lambda: _migrate(self._engine))
        except BaseException:
            self._engine.dispose()
            raise

    async def run(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, once its transaction is on disk. Raises StoreError; what `work` raises of ours undoes the transaction."""

        def in_session() -> T:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                return work(session)

        if self._closed:
            raise StoreClosedError("The configuration database is closed.")
        # Shielded: a client that goes away must not leave it open whether its change was made.
        return await asyncio.shield(asyncio.to_thread(guarded, in_session))

    def close(self) -> None:
        """Idempotent."""
        self._closed = True
        self._engine.dispose()


@asynccontextmanager
async def opened(options: ConfigOptions) -> AsyncIterator[Database]:
    """A database at this version's schema. Raises StoreNewerError, SettingsError, StoreError; opening happens off the event loop."""
    database = await asyncio.to_thread(Database, options)
    try:
        yield database
    finally:
        await asyncio.to_thread(database.close)


def guarded(work: Callable[[], T]) -> T:
    """`work()`, with the database's errors turned into ours."""
    try:
        return work()
    except SQLAlchemyError as error:
        raise _ours(error) from error
    except OSError as error:
        raise StoreError(f"config.db can't be used: {error.strerror}.") from error


def _ours(error: SQLAlchemyError) -> SightlineError:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    said = (lines[0] if lines else type(error).__name__)[:500].rstrip(".")
    meaning = next((means for part, means in _MEANINGS if part in said), None)
    if meaning is not None:
        return meaning(said)
    if _lost(error):
        return StoreClosedError(f"The configuration database does not answer: {said}.")
    return StoreError(f"The configuration database refused: {said}.")


def _lost(error: SQLAlchemyError) -> bool:
    """Whether the connection is what failed, and the same call may succeed later. SQLite has none: it calls anything operational."""
    of_postgres = type(getattr(error, "orig", None)).__module__.startswith("psycopg")
    return bool(getattr(error, "connection_invalidated", False)) or (of_postgres and isinstance(error, OperationalError))


def _sqlite(path: Path) -> Engine:
    # Made here and not by SQLite: it is going to hold keys, and is nobody else's to read.
    guarded(lambda: os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _LOCK_WAIT_S})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below: the driver would leave DDL outside of them
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # At once for writing: a transaction that read first could not become a writer's after another has written.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres(url: str) -> Engine:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, pool_recycle=1800, connect_args={"connect_timeout": _LOCK_WAIT_S})
    except (ArgumentError, ValueError):
        raise SettingsError("config is no URL that can be read: write postgresql://user:password@host:5432/database.") from None
    except ModuleNotFoundError as error:
        raise SettingsError(
            "config names a PostgreSQL, whose driver is not installed: pip install 'sightline[server,postgres]'."
        ) from error


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        done = MigrationContext.configure(connection).get_current_revision()
        if done is not None and done not in known:
            raise StoreNewerError(
                f"The configuration database was written by a newer Sightline (schema {done}; this version knows {max(known)}): "
                "upgrade Sightline, or use another database."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
