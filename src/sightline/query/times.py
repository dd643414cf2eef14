"""Times as people write them: RFC 3339, epoch in any unit, or relative to now; windows and widths made of them.

Inside Sightline a time is an integer of nanoseconds since 1970 in UTC: no float touches it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from sightline.errors import BadTimeError

SECOND_NS = 1_000_000_000
EARLIEST_NS = 0
LATEST_NS = 4_102_444_800 * SECOND_NS  # 2100-01-01: past 2106 the engine's five-minute buckets wrap around

UNITS_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": SECOND_NS,
    "m": 60 * SECOND_NS,
    "h": 3_600 * SECOND_NS,
    "d": 86_400 * SECOND_NS,
}

REACH_NS = 24 * UNITS_NS["h"]

_RIGHT = "write RFC 3339 like 2026-11-24T09:30:00Z, an epoch in s, ms, µs or ns, or a time before now like -1h or now-15m."
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*([Zz]|[+\- ]\d\d:?\d\d)?)?", re.ASCII)
_RELATIVE = re.compile(r"(?:now)?\s*(?:([+-])\s*(\d{1,9})\s*(ns|us|µs|ms|s|m|h|d))?", re.ASCII)
_EPOCH = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+]?\d{1,2})?", re.ASCII)
_WIDTH = re.compile(r"(\d{1,12})\s*(ms|s|m|h|d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """[from_ns, to_ns) on `start`; both in nanoseconds since 1970."""

    from_ns: int = EARLIEST_NS
    to_ns: int = LATEST_NS


def reach(window: Window) -> Window:
    """Where the roots, traces and scores of the spans in a window are looked for: REACH_NS around it."""
    return Window(max(window.from_ns - REACH_NS, EARLIEST_NS), min(window.to_ns + REACH_NS, LATEST_NS))


def parse_time(value: str | int | float, *, now_ns: int) -> int:
    """Nanoseconds since 1970, held within 1970 and 2100. Text without an offset is UTC.

    A bare number is read by its size: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, else
    nanoseconds. Raises BadTimeError, which says what would be right.
    """
    text = str(value).strip()
    if isinstance(value, str) and not text:
        raise BadTimeError(f"An empty text is no time: {_RIGHT}")
    if _EPOCH.fullmatch(text):
        found = _epoch(text)
    elif match := _RFC3339.fullmatch(text):
        found = _calendar(match, text)
    elif match := _RELATIVE.fullmatch(text):
        sign, count, unit = match.groups()
        found = now_ns + (0 if count is None else int(f"{sign}{count}") * UNITS_NS[unit])
    else:
        raise BadTimeError(f"{_short(text)} is no time: {_RIGHT}")
    return min(max(found, EARLIEST_NS), LATEST_NS)


def parse_window(from_: str | int | float | None, to: str | int | float | None, *, now_ns: int) -> Window:
    """The window [from, to); a side that is None is open. Raises BadTimeError, also when `from` lies after `to`."""
    window = Window(
        EARLIEST_NS if from_ is None else parse_time(from_, now_ns=now_ns),
        LATEST_NS if to is None else parse_time(to, now_ns=now_ns),
    )
    if window.from_ns > window.to_ns:
        raise BadTimeError(f"'from' ({_short(str(from_))}) must not lie after 'to' ({_short(str(to))}): swap them.")
    return window


def parse_width(text: str) -> int:
    """A width of time like 500ms, 10s, 5m, 1h or 1d in nanoseconds, at most 3,660 days. Raises BadTimeError."""
    match = _WIDTH.fullmatch(text.strip())
    width = 0 if match is None else int(match.group(1)) * UNITS_NS[match.group(2)]
    if not 0 < width <= 3_660 * UNITS_NS["d"]:
        raise BadTimeError(f"{_short(text)} is no width of time: write one like 10s, 5m, 1h or 1d.")
    return width


def rfc3339(ns: int) -> str:
    """The time as text with as many digits of a second as it needs: `2026-11-24T09:30:00Z`, `…00.5Z`."""
    seconds, fraction = divmod(ns, SECOND_NS)
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{digits}Z"


def as_datetime(ns: int) -> datetime:
    """The time to the microsecond, which is all that Python's datetime holds."""
    seconds, fraction = divmod(ns, SECOND_NS)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=fraction // 1_000)


def _epoch(text: str) -> int:
    try:
        number = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets no such text through
        raise BadTimeError(f"{_short(text)} is no time: {_RIGHT}") from None
    size = abs(number)
    unit = "s" if size < 10**11 else "ms" if size < 10**14 else "us" if size < 10**17 else "ns"
    return int(number * UNITS_NS[unit])


def _calendar(match: re.Match[str], text: str) -> int:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=_zone(offset))
    except ValueError as error:
        raise BadTimeError(f"{_short(text)} is no time ({error}): {_RIGHT}") from error
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return seconds * SECOND_NS + int((fraction or "").ljust(9, "0"))


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return UTC
    # A '+' in a URL arrives as a space unless the sender escaped it.
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
