"""Bodies seen in the last day, by digest: how the same body again is acknowledged without being stored again.

Recent digests are a set; older ones lie in sorted blocks, behind a bitmap that answers 'never seen' for almost every new body
without a search. On disk an hour is one file of digests, appended when a segment's rows are safe in the store: those of segments
that are not are read from the segments themselves.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.receive.envelope import DIGEST_BYTES

_HOUR_S = 3600
_BITS = 27
_BLOCK = 1 << 16
_SUFFIX = ".digests"


@dataclass(frozen=True, slots=True)
class _Block:
    hour: int
    words: NDArray[np.uint64]
    """shape (digests, 2), sorted by the first word"""


class SeenBodies:
    """Digests of the last `hours` hours in `directory`, at most `most` of them: past that the oldest are forgotten first.

    Costs about 17 bytes a digest and 16 MiB for the bitmap. Not thread-safe: one event loop asks and tells.
    """

    def __init__(self, directory: Path, *, hours: int, most: int) -> None:
        self._directory = directory
        self._hours = hours
        self._most = most
        self._recent: set[bytes] = set()
        self._blocks: list[_Block] = []
        self._bitmap = bytearray(1 << (_BITS - 3))
        directory.mkdir(parents=True, exist_ok=True)
        for path in sorted(directory.glob(f"*{_SUFFIX}")):
            self._load(path)
        self._forget()

    def __contains__(self, digest: bytes) -> bool:
        if digest in self._recent:
            return True
        bit = int.from_bytes(digest[:4], "little") & ((1 << _BITS) - 1)
        if not self._bitmap[bit >> 3] >> (bit & 7) & 1:
            return False
        return any(_holds(block.words, digest) for block in self._blocks)

    def add(self, digest: bytes) -> None:
        """Remember a body that is on disk in a segment."""
        self._recent.add(digest)
        if len(self._recent) >= _BLOCK:
            self._settle(int(time.time()) // _HOUR_S, self._recent)
            self._recent = set()
            self._forget()

    def keep(self, digests: Sequence[bytes]) -> None:
        """Write digests whose segment is about to be deleted. Raises OSError when the disk says no: then the segment must stay."""
        path = self._directory / f"{int(time.time()) // _HOUR_S:010d}{_SUFFIX}"
        with path.open("ab") as file:
            file.write(b"".join(digests))

    def _load(self, path: Path) -> None:
        data = path.read_bytes()
        whole = data[: len(data) // DIGEST_BYTES * DIGEST_BYTES]
        self._settle(int(path.stem), (whole[i : i + DIGEST_BYTES] for i in range(0, len(whole), DIGEST_BYTES)))

    def _settle(self, hour: int, digests: Iterable[bytes]) -> None:
        words = np.frombuffer(b"".join(digests), dtype=np.uint64).reshape(-1, 2)
        if len(words):
            self._blocks.append(_Block(hour, words[np.argsort(words[:, 0])]))
            self._mark(words)

    def _mark(self, words: NDArray[np.uint64]) -> None:
        bits = (words[:, 0] & np.uint64((1 << _BITS) - 1)).astype(np.int64)
        bitmap = np.frombuffer(self._bitmap, dtype=np.uint8)
        np.bitwise_or.at(bitmap, bits >> 3, (1 << (bits & 7)).astype(np.uint8))

    def _forget(self) -> None:
        """Drop what is older than the horizon or over the limit; the bitmap is rebuilt only when something went."""
        oldest = int(time.time()) // _HOUR_S - self._hours
        kept = sorted((block for block in self._blocks if block.hour >= oldest), key=lambda block: block.hour)
        while kept and sum(len(block.words) for block in kept) > self._most:
            kept.pop(0)
        for path in self._directory.glob(f"*{_SUFFIX}"):
            if int(path.stem) < oldest:
                path.unlink(missing_ok=True)
        if len(kept) < len(self._blocks):
            self._bitmap = bytearray(len(self._bitmap))
            for block in kept:
                self._mark(block.words)
        self._blocks = kept


def _holds(words: NDArray[np.uint64], digest: bytes) -> bool:
    high, low = np.frombuffer(digest, dtype=np.uint64)
    first, last = np.searchsorted(words[:, 0], high, side="left"), np.searchsorted(words[:, 0], high, side="right")
    return bool(np.any(words[first:last, 1] == low))
