"""The Grafana dashboard: it parses, its panels are whole, and what it asks of the tables is answered by the engine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sightline.store.telemetry.engine import Engine
from tests.measure.economics.world import Row, call, span
from tests.measure.reliability.conftest import Put

DASHBOARD: dict[str, Any] = json.loads((Path(__file__).parents[3] / "deploy" / "grafana" / "sightline.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(panel["title"], target["rawSql"]) for panel in PANELS for target in panel["targets"] if "rawSql" in target]


def test_panels_have_ids_places_and_sources_of_their_own() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]}
    assert len(places) == len(ids)
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    for panel in PANELS:
        assert panel["datasource"]["uid"].strip("${}") in variables
        assert all(("expr" in target) != ("rawSql" in target) for target in panel["targets"]), panel["title"]


@pytest.mark.parametrize(("title", "sql"), QUERIES, ids=[title for title, _ in QUERIES])
def test_the_engine_answers_what_the_dashboard_asks(engine: Engine, put: Put, project: str, title: str, sql: str) -> None:
    failed: Row = {"status": "error", "error_type": "timeout", "error_origin": True, "status_message": "late"}
    put(span(0, 0, **failed), call(0, 1, stage="chat", parts=(1, 0, 0, 1), tenant="acme", error_origin=True))
    answer = engine.connect().query(_expanded(sql, project))
    assert answer.row_count > 0, title
    if "$__timeInterval" in sql:
        assert answer.column_names[0] == "time"


def _expanded(sql: str, project: str) -> str:
    """The macros of Grafana's ClickHouse plugin, as it expands them."""
    sql = re.sub(r"\$__timeFilter\((\w+)\)", r"(\1 >= toDateTime(1793404800) AND \1 <= toDateTime(1793577600))", sql)
    sql = re.sub(r"\$__timeInterval\((\w+)\)", r"toStartOfInterval(toDateTime(\1), INTERVAL 60 second)", sql)
    return sql.replace("${project:singlequote}", f"'{project}'")
