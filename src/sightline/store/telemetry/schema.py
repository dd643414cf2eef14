"""Brings a data directory to this version: numbered migrations once, views whenever their text has changed.

`schema/NNNN_*.sql` are applied in order and recorded in `schema_migrations`; a directory that records a number this version does
not know is refused. `views/*.sql` are derived: they follow the conventions table, so they are made again when it changes.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from clickhouse_connect.driver.client import Client

from sightline.errors import StoreNewerError
from sightline.facts import SOURCES, FactSql, Sources, content_key_sql
from sightline.store.telemetry._macros import expand
from sightline.store.telemetry.engine import guarded, statements

_HERE = files("sightline.store.telemetry")
_CREATES = re.compile(r"CREATE (?:MATERIALIZED )?VIEW (\w+)")
_BOOKS = """
CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, applied DateTime('UTC'))
ENGINE = MergeTree ORDER BY version;
CREATE TABLE IF NOT EXISTS schema_views (name String, digest String, applied DateTime64(3, 'UTC'))
ENGINE = MergeTree ORDER BY (name, applied);
"""
INLINE_CHARS = 1024
"""Text attributes longer than this are content, whatever their key."""


def migrations() -> Mapping[int, tuple[str, str]]:
    """version → (file name, SQL), in order."""
    found = sorted((entry.name, entry.read_text()) for entry in (_HERE / "schema").iterdir() if entry.name.endswith(".sql"))
    return {int(name[:4]): (name, sql) for name, sql in found}


def trace_summary(which: str) -> str:
    """The SELECT that sums up traces from their spans; `which` is SQL for the (project, trace_id) pairs and five-minute buckets."""
    return (_HERE / "sql" / "trace_summary.sql").read_text().strip().rstrip(";").replace("{{which}}", which)


# A trace has a summary a moment before its arrivals are cleared, and arrivals again before a late one reopens it: it is shown once.
# Its summary is looked for from an hour before the earliest open bucket on, which is as far as the primary key needs to go.
OPEN = (
    "(s.project, s.trace_id) IN (SELECT project, trace_id FROM trace_arrivals)"
    " AND toStartOfFiveMinutes(s.start) IN (SELECT start_bucket FROM trace_arrivals)"
    " AND (s.project, s.trace_id) NOT IN (SELECT project, trace_id FROM traces_settled"
    " WHERE start >= (SELECT if(count() = 0, now('UTC'), min(start_bucket)) FROM trace_arrivals"
    " WHERE start_bucket > toDateTime(0, 'UTC')) - INTERVAL 1 HOUR"
    " AND (project, trace_id) IN (SELECT project, trace_id FROM trace_arrivals))"
)


def views(*, retention_days: int, sources: Sources = SOURCES) -> Mapping[str, str]:
    """view name → its CREATE statement, in the order to create them."""
    sql = FactSql(sources)
    values = {
        "facts": ", ".join(sql.columns()),
        "spans_said": _nested(sql.steps(), "spans_decoded"),
        "fact_slots": sql.slots(),
        "fact_arrays": _columns(sql.arrays()),
        "facts_version": str(sql.version()),
        "retention": str(retention_days),
        "inline_chars": str(INLINE_CHARS),
        "content_key": content_key_sql("$"),
        "trace_summary": trace_summary(OPEN),
    }
    made: dict[str, str] = {}
    for name in ("traces.sql", "logs.sql", "metrics.sql", "ledger.sql", "open.sql"):
        for statement in statements((_HERE / "views" / name).read_text()):
            created = _CREATES.search(statement)
            if created is None:
                raise AssertionError(f"views/{name} holds a statement that creates no view: {statement[:80]}")
            made[created.group(1)] = expand(statement, values)
    return made


def _nested(steps: Sequence[Mapping[str, str]], source: str) -> str:
    """A relation that has each step's columns beside those of `source`; what is made anew takes its name's place."""
    for step in steps:
        source = f"(SELECT * EXCEPT ({', '.join(step)}), {_columns(step)} FROM {source})"
    return source


def _columns(expressions: Mapping[str, str]) -> str:
    return ",\n  ".join(f"{expression} AS {name}" for name, expression in expressions.items())


def apply(client: Client, *, retention_days: int, sources: Sources = SOURCES) -> None:
    """Migrate and derive. Raises StoreNewerError when the directory was written by a newer version; changes nothing then."""
    guarded(lambda: _apply(client, retention_days, sources))


def _apply(client: Client, retention_days: int, sources: Sources) -> None:
    for statement in statements(_BOOKS):
        client.command(statement)
    done = {int(row[0]) for row in client.query("SELECT version FROM schema_migrations").result_rows}
    known = migrations()
    if newer := sorted(done - known.keys()):
        raise StoreNewerError(
            f"This data directory was written by a newer Sightline (schema {newer[-1]}; this version knows {max(known)}): "
            "upgrade Sightline, or use another directory."
        )
    for version, (name, sql) in known.items():
        if version in done:
            continue
        for statement in statements(sql):
            client.command(re.sub(r"^CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", statement))
        client.insert("schema_migrations", [[version, name, datetime.now(UTC)]], column_names=["version", "name", "applied"])
    _derive_views(client, views(retention_days=retention_days, sources=sources), schema=max(known))


def _derive_views(client: Client, wanted: Mapping[str, str], *, schema: int) -> None:
    rows = client.query("SELECT name, argMax(digest, applied) FROM schema_views GROUP BY name").result_rows
    have = {str(name): str(digest) for name, digest in rows}
    exist = {str(row[0]) for row in client.query("SELECT name FROM system.tables WHERE database = currentDatabase()").result_rows}
    for name, statement in wanted.items():
        digest = hashlib.sha256(f"{schema} {statement}".encode()).hexdigest()  # what `*` means follows the tables
        if have.get(name) == digest and name in exist:
            continue
        client.command(f"DROP VIEW IF EXISTS {name}")
        client.command(statement)
        client.insert("schema_views", [[name, digest, datetime.now(UTC)]], column_names=["name", "digest", "applied"])
