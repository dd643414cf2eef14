"""What someone probably meant."""

import difflib
from collections.abc import Collection


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like this one, None when none is."""
    found = difflib.get_close_matches(name, known, n=1)
    return found[0] if found else None
