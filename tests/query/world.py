"""A small world with known numbers: 60 requests, a minute apart, in a real engine with the real relations.

Request i (0…59) begins at T0 + i minutes and has a root, an LLM call and a tool call:

    root  duration (i + 1) s                         status error if i % 10 == 9, else ok; user u{i % 7}; session s{i // 6}
    llm   starts 100 ms later, lasts 10 (i + 1) ms   gpt-4o if i is even, else claude; input_tokens 100 + i;
                                                     cost i / 100, unknown if i % 4 == 3
    tool  starts 200 ms later, lasts 5 ms            tool_name search if i % 3 == 0, else none

Every root says attributes tier (gold if i % 3 == 0, else free), n = i, ratio = i / 4, flag = (i is even), tags = ["t0"… "t{i % 3}"]
and only sparse requests (i % 20 == 5) say attributes['rare'] = ''.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from sightline.facts import FACTS
from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
T0 = datetime(2026, 11, 1, tzinfo=UTC)
T0_NS = 1_793_491_200 * SECOND_NS
REQUESTS = 60

Row = dict[str, Any]


def open_engine(directory: Path) -> Engine:
    """An engine with Sightline's relations in a fresh directory."""
    engine = Engine(EngineOptions(directory=directory, readers=2))
    schema.apply(engine.connect(), retention_days=30)
    return engine


def trace_id(i: int) -> str:
    return f"{i + 1:032x}"


def span_id(i: int, part: int) -> str:
    return f"{3 * i + part + 1:016x}"


def requests() -> list[Row]:
    """The spans of the world."""
    spans: list[Row] = []
    for i in range(REQUESTS):
        start = T0_NS + i * MINUTE_NS
        about = {
            "trace_id": trace_id(i),
            "service": "assistant",
            "environment": "prod" if i < 50 else "staging",
            "task": "answer",
            "user_id": f"u{i % 7}",
            "session_id": f"s{i // 6}",
        }
        root = about | {
            "span_id": span_id(i, 0),
            "name": "POST /chat",
            "kind": "request",
            "stage": "POST /chat",
            "start_ns": start,
            "duration_ns": (i + 1) * SECOND_NS,
            "status": "error" if i % 10 == 9 else "ok",
            "error_type": "timeout" if i % 10 == 9 else None,
            "attr_string": {"tier": "gold" if i % 3 == 0 else "free"} | ({"rare": ""} if i % 20 == 5 else {}),
            "attr_int": {"n": i},
            "attr_double": {"ratio": i / 4},
            "attr_bool": {"flag": i % 2 == 0},
            "attr_other": {"tags": "[" + ",".join(f'"t{k}"' for k in range(i % 3 + 1)) + "]", "counts": f"[{i},{i + 1}]"},
            "resource_string": {"host": f"h{i % 2}"},
            "resource_other": {"cores": str(i % 4), "spot": "true" if i % 2 else "false"},
            "input_preview": f"question {i}",
            "output_preview": f"answer {i}",
        }
        llm = about | {
            "span_id": span_id(i, 1),
            "parent_span_id": span_id(i, 0),
            "name": "chat",
            "kind": "llm",
            "stage": "generate",
            "provider": "openai" if i % 2 == 0 else "anthropic",
            "model": "gpt-4o" if i % 2 == 0 else "claude",
            "start_ns": start + SECOND_NS // 10,
            "duration_ns": (i + 1) * 10_000_000,
            "ttft_ns": (i + 1) * 1_000_000,
            "input_tokens": 100 + i,
            "output_tokens": 10,
            "cost_usd": None if i % 4 == 3 else i / 100,
            "streamed": i % 2 == 0,
        }
        tool = about | {
            "span_id": span_id(i, 2),
            "parent_span_id": span_id(i, 0),
            "name": "tool",
            "kind": "tool",
            "stage": "look up",
            "tool_name": "search" if i % 3 == 0 else None,
            "start_ns": start + SECOND_NS // 5,
            "duration_ns": 5_000_000,
        }
        spans += [root, llm, tool]
    return spans


def insert_spans(client: Client, spans: list[Row], *, project: str = "default") -> None:
    """Store spans, and what the store derives of them: the index of times and, by its own SQL, the settled traces."""
    rows = [_DEFAULTS | {"project": project} | _times(span) for span in spans]
    names = list(rows[0])
    client.insert("spans", [[row[name] for name in names] for row in rows], column_names=names)
    ids = {"ids": sorted({span["trace_id"] for span in spans}), "project": project}
    which = "s.project = {project:String} AND s.trace_id IN {ids:Array(String)}"
    client.command(
        "INSERT INTO trace_index SELECT s.project, s.trace_id, min(s.start), max(s.start), min(s.received), max(s.received)"
        f" FROM spans AS s WHERE {which} GROUP BY s.project, s.trace_id",
        parameters=ids,
    )
    client.command(f"ALTER TABLE traces_settled DELETE WHERE {which.replace('s.', '')} SETTINGS mutations_sync = 1", parameters=ids)
    columns = [row[0] for row in client.query("DESCRIBE traces_settled").result_rows]
    client.command(f"INSERT INTO traces_settled SELECT {', '.join(columns)} FROM ({schema.trace_summary(which)})", parameters=ids)


def insert(client: Client, table: str, rows: list[Row]) -> None:
    names = list(rows[0])
    client.insert(table, [[row[name] for name in names] for row in rows], column_names=names)


def at(ns: int) -> datetime:
    """A time for a column: to the microsecond."""
    return datetime.fromtimestamp(ns // SECOND_NS, UTC).replace(microsecond=ns % SECOND_NS // 1_000)


def _times(span: Row) -> Row:
    start_ns = span.pop("start_ns")
    return {"start": at(start_ns), "received": at(start_ns + 2 * SECOND_NS)} | span


_DEFAULTS: Row = {
    **{name: None for name, fact in FACTS.items() if fact.nullable},
    **{name: {} for name in ("attr_string", "attr_int", "attr_double", "attr_bool", "attr_other")},
    **{name: {} for name in ("resource_string", "resource_other", "scope_other")},
    "scope_name": "tests",
    "scope_version": "1",
    "span_kind": "internal",
    "trace_state": "",
    "links": "",
    "status": "ok",
    "usage_counted": True,
    "settled": True,
    "weight": 1.0,
    "start_flagged": False,
    "start_sent_ns": 0,
    "retention": 30,
    "input_preview": None,
    "output_preview": None,
}
