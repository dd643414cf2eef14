"""The configuration database: one suite on SQLite and on a real PostgreSQL."""

import asyncio
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from sightline.errors import BadRequestError, NotFoundError, SettingsError, StoreClosedError, StoreError, StoreNewerError
from sightline.store import BudgetTerms, ConfigOptions, open_config
from sightline.store.config.database import opened
from sightline.store.config.tables import BudgetRow, Table
from tests.store import postgres

pytestmark = pytest.mark.anyio

TERMS = BudgetTerms(
    project="shop",
    name="acme's ½ month; --",
    filter="tenant = 'O''Brien \\ 😀'",
    group_by="attributes['a b']",
    group_value="",
    period="month",
    amount_usd=0.1 + 0.2,
    starts=date(2026, 11, 1),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with postgres.running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> ConfigOptions:
    """Where a new, empty database is."""
    if request.param == "sqlite":
        return ConfigOptions(tmp_path)
    url = request.getfixturevalue("cluster")
    name = f"test_{abs(hash(request.node.nodeid)) % 10**12}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return ConfigOptions(tmp_path, url.rsplit("/", 1)[0] + f"/{name}")


def plain(options: ConfigOptions) -> str:
    """The database's URL, for a look past our own code."""
    return options.url.replace("postgresql:", "postgresql+psycopg:") if options.url else f"sqlite:///{options.directory / 'config.db'}"


async def test_a_budget_is_there_after_a_restart_as_it_was_made(options: ConfigOptions) -> None:
    before = datetime.now(UTC)
    async with open_config(options) as config:
        made = await config.budgets.add(TERMS)
    async with open_config(options) as config:
        assert await config.budgets.get(made.id) == made
        assert await config.budgets.all("shop") == [made]
    assert {name: getattr(made, name) for name in ("name", "filter", "group_by", "group_value", "amount_usd", "starts")} == {
        "name": "acme's ½ month; --",
        "filter": "tenant = 'O''Brien \\ 😀'",
        "group_by": "attributes['a b']",
        "group_value": "",
        "amount_usd": 0.30000000000000004,
        "starts": date(2026, 11, 1),
    }
    assert before <= made.created == made.updated <= datetime.now(UTC)


async def test_a_budget_is_replaced_and_removed(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        made = await config.budgets.add(TERMS)
        other = await config.budgets.add(replace(TERMS, project="elsewhere"))
        changed = await config.budgets.replace(made.id, replace(TERMS, amount_usd=7, group_by=None, group_value=None))
        assert changed == replace(made, amount_usd=7, group_by=None, group_value=None, updated=changed.updated)
        assert changed.updated > made.updated
        await config.budgets.remove(made.id)
        assert await config.budgets.all("shop") == []
        assert await config.budgets.all("elsewhere") == [other]


async def test_what_is_not_there_is_said_so(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        for asked in (config.budgets.get("nobody"), config.budgets.replace("nobody", TERMS), config.budgets.remove("nobody")):
            with pytest.raises(NotFoundError, match="nobody"):
                await asked


async def test_a_text_that_no_postgres_can_hold_is_the_askers_mistake(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        if options.url is None:
            assert await config.budgets.all("a\0b") == []
        else:
            with pytest.raises(BadRequestError, match="NUL"):
                await config.budgets.all("a\0b")


async def test_many_at_once_all_arrive(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        await asyncio.gather(*(config.budgets.add(replace(TERMS, name=f"b{i:02}")) for i in range(40)))
        assert [budget.name for budget in await config.budgets.all("shop")] == [f"b{i:02}" for i in range(40)]


async def test_what_fails_leaves_nothing_behind(options: ConfigOptions) -> None:
    def half(session: Any) -> None:
        session.execute(text("DELETE FROM budgets"))
        session.flush()
        raise NotFoundError("changed my mind")

    async with opened(options) as database, open_config(options) as config:
        made = await config.budgets.add(TERMS)
        with pytest.raises(NotFoundError, match="changed my mind"):
            await database.run(half)
        assert await config.budgets.all("shop") == [made]


_OPEN = """
import asyncio, sys
from pathlib import Path
from sightline.store import ConfigOptions, open_config

async def main():
    async with open_config(ConfigOptions(Path("."), sys.argv[1])) as config:
        assert await config.budgets.all("shop") == []

asyncio.run(main())
"""


def test_servers_that_open_an_empty_postgres_at_once_migrate_it_once(cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS shared")
        connection.execute("CREATE DATABASE shared")
    command = [sys.executable, "-c", _OPEN, cluster.rsplit("/", 1)[0] + "/shared"]
    servers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for server in servers:
        _, said = server.communicate(timeout=60)
        assert server.returncode == 0, said


async def test_the_migrations_make_the_tables_that_the_code_declares(options: ConfigOptions) -> None:
    async with open_config(options):
        pass
    engine = create_engine(plain(options))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
        assert context.get_current_revision() is not None
    engine.dispose()


async def test_a_newer_database_is_refused_and_left_alone(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        made = await config.budgets.add(TERMS)
    engine = create_engine(plain(options))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewerError, match=r"newer Sightline \(schema 9999"):
        async with open_config(options):
            pass
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT id FROM budgets")) == made.id
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


async def test_a_refusal_of_the_database_is_ours(options: ConfigOptions) -> None:
    async with opened(options) as database:
        with pytest.raises(StoreError, match="configuration database refused"):
            await database.run(lambda session: session.execute(text("SELECT * FROM nothing_like_it")).all())
        row = BudgetRow(id="x", project="p", name="n", filter="", period="day", amount_usd=1, starts=date(2026, 1, 1))
        with pytest.raises(StoreError, match=r"(?i)null"):
            await database.run(lambda session: session.add(row))


async def test_after_closing_it_says_so(options: ConfigOptions) -> None:
    async with open_config(options) as config:
        pass
    with pytest.raises(StoreClosedError, match="closed"):
        await config.budgets.all("shop")


async def test_sqlite_writes_ahead_syncs_and_is_its_owners(tmp_path: Path) -> None:
    async with opened(ConfigOptions(tmp_path)) as database:

        def asked(session: Any) -> list[Any]:
            return [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]

        assert await database.run(asked) == ["wal", 2, 1]
    assert stat.S_IMODE((tmp_path / "config.db").stat().st_mode) == 0o600


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.db").write_text("not one " * 1000)
    with pytest.raises(StoreError, match=r"config\.db is damaged or something else"):
        async with open_config(ConfigOptions(tmp_path)):
            pass


async def test_a_postgres_that_goes_away_is_missed_and_found_again(cluster: str, tmp_path: Path) -> None:
    async with opened(ConfigOptions(tmp_path, cluster)) as database:

        def end_own_connection(session: Any) -> None:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(StoreClosedError, match="does not answer"):
            await database.run(end_own_connection)
        assert await database.run(lambda session: session.scalar(text("SELECT 1"))) == 1


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", StoreClosedError, "does not answer"),
        ("postgresql://user:secret@host:port/none", SettingsError, "postgresql://user:password@host:5432/database"),
    ],
)
async def test_a_url_that_leads_nowhere_is_said_so(tmp_path: Path, url: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as raised:
        async with open_config(ConfigOptions(tmp_path, url)):
            pass
    assert "secret" not in str(raised.value)
