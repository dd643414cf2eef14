"""Any table as a file: CSV by RFC 4180, or Parquet as the engine writes it.

CSV: UTF-8, numbers unrounded, times as RFC 3339, unknown as an empty field. Spreadsheets take a text that begins with = + - @,
tab, carriage return or line feed for a formula: it gets an apostrophe in front. Parquet holds every text as it is, with types and NULLs.
"""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, get_args, get_origin

from fastapi import Query, Response
from pydantic import BaseModel

from sightline.query import SPAN_FIELDS, TRACE_FIELDS, AnswerColumn, Field, FieldType, Page, Reader, rfc3339

Column = AnswerColumn
Format = Literal["json", "csv", "parquet"]
FormatParam = Annotated[Format, Query(description="csv or parquet: the table as a file instead.")]
Table = Sequence[Mapping[str, Any]]

_CSV = "text/csv"
_PARQUET = "application/vnd.apache.parquet"
# For a route's `responses`: what else its 200 may be.
DOWNLOADS: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (_CSV, _PARQUET)}}
}

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_INT64 = range(-(2**63), 2**63)
_TYPES: Mapping[str, str] = {
    "string": "Nullable(String)",
    "json": "Nullable(String)",
    "list": "Nullable(String)",
    "integer": "Nullable(Int64)",
    "number": "Nullable(Float64)",
    "boolean": "Nullable(Bool)",
    "time": "Nullable(DateTime64(9, 'UTC'))",
}


async def download(reader: Reader, rows: Table, columns: Sequence[Column], format: Format, name: str) -> Response:  # noqa: A002 - the API's word
    """The rows as a file called `name` and the format's ending; what has no place in a file's name becomes a hyphen.

    A row has a value under each column's name: None is unknown, times are RFC 3339 texts, `json` and `list` anything that JSON can say.
    Raises StoreError where the engine can't write it.
    """
    if format == "parquet":
        body, kind = await _parquet(reader, rows, columns), _PARQUET
    else:
        body, kind = await asyncio.to_thread(_csv, rows, columns), f"{_CSV}; charset=utf-8; header=present"
    file = f"{_UNSAFE.sub('-', name).strip('-.')[:100] or 'table'}.{format}"
    return Response(body, headers={"content-type": kind, "content-disposition": f'attachment; filename="{file}"'})


async def download_page(reader: Reader, page: Page, columns: Sequence[Column], format: Format, name: str) -> Response:  # noqa: A002
    """A page of a list as a file; the header `x-next-cursor` says where the next begins."""
    times = [column.name for column in columns if column.type == "time"]
    rows = [{**row, **{name: rfc3339(row[f"{name}_ns"]) for name in times}} for row in page.rows]
    response = await download(reader, rows, columns, format, name)
    if page.next_cursor is not None:
        response.headers["x-next-cursor"] = page.next_cursor
    return response


async def download_models(
    reader: Reader,
    rows: Sequence[Mapping[str, Any]],
    model: type[BaseModel],
    format: Format,  # noqa: A002
    name: str,
    *,
    group_by: Sequence[str] = (),
) -> Response:
    """The rows of an answer as a file, `model` being what one of them is.

    What stands in another thing has both names (`now_cost_usd`); a group has a column for each of `group_by`.
    """
    columns = list(_columns_of(model, group_by))
    table = [_flat(model.model_validate(row).model_dump(mode="json"), model, group_by) for row in rows]
    return await download(reader, table, columns, format, name)


def _columns_of(model: type[BaseModel], group_by: Sequence[str]) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        said = [part for part in get_args(field.annotation) or (field.annotation,) if part is not type(None)]
        if name == "group":
            yield from (Column(fact, "string") for fact in group_by)
        elif isinstance(said[0], type) and issubclass(said[0], BaseModel):
            yield from (replace(column, name=f"{name}_{column.name}") for column in _columns_of(said[0], ()))
        else:
            yield Column(name, _FIELD_TYPES.get(said[0], "string") if get_origin(field.annotation) is not list else "list")


def _flat(row: Mapping[str, Any], model: type[BaseModel], group_by: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {column.name: None for column in _columns_of(model, group_by)}
    for name, value in row.items():
        if name == "group":
            made |= dict(zip(group_by, value, strict=False))
        elif isinstance(value, dict):
            made |= {f"{name}_{part}": inner for part, inner in value.items()}
        elif name in made:
            made[name] = value
    return made


def _listed(fields: Mapping[str, Field], *, but: Sequence[str] = ()) -> list[Column]:
    """What a list's rows hold: what is stored, in the units that it is stored in."""
    stored = {name: field for name, field in fields.items() if field.factor == 1 and field.sql == name}
    return [Column(name, field.type, field.unit) for name, field in stored.items() if name not in but]


_FIELD_TYPES: Mapping[Any, FieldType] = {bool: "boolean", int: "integer", float: "number", datetime: "time"}

SPAN_TABLE = _listed(SPAN_FIELDS)
TRACE_TABLE = _listed(TRACE_FIELDS, but=("feature", "received"))  # what a trace is asked by, not shown with


def _csv(rows: Table, columns: Sequence[Column]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([defused(column.name) for column in columns])
    writer.writerows([_shown(row[column.name], column) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def defused(value: Any) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = _text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: Any, column: Column) -> Any:
    """A field of a CSV. A number is a number even where it begins with a minus."""
    if value is None or (column.type in ("integer", "number") and not isinstance(value, str)):
        return value
    if column.type == "boolean":
        return "true" if value else "false"
    return defused(value)


async def _parquet(reader: Reader, rows: Table, columns: Sequence[Column]) -> bytes:
    structure, lines = await asyncio.to_thread(_for_the_engine, rows, columns)
    return await reader.file(
        "SELECT * FROM format(JSONEachRow, {structure:String}, {rows:String})",
        {"structure": structure, "rows": lines},
        format="Parquet",
        settings={"date_time_input_format": "best_effort", "output_format_parquet_string_as_string": 1},
    )


def _for_the_engine(rows: Table, columns: Sequence[Column]) -> tuple[str, str]:
    """The table's structure and its rows, a JSON object a line, as the engine reads them."""
    types = {column.name: _type(column, rows) for column in columns}
    structure = ", ".join(f"{_identifier(name)} {type_}" for name, type_ in types.items())
    text = {name for name, type_ in types.items() if "String" in type_}
    lines = (json.dumps({name: _value(row[name], text=name in text) for name in types}) for row in rows)
    return structure.encode("utf-8", "replace").decode(), "\n".join(lines)


def _type(column: Column, rows: Table) -> str:
    if column.type == "integer":
        values = [row[column.name] for row in rows if row[column.name] is not None]
        if any(isinstance(value, float) for value in values):
            return _TYPES["number"]
        if any(value not in _INT64 for value in values):
            return "Nullable(Decimal(38, 0))"
    return _TYPES[column.type]


def _value(value: Any, *, text: bool) -> Any:
    if value is None or not text:
        return value
    return _text(value).encode("utf-8", "replace").decode()


def _identifier(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
