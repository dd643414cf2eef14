"""Where a list goes on: the sort key and the ids of the last row shown, as an opaque text.

A page starts after a row, never after a number of rows, so that what arrives meanwhile neither shifts nor repeats a page.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from sightline.errors import BadRequestError


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row shown under `order`: its key (None where unknown), its start, its ids (trace, or trace and span)."""

    order: str
    key: int | float | None
    start_ns: int
    ids: tuple[str, ...]

    def text(self) -> str:
        """As it travels: URL-safe, without padding."""
        raw = json.dumps([1, self.order, self.key, self.start_ns, *self.ids], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str, *, order: str, ids: int) -> "Cursor":
        """The cursor of a list in the same order with as many ids. Raises BadRequestError for any other."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            version, found, key, start_ns, *names = json.loads(raw)
        except (binascii.Error, UnicodeError, ValueError, TypeError, RecursionError) as error:
            raise BadRequestError("The cursor can't be read: pass next_cursor of the page before, unchanged.") from error
        if version != 1 or found != order or len(names) != ids:
            raise BadRequestError("The cursor belongs to another list: pass it with the order that it came from.")
        good = (
            (key is None or _number(key))
            and type(start_ns) is int
            and abs(start_ns) < 2**63
            and all(isinstance(name, str) for name in names)
        )
        if not good:
            raise BadRequestError("The cursor can't be read: pass next_cursor of the page before, unchanged.")
        return cls(order, key, start_ns, tuple(names))


def _number(key: object) -> bool:
    if type(key) is int:
        return -(2**63) <= key < 2**64
    return type(key) is float and key - key == 0  # neither infinite nor NaN
