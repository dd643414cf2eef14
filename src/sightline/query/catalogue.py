"""What is there: projects, attribute keys, values for completion, and the ledger of what arrived."""

from sightline.query.binder import Binder
from sightline.query.conditions import Scene
from sightline.query.reader import Reader, Row
from sightline.query.statements import statement
from sightline.query.subjects import Subject
from sightline.query.syntax import parse_term
from sightline.query.times import SECOND_NS, UNITS_NS, Window

_RECENT_NS = UNITS_NS["d"]


async def projects(reader: Reader) -> list[Row]:
    """Every project: `name`, `spans`, `last_received_ns`."""
    return await reader.rows(statement("projects"))


async def values_seen(reader: Reader, project: str, name: str, *, prefix: str, rows: int) -> list[str]:
    """Values of a fact, or of attributes['…'] or resource['…'], in the latest day that has any; most frequent first.

    Raises UnknownFactError and BadFilterError for a name that is neither.
    """
    binder = Binder()
    key = Subject("spans", Scene(project, Window(), now_ns=0), binder).key(parse_term(name))
    window = binder.spans_in(await _latest_day(reader, project))
    params = {**binder.params, "project": project, "prefix": prefix, "rows": rows}
    return [row["value"] for row in await reader.rows(statement("values_seen", key=key, window=window), params)]


async def attribute_keys(reader: Reader, project: str, *, prefix: str, rows: int) -> list[str]:
    """Keys of attributes in the latest day that has any, most frequent first."""
    binder = Binder()
    window = binder.spans_in(await _latest_day(reader, project))
    params = {**binder.params, "project": project, "prefix": prefix, "rows": rows}
    return [row["key"] for row in await reader.rows(statement("attribute_keys", window=window), params)]


async def score_names(reader: Reader, project: str) -> list[Row]:
    """What there are scores of, the latest first: `name`, `type`, `sources`, `targets`, `count`, `last_received_ns`."""
    return await reader.rows(statement("score_names"), {"project": project})


async def ledger(reader: Reader, project: str, window: Window, *, rows: int) -> tuple[list[Row], Row]:
    """The ledger's rows by minute, newest first, and the sums of the whole window, whatever `rows` leaves out."""
    # A minute belongs to the window that its beginning lies in.
    params: dict[str, object] = {
        "project": project,
        "from_s": -(-window.from_ns // SECOND_NS),
        "to_s": -(-window.to_ns // SECOND_NS),
    }
    found = await reader.rows(statement("ledger"), {**params, "rows": rows})
    total = await reader.rows(statement("ledger_total"), params)
    return found, total[0]


async def _latest_day(reader: Reader, project: str) -> Window:
    newest = await reader.rows(statement("newest_bucket"), {"project": project})
    return Window(newest[0]["bucket_s"] * SECOND_NS - _RECENT_NS) if newest else Window()
