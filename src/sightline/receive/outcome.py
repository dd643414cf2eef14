"""What `receive` answers, before a door turns it into OTLP's own words over HTTP or gRPC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Signal = Literal["traces", "logs", "metrics"]
SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics")


@dataclass(frozen=True, slots=True)
class Accepted:
    """On disk. `refused`: reason → items that were left out; they are lost unless the sender mends them."""

    items: int
    refused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Malformed:
    """The body is no such request; sending it again won't help."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Over the limit; sending it again won't help."""

    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing was stored, for now: the sender should try again after `retry_after_s` seconds."""

    reason: str
    retry_after_s: int
    busy: bool = False


Outcome = Accepted | Malformed | TooLarge | Unavailable
