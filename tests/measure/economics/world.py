"""Spans with known numbers, stored past ingest: what they cost is said, not priced."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions
from tests.query import world

SECOND_NS = 1_000_000_000
HOUR_NS = 3_600 * SECOND_NS
T0_NS = 1_793_491_200 * SECOND_NS  # 2026-11-01T00:00:00Z
NOW_NS = T0_NS + 48 * HOUR_NS

Row = dict[str, Any]


def open_engine(directory: Path) -> Engine:
    engine = Engine(EngineOptions(directory=directory, readers=4))
    schema.apply(engine.connect(), retention_days=30)
    return engine


def span(i: int, part: int = 0, *, at_s: float = 0, **said: Any) -> Row:
    """Span `part` of request i, `at_s` seconds after T0; part 0 is the root."""
    about: Row = {
        "trace_id": f"{i + 1:032x}",
        "span_id": f"{1000 * (i + 1) + part:016x}",
        "parent_span_id": None if part == 0 else f"{1000 * (i + 1):016x}",
        "name": "POST /chat" if part == 0 else "chat",
        "kind": "request" if part == 0 else "llm",
        "stage": "POST /chat" if part == 0 else "generate",
        "start_ns": T0_NS + int(at_s * SECOND_NS),
        "duration_ns": SECOND_NS,
        "settled": True,
    }
    return about | said


def call(i: int, part: int = 1, *, at_s: float = 0, parts: tuple[float, float, float, float] | None = None, **said: Any) -> Row:
    """An LLM call of gpt-4o; `parts` are the costs of uncached input, cache reads, cache writes and output."""
    model = said.get("model", "gpt-4o")
    about: Row = {"provider": "openai", "request_model": model, "response_model": model, "model": model}
    if parts is not None:
        names = ("input_cost_usd", "cache_read_cost_usd", "cache_write_cost_usd", "output_cost_usd")
        about |= dict(zip(names, parts, strict=True)) | {"cost_usd": sum(parts), "other_cost_usd": 0.0, "price": "openai/gpt-4o"}
    return span(i, part, at_s=at_s, **(about | said))


def insert(client: Client, spans: list[Row], *, project: str) -> None:
    """Store spans. A span's `content` goes to `payloads`."""
    rows = [world._DEFAULTS | {"project": project} | world._times(dict(row)) for row in spans]
    contents = [row.pop("content", None) for row in rows]
    names = list(rows[0])
    client.insert("spans", [[row[name] for name in names] for row in rows], column_names=names)
    payloads = [
        [project, row["trace_id"], row["span_id"], row["received"], content, 30]
        for row, content in zip(rows, contents, strict=True)
        if content is not None
    ]
    if payloads:
        client.insert("payloads", payloads, column_names=["project", "trace_id", "span_id", "received", "content", "retention"])


def price(model: str, input_usd: float | None, output_usd: float | None, **said: Any) -> Row:
    """A rule of the catalogue, USD per token, for all time."""
    about: Row = {
        "catalogue": "tests",
        "kind": "llm",
        "provider": "openai",
        "model": model,
        "request_model": model,
        "valid_from": datetime(1970, 1, 1, tzinfo=UTC),
        "valid_to": datetime(2106, 1, 1, tzinfo=UTC),
        "day_to_s": 86_400,
        "above_tokens": -1,
        "input_usd": input_usd,
        "output_usd": output_usd,
        "price": f"openai/{model}",
        "resolved": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return about | said


def put_prices(engine: Engine, *rules: Row) -> None:
    client = engine.connect()
    names = [row[0] for row in client.query("DESCRIBE prices").result_rows]
    defaults: Row = dict.fromkeys(names) | {"rank": 1, "service_tier": "", "day_from_s": 0}
    client.insert("prices", [[(defaults | rule)[name] for name in names] for rule in rules], column_names=names)


def insert_events(engine: Engine, project: str, i: int, events: list[tuple[str, Row]]) -> None:
    """Log records of the call of request i."""
    maps = ("attr_string", "attr_int", "attr_double", "attr_bool", "attr_other", "resource_string", "resource_other")
    about: Row = {"project": project, "trace_id": f"{i + 1:032x}", "span_id": f"{1000 * (i + 1) + 1:016x}", "source": "log"}
    about |= {"severity": "", "body": ""}
    about |= {"time": world.at(T0_NS), "received": world.at(T0_NS), "time_ns": T0_NS, "scope_name": "", "retention": 30}
    rows = [about | {name: {} for name in maps} | {"name": name} | said for name, said in events]
    engine.connect().insert("events", [list(row.values()) for row in rows], column_names=list(rows[0]))
