"""The prompts of the newest calls as texts to compare, from whatever convention they came by."""

from collections.abc import Mapping
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
    """The newest calls. `given` are the tables that questions of prompts need: `newest`, and the `sources` of what they said.

    `read` of `in_window` calls of the window are among them.
    """

    given: Mapping[str, str]
    received: str
    received_later: str
    started: str
    newest: int
    read: float = 0
    in_window: float = 0
    tokens_read: float = 0
    tokens_in_window: float = 0

    def of(self, calls: str = "newest") -> str:
        """What follows FROM for the prompts of the newest calls, or of some of them."""
        return statement("prompts", calls=calls, received=self.received, received_later=self.received_later, started=self.started)


async def newest_prompts(reader: Reader, rows: Rows, *, calls: int) -> Prompts:
    """The newest calls of `rows`, at most so many of the window."""
    (extent,) = await rows.ask(reader, "prompt_extent", calls=calls, most_tokens=MOST_TOKENS)
    first_ns, last_ns = extent["first_received_ns"], extent["last_received_ns"]
    read: int = extent["rows_read"]
    where = {
        "received": _received(rows.binder, first_ns, last_ns) if read else "false",
        "received_later": _received(rows.binder, first_ns - _LOGS_NS, last_ns + _LOGS_NS) if read else "false",
        "started": rows.window,
    }
    newest = statement("newest", cacheable=statement("cacheable", calls=rows.sql, rules=statement("rules")))
    return Prompts(
        given={"newest": newest, "sources": statement("sources", **where)},
        **where,
        newest=read,
        read=extent["calls_read"],
        in_window=extent["calls_in_window"],
        tokens_read=extent["tokens_read"] or 0,
        tokens_in_window=extent["tokens_in_window"] or 0,
    )


def _received(binder: Binder, first_ns: int, last_ns: int) -> str:
    return f"{buckets('received', '>=', binder.time(max(0, first_ns)))} AND {buckets('received', '<=', binder.time(last_ns))}"
