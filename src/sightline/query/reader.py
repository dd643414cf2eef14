"""What the questions of this room need of a store."""

from collections.abc import Mapping
from typing import Any, Protocol

Row = dict[str, Any]


class Reader(Protocol):
    """Asks the telemetry engine. `sightline.store.Store` is one."""

    async def rows(self, sql: str, params: Mapping[str, object] | None = None, *, limit_s: float = 30.0) -> list[Row]:
        """The answer's rows as dicts by column. Parameters bind as the engine's `{name:Type}`.

        Raises QueryTimeoutError after `limit_s` seconds; cancelling the awaiting task stops the query in the engine.
        """
