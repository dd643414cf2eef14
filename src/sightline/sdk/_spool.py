"""What could not be sent waits on disk: a directory of request bodies, bounded, oldest out first.

Several processes may share it. A file is claimed by renaming it, so no two send it; a claim that outlives its process is taken over.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sightline.sdk._packets import Packet

_CLAIM_S = 600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A packet on disk that this process has claimed."""

    path: Path
    packet: Packet


class Spool:
    """A directory of at most `most_bytes`."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._serial = 0

    def keep(self, packet: Packet) -> int:
        """Write it down; returns how many items were given up to make room, its own when it is too big. Raises OSError."""
        if len(packet.body) > self._most_bytes:
            return packet.items
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lost = self._make_room(len(packet.body))
        self._serial += 1
        name = f"{time.time_ns():020d}-{os.getpid()}-{self._serial}.{packet.items}.{packet.signal}"
        draft = self._folder / f"{name}.draft"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(packet.body)
            draft.rename(self._folder / name)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            raise
        return lost

    def claim(self) -> Iterator[Kept]:
        """What is there, oldest first, each claimed for this process."""
        now = time.time()
        for path in self._files():
            claimed = path.with_name(f"{path.name.removesuffix('.claimed')}.claimed")
            try:
                if path.name.endswith(".claimed") and now - path.stat().st_mtime < _CLAIM_S:
                    continue
                path.rename(claimed)
                os.utime(claimed)
                _, items, signal = claimed.name.removesuffix(".claimed").split(".")
                yield Kept(claimed, Packet(signal, claimed.read_bytes(), int(items)))
            except (OSError, ValueError):
                continue  # another process was faster, or it is none of ours

    def done(self, kept: Kept) -> None:
        """It was sent."""
        with suppress(OSError):
            kept.path.unlink()

    def back(self, kept: Kept) -> None:
        """It could not be sent."""
        with suppress(OSError):
            kept.path.rename(kept.path.with_name(kept.path.name.removesuffix(".claimed")))

    def items(self) -> int:
        """How many items wait here."""
        return sum(_items(path) for path in self._files())

    def _files(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if not path.name.endswith(".draft"))
        except OSError:
            return []

    def _make_room(self, size: int) -> int:
        sizes: list[tuple[Path, int]] = []
        for path in self._files():
            with suppress(OSError):
                sizes.append((path, path.stat().st_size))
        total, lost = sum(size for _, size in sizes) + size, 0
        for path, taken in sizes:
            if total <= self._most_bytes:
                break
            with suppress(OSError):
                path.unlink()
                total, lost = total - taken, lost + _items(path)
        return lost


def _items(path: Path) -> int:
    parts = path.name.split(".")
    return int(parts[1]) if len(parts) >= 3 and parts[1].isdigit() else 0
