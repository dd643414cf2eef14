"""The prompts of the newest calls as texts to compare, from whatever convention they came by."""

from dataclasses import dataclass

from sightline.measure.economics.asking import Rows, statement
from sightline.query import UNITS_NS, Binder, Reader, buckets

MOST_BYTES = 1 << 20
"""What of one prompt is read; the rest counts as never seen before."""

MOST_TOKENS = 100_000_000
"""Input tokens of all calls that are read: some 400 MB of text."""

# Small blocks of prompts stay small when they are joined.
SETTINGS = {"min_joined_block_size_rows": 0, "min_joined_block_size_bytes": 0, "query_plan_join_swap_table": "false"}

# Log records come in requests of their own, before or after their span's.
_LOGS_NS = UNITS_NS["h"]


@dataclass(frozen=True, slots=True)
class Prompts:
    """The newest calls: `calls` are what follows FROM. `read` of `in_window` calls of the window are among them."""

    calls: str
    received: str
    received_later: str
    newest: int
    read: float
    in_window: float
    tokens_read: float
    tokens_in_window: float

    def of(self, calls: str) -> str:
        """The prompts of calls that are among these."""
        return statement("prompts", calls=calls, received=self.received, received_later=self.received_later)


async def newest_prompts(reader: Reader, rows: Rows, *, calls: int) -> Prompts | None:
    """The newest calls of `rows`, at most so many of the window; None where there are none."""
    (extent,) = await rows.ask(reader, "prompt_extent", calls=calls, most_tokens=MOST_TOKENS)
    if not extent["rows_read"]:
        return None
    binder = rows.binder
    cacheable = statement("cacheable", calls=rows.sql, rules=statement("rules"))
    newest = statement("newest", cacheable=cacheable)
    first_ns, last_ns = extent["first_received_ns"], extent["last_received_ns"]
    return Prompts(
        newest,
        _received(binder, first_ns, last_ns),
        _received(binder, first_ns - _LOGS_NS, last_ns + _LOGS_NS),
        extent["rows_read"],
        extent["calls_read"],
        extent["calls_in_window"],
        extent["tokens_read"] or 0,
        extent["tokens_in_window"] or 0,
    )


def _received(binder: Binder, first_ns: int, last_ns: int) -> str:
    return f"{buckets('received', '>=', binder.time(max(0, first_ns)))} AND {buckets('received', '<=', binder.time(last_ns))}"
