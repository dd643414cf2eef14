"""One look at the engine's side of Sightline's health."""

import asyncio
from dataclasses import dataclass

from sightline.query import Reader, Row, statements_in

statement = statements_in("sightline.measure.health")


@dataclass(frozen=True, slots=True)
class Health:
    """`ledger`: a row a signal; `tables`: a row a table; `quiet_for_ms`: how long the trace that waits longest has had nothing to add."""

    ledger: list[Row]
    tables: list[Row]
    open_traces: int
    quiet_for_ms: int


async def health(reader: Reader) -> Health:
    """Raises StoreError."""
    ledger, (open_,), tables = await asyncio.gather(*(reader.rows(statement(name)) for name in ("ledger", "open_traces", "tables")))
    return Health(ledger, tables, open_["open"], open_["quiet_for_ms"])
