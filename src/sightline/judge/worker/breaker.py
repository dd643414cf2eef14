"""A circuit breaker for an endpoint: after failures in a row nobody asks it for a while, then one does."""

import asyncio
import random
import time


class Breaker:
    """Open after `failures` in a row, for `first_s` doubling up to `longest_s`; then one call finds out whether it is closed again."""

    def __init__(self, *, failures: int = 10, first_s: float = 1.0, longest_s: float = 60.0) -> None:
        self._most = failures
        self._first_s = first_s
        self._longest_s = longest_s
        self._row = 0
        self._opened = 0
        self._until = 0.0
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether nobody should ask."""
        return self._row >= self._most and (time.monotonic() < self._until or self._probing)

    async def enter(self) -> None:
        """Return when a call may be made."""
        while self._row >= self._most:
            now = time.monotonic()
            if now >= self._until and not self._probing:
                self._probing = True
                return
            await asyncio.sleep(max(0.01, min(self._until - now, 0.25)) * random.uniform(0.8, 1.2))  # noqa: S311

    def succeeded(self) -> None:
        """It answers."""
        self._row = self._opened = 0
        self._probing = False

    def failed(self) -> None:
        """It did not."""
        self._row += 1
        self._probing = False
        if self._row >= self._most:
            self._until = time.monotonic() + min(self._first_s * 2**self._opened, self._longest_s)
            self._opened += 1
