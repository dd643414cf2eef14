"""Files of items: JSON, an object a line, or CSV with a header."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sightline.errors import BadTableError
from sightline.measure.datasets.items import Item, Json
from sightline.store import NewItem

Kind = Literal["jsonl", "csv"]

_FIELDS = ("id", "input", "expected", "context", "metadata", "trace_id", "span_id")
# What other tools call the same.
_ALSO: Mapping[str, str] = {
    "inputs": "input", "question": "input", "prompt": "input", "query": "input",
    "output": "expected", "outputs": "expected", "expected_output": "expected", "reference": "expected", "answer": "expected",
    "item_id": "id", "contexts": "context", "documents": "context",
}  # fmt: skip


def read_file(text: str, kind: Kind) -> list[NewItem]:
    """The items of a file. A line or column that is not one of an item's (`id`, `input`, `expected`, `context`, `metadata`, `trace_id`,
    `span_id`; or what other tools call them) goes to the metadata under its name. In a CSV, a field that is a JSON object or list is read
    as such. Raises BadTableError that names the line.
    """
    rows = _lines(text) if kind == "jsonl" else _table(text)
    return [_item(line, row) for line, row in rows]


def write_jsonl(items: Iterable[Item]) -> Iterator[str]:
    """A line for each, as `read_file` reads them."""
    for item in items:
        said = {name: getattr(item, name) for name in _FIELDS}
        yield json.dumps({name: value for name, value in said.items() if value not in (None, {})}, ensure_ascii=False) + "\n"


def write_csv(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Rows for a table with the columns of an item; text as it is, everything else as JSON."""
    return [{name: _field(getattr(item, name)) for name in _FIELDS} for item in items]


def _field(value: Json) -> str | None:
    if value is None or value == {}:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _lines(text: str) -> Iterator[tuple[int, dict[str, Json]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadTableError(f"Line {number} is no JSON ({error}): write one object a line, with an input in each.") from error
        if not isinstance(row, dict):
            raise BadTableError(f"Line {number} is no JSON object: write one object a line, with an input in each.")
        yield number, row


def _table(text: str) -> Iterator[tuple[int, dict[str, Json]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        for row in reader:
            if None in row:
                raise BadTableError(f"Line {reader.line_num} has more fields than the header has names.")
            yield reader.line_num, {name: _read(value) for name, value in row.items() if name and value not in (None, "")}
    except csv.Error as error:
        raise BadTableError(f"Line {reader.line_num} is no CSV: {error}.") from error


def _read(value: str) -> Json:
    if value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    # a spreadsheet's formula was written with an apostrophe in front
    return value[1:] if value.startswith("'") and value[1:2] in tuple("=+-@\t\r\n") else value


def _item(line: int, row: Mapping[str, Json]) -> NewItem:
    said: dict[str, Json] = {}
    extra: dict[str, Json] = {}
    for name, value in row.items():
        field = name if name in _FIELDS else _ALSO.get(name.strip().lower())
        if field is None or (name not in _FIELDS and (field in row or field in said)):
            extra[name] = value
        else:
            said[field] = value
    if said.get("input") is None:
        raise BadTableError(f"Line {line} has no input: it has {', '.join(map(repr, row)) or 'nothing'}.")
    metadata = said.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise BadTableError(f"Line {line}: metadata is an object: this is {metadata!r:.60}.")
    ids = {name: str(said.get(name) or "") for name in ("id", "trace_id", "span_id")}
    return NewItem(said["input"], said.get("expected"), said.get("context"), extra | metadata, **ids)
