"""Tables as files: what was in the answer is in the file, whatever texts there are."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.query import AnswerColumn as Column
from sightline.serve.api.downloads import download
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.store.asking import ask

pytestmark = pytest.mark.anyio

COLUMNS = [
    Column("attributes['a`b\\c']", "string"),
    Column("count", "integer", "spans"),
    Column("p95(duration_ms)", "number", "ms"),
    Column("flag", "boolean"),
    Column("time", "time"),
    Column("more", "json"),
]
HOSTILE = [
    "", " ", '"', '""', "'", ",", ";", "a\nb", "a\r\nb", "\r", "\t", "\0", "\\", "\\N", "NULL", "null", "nan", "{x:String}", "$1", "`",
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "é😀\u2028", "\ufeff", "x" * 5_000, "0x1F", "007", "1e5",
]  # fmt: skip


def table(texts: Sequence[str | None]) -> list[dict[str, Any]]:
    numbers = [0.1 + 0.2, 1e-7, -1.5, 1e300, 12345678901234.567, 0.0, None]
    wholes = [0, 2**63 - 1, -(2**63), 5, None]
    flags = [True, False, None]
    times = ["2026-11-24T09:30:00.123456789Z", "1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999999999Z", None]
    return [
        dict(
            zip(
                [column.name for column in COLUMNS],
                [text, wholes[i % 5], numbers[i % 7], flags[i % 3], times[i % 4], {"reason": [text]} if i % 2 else None],
                strict=True,
            )
        )
        for i, text in enumerate(texts)
    ]


async def as_csv(rows: Sequence[dict[str, Any]], columns: Sequence[Column] = COLUMNS) -> list[list[str]]:
    response = await download(None, rows, columns, "csv", "table")  # type: ignore[arg-type] # no engine is asked
    return list(csv.reader(io.StringIO(bytes(response.body).decode("utf-8"), newline=""), strict=True))


async def test_csv_says_what_the_table_says() -> None:
    header, *lines = await as_csv(rows := table([*HOSTILE, None]))
    assert header == [column.name for column in COLUMNS]
    for line, row in zip(lines, rows, strict=True):
        text, count, number, flag, moment, _ = row.values()
        assert line[0].removeprefix("'" if text and text[0] in "=+-@\t\r\n" else "") == (text or "")
        assert (line[1], line[2]) == ("" if count is None else str(count), "" if number is None else repr(number))
        assert (line[3], line[4]) == ({True: "true", False: "false", None: ""}[flag], moment or "")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
async def test_no_text_of_a_csv_is_a_formula(text: str) -> None:
    header, line = await as_csv([{text: text, "n": -1.5}], [Column(text, "string"), Column("n", "number")])
    assert header[0] == line[0] == f"'{text}"
    assert line[1] == "-1.5"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_any_text_survives_csv(texts: list[str]) -> None:
    import asyncio

    _, *lines = asyncio.run(as_csv([{"a": text, "b": 1} for text in texts], [Column("a", "string"), Column("b", "integer")]))
    assert [line[0].removeprefix("'" if text[:1] in {*"=+-@\t\r\n"} else "") for line, text in zip(lines, texts, strict=True)] == texts


async def test_a_csv_is_crlf_utf8_and_says_so() -> None:
    response = await download(None, [{"a": "é"}], [Column("a", "string")], "csv", "x")  # type: ignore[arg-type]
    assert response.body == "a\r\né\r\n".encode()
    assert response.headers["content-type"] == "text/csv; charset=utf-8; header=present"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("spans-default", "spans-default.csv"),
        ('a"; filename=evil.exe\r\nx: y', "a-filename-evil.exe-x-y.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("проект", "table.csv"),
        ("x" * 300, "x" * 100 + ".csv"),
    ],
)
async def test_a_files_name_is_a_name(name: str, file: str) -> None:
    response = await download(None, [], [Column("a", "string")], "csv", name)  # type: ignore[arg-type]
    assert response.headers["content-disposition"] == f'attachment; filename="{file}"'


async def parquet(engine: Engine, rows: Sequence[dict[str, Any]], columns: Sequence[Column], tmp_path: Path, *questions: str) -> Any:
    """The answers of another engine, in a process of its own, to questions about the file."""
    response = await download(engine, rows, columns, "parquet", "table")
    assert response.headers["content-type"] == "application/vnd.apache.parquet"
    file = tmp_path / "table.parquet"
    file.write_bytes(bytes(response.body))
    return ask(tmp_path, *(question.format(file=f"file('{file}', Parquet)") for question in questions))


async def test_parquet_holds_types_nulls_and_every_text_as_it_is(engine: Engine, tmp_path: Path) -> None:
    rows = table([*HOSTILE, None])
    times = "SELECT toUnixTimestamp64Nano(time) FROM {file}"
    described, found, nanoseconds = await parquet(engine, rows, COLUMNS, tmp_path, "DESCRIBE {file}", "SELECT * FROM {file}", times)
    assert {line[0]: line[1] for line in described} == {
        "attributes['a`b\\c']": "Nullable(String)",
        "count": "Nullable(Int64)",
        "p95(duration_ms)": "Nullable(Float64)",
        "flag": "Nullable(Bool)",
        "time": "Nullable(DateTime64(9, 'UTC'))",
        "more": "Nullable(String)",
    }
    assert [line[:4] for line in found] == [list(row.values())[:4] for row in rows]
    assert [line[5] is None for line in found] == [row["more"] is None for row in rows]
    assert [line[0] for line in nanoseconds[:4]] == [1_795_512_600_123_456_789, 0, 4_102_444_799_999_999_999, None]


async def test_a_table_of_fifty_thousand_cells_comes_back(engine: Engine, tmp_path: Path) -> None:
    chosen = random.Random(3)
    rows = table([chosen.choice([*HOSTILE[:-4], None, f"tenant {i}"]) for i in range(8_334)])
    assert len(rows) * len(COLUMNS) > 50_000
    (found,) = await parquet(engine, rows, COLUMNS, tmp_path, "SELECT * EXCEPT (time, more) FROM {file}")
    assert found == [list(row.values())[:4] for row in rows]
    assert len(await as_csv(rows)) == len(rows) + 1


async def test_numbers_beyond_the_usual_are_not_lost(engine: Engine, tmp_path: Path) -> None:
    columns = [Column("whole", "integer"), Column("weighted", "integer"), Column("number", "number")]
    rows = [{"whole": 2**70, "weighted": 1.5, "number": float("inf")}, {"whole": -1, "weighted": 2, "number": float("nan")}]
    questions = "SELECT toString(whole), weighted, toString(number) FROM {file}", "DESCRIBE {file}"
    found, described = await parquet(engine, rows, columns, tmp_path, *questions)
    assert found == [[str(2**70), 1.5, "inf"], ["-1", 2.0, "nan"]]
    assert [line[1] for line in described] == ["Nullable(Decimal(38, 0))", "Nullable(Float64)", "Nullable(Float64)"]


async def test_a_table_without_rows_keeps_its_columns(engine: Engine, tmp_path: Path) -> None:
    (described,) = await parquet(engine, [], COLUMNS, tmp_path, "DESCRIBE {file}")
    assert [line[0] for line in described] == [column.name for column in COLUMNS]


def test_what_cannot_be_utf8_is_a_question_mark() -> None:
    import asyncio

    assert asyncio.run(as_csv([{"a": "x\ud800"}], [Column("a", "string")]))[1] == ["x?"]


# Over HTTP


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def test_a_measure_can_be_downloaded(api: httpx.Client) -> None:
    question = {"measures": ["count", "sum(cost_usd)"], "group_by": ["model", "attributes['tier']"], "filter": "kind = llm"}
    found = api.post("/query", json=question).json()
    response = api.post("/query", json=question | {"format": "csv"})
    assert response.headers["content-disposition"] == 'attachment; filename="spans-default.csv"'
    lines = rows_of(response)
    assert list(lines[0]) == [column["name"] for column in found["columns"]]
    assert [float(line["sum(cost_usd)"]) for line in lines] == [row["sum(cost_usd)"] for row in found["rows"]]
    assert api.post("/query", json=question | {"format": "parquet"}).content[:4] == b"PAR1"


@pytest.mark.parametrize(("path", "of"), [("/traces", "traces"), ("/spans", "spans")])
def test_a_list_can_be_downloaded_page_by_page(api: httpx.Client, path: str, of: str) -> None:
    shown = api.get(path, params={"limit": 7}).json()
    response = api.get(path, params={"limit": 7, "format": "csv"})
    lines = rows_of(response)
    assert [line["trace_id"] for line in lines] == [row["trace_id"] for row in shown[of]]
    assert response.headers["x-next-cursor"] == shown["next_cursor"]
    first, row = lines[0], shown[of][0]
    assert datetime.fromisoformat(first["start"]) == datetime.fromtimestamp(int(row["start_ns"]) / 1e9, UTC)
    for name, said in first.items():
        if isinstance(row.get(name), int | float) and not isinstance(row[name], bool):
            assert float(said) == row[name]
        elif row.get(name) is None:
            assert said == ""
    assert api.get(path, params={"limit": 7, "format": "parquet"}).content[:4] == b"PAR1"
    everything = api.get(path, params={"limit": 1_000, "format": "csv"})
    assert "x-next-cursor" not in everything.headers


def test_the_ledger_can_be_downloaded(api: httpx.Client, engine: Engine) -> None:
    row = {"project": "files", "key": "", "signal": "traces", "received": 10, "stored": 8, "duplicate": 0, "rejected": 2}
    world.insert(engine.connect(), "ledger", [row | {"minute": world.T0, "reason": "all-zero id"}])
    assert rows_of(api.get("/ledger", params={"project": "files", "format": "csv"})) == [
        {
            "minute": "2026-11-01T00:00:00Z",
            "project": "files",
            "key": "",
            "signal": "traces",
            "received": "10",
            "stored": "8",
            "duplicate": "0",
            "rejected": "2",
            "reasons": '{"all-zero id": 2}',
        }
    ]
    assert api.get("/ledger", params={"project": "files", "format": "parquet"}).content[:4] == b"PAR1"


@pytest.mark.parametrize("path", ["/traces", "/spans", "/ledger", "/economics/budgets/status"])
def test_a_format_that_is_none_is_a_422(api: httpx.Client, path: str) -> None:
    response = api.get(path, params={"format": "xlsx"})
    assert (response.status_code, response.json()["error"]) == (422, "format: Input should be 'json', 'csv' or 'parquet'.")
