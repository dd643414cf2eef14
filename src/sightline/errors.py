"""The family of errors that Sightline raises on purpose. They know nothing of HTTP: `serve` turns class into status.

SightlineError
├── BadRequestError         what was sent can't be right
│   ├── BadFilterError      the filter's text; points at a column
│   ├── UnknownFactError    a name that no fact has
│   ├── BadTimeError        a time that can't be read
│   └── BadTableError       a file of verdicts: a column or a value that can't be used
├── NotFoundError           nothing is stored under that name
├── SettingsError           an option's value can't be used
└── StoreError              the disk or the engine said no
    ├── StoreFullError      no room, for now: try again
    ├── StoreClosedError    shutting down or not open
    ├── StoreLockedError    another server has the data directory
    ├── StoreNewerError     written by a newer Sightline
    ├── QueryTimeoutError   ran longer than its limit
    └── QueryTooLargeError  would answer more cells than its limit
"""

import difflib
from collections.abc import Collection


class SightlineError(Exception):
    """Base of all; the message is one sentence for the person who can mend it."""


class BadRequestError(SightlineError):
    """What was sent can't be right; the message says what would be."""


class BadFilterError(BadRequestError):
    """The filter does not parse. `column` counts from 1."""

    def __init__(self, message: str, *, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.column = column


class UnknownFactError(BadRequestError):
    """A name that no fact has; suggests the nearest. `column` counts from 1, None where the name stands alone."""

    def __init__(self, name: str, *, known: Collection[str], column: int | None = None) -> None:
        near = difflib.get_close_matches(name, known, n=1)
        right = f"did you mean {near[0]!r}?" if near else "GET /api/v1/facts lists them all."
        where = "" if column is None else f" at column {column}"
        super().__init__(f"Unknown fact {name!r}{where}: {right}")
        self.column = column


class BadTimeError(BadRequestError):
    """A time that can't be read."""


class BadTableError(BadRequestError):
    """A table's column or value can't be used; the message names it and says what would be right."""


class NotFoundError(SightlineError):
    """Nothing is stored under that name."""


class SettingsError(SightlineError):
    """An option's value can't be used; the message names the option."""


class StoreError(SightlineError):
    """The disk or the engine said no."""


class StoreFullError(StoreError):
    """No room for now; nothing was stored. The sender should try again after `retry_after_s` seconds."""

    def __init__(self, message: str, *, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreClosedError(StoreError):
    """The store is not open, or closing."""


class StoreLockedError(StoreError):
    """Another server has the data directory."""


class StoreNewerError(StoreError):
    """The data directory was written by a newer Sightline."""


class QueryTimeoutError(StoreError):
    """The query ran longer than its limit."""


class QueryTooLargeError(BadRequestError):
    """The query would answer more cells than its limit."""
