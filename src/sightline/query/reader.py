"""What the questions of this room need of a store."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

Row = dict[str, Any]

# For look-ups of a few rows: several run side by side, and threads of one query would only wait for each other's
# (a trace by id: p95 56 ms instead of 93 on two cores).
ONE_THREAD: Mapping[str, object] = MappingProxyType({"max_threads": 1})


class Reader(Protocol):
    """Asks the telemetry engine. `sightline.store.Store` is one."""

    async def rows(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        limit_s: float = 30.0,
        settings: Mapping[str, object] | None = None,
        given: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """The answer's rows as dicts by column. Parameters bind as the engine's `{name:Type}`; `settings` are the engine's.

        `given` are questions whose answers `sql`, and those that follow, find in a table of that name, whatever they are used for: each
        is asked once, in order, and its table is in memory and gone afterwards.

        Raises QueryTimeoutError after `limit_s` seconds; cancelling the awaiting task stops the query in the engine.
        """

    async def file(
        self,
        sql: str,
        params: Mapping[str, object] | None = None,
        *,
        format: str,  # noqa: A002 - the engine's word
        limit_s: float = 30.0,
        settings: Mapping[str, object] | None = None,
    ) -> bytes:
        """The answer as the engine writes it in one of its formats, such as Parquet. Else as `rows`."""
