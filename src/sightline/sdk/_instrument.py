"""Which libraries tell of themselves, and who tells for them."""

from collections.abc import Collection

from sightline.sdk._options import Options


def switch_on(wanted: bool | Collection[str], options: Options) -> None:
    """Switch on."""
