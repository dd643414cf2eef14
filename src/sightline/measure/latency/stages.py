"""What the response waited for: which stage owns the P50 and which the P99, and what the P99 would be without its slow cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from zlib import crc32

from sightline.measure.asking import Json, number, ratio, shown
from sightline.measure.latency.asking import LEVELS, NAMES, Asked, Manner, figures, manner_of, statement
from sightline.query import Binder, Reader, Row, Subject, Window, quoted

APP_TIME = "app time"
MOST_REQUESTS = 20_000
"""Beyond this many, one in so many is looked at."""
_MOST_PARTS = 20
_FEWEST_NEAR = 5
_LOOKED_AFTER_NS = 24 * 3600 * 10**9
"""A request's spans are looked for this long after the window's end."""
_PIECE_S = 300
_LOOKED_AFTER_PIECE_S = 3600
"""In a sample, this long after the five minutes that the request began in."""
_FEWEST_PIECES = 100


async def stages(reader: Reader, asked: Asked, *, most_requests: int = MOST_REQUESTS) -> dict[str, Json]:
    """The answer of GET /latency/stages, by no more than about `most_requests`. Raises what a filter that can't be raises."""
    asked = replace(asked, of="requests", measure="duration_ns")
    window = asked.scene.window
    binder = Binder({"project": asked.scene.project})
    subject = Subject("traces", asked.scene, binder, settled=True)
    source = subject.source(asked.filter)
    manner = await manner_of(reader, asked)

    async def ask(name: str, every: int, more: Mapping[str, str], **params: object) -> list[Row]:
        return await reader.rows(statement(name, **more), {**binder.params, "every": every, **params})

    everything = statement("requests", source=source, sampled="1")
    (extent,) = await ask("requests_extent", 1, {"values": everything, "quantiles": manner.quantiles(_edges())})
    sample = _Sample.of(extent, most_requests)
    every = sample.by_id
    requests = statement("requests", source=source, sampled=sample.requests(binder))
    near = binder.spans_in(Window(window.from_ns, window.to_ns + _LOOKED_AFTER_NS))
    parts = statement("parts", requests=requests, near=f"{near} AND {sample.spans(binder)}")
    at = dict(zip(_edges(), extent["q"], strict=True))
    bands = [(at[low], at[high]) for low, high in map(_band, LEVELS)] if extent["n"] else []
    lows, highs = [low for low, _ in bands], [high for _, high in bands]
    answer = {
        "window": shown(window),
        "requests": extent["n"],
        "sampled_one_in": sample.by_id * sample.by_time,
        **manner.shown(),
        "total": figures({**extent, "q": [at[level] for level in LEVELS]} if extent["n"] else None),
        "bands": [],
        "stages": [],
    }
    if not extent["n"]:
        return answer
    (nearby,) = await ask("near", every, {"values": requests}, lows=lows, highs=highs)
    found = await ask("stages", every, {"parts": parts}, lows=lows, highs=highs)
    top = found[:_MOST_PARTS]
    what_if = await _what_if(ask, every, manner, requests, parts, top)
    owners = [_owner(found, place) for place in range(len(LEVELS))]
    return {
        **answer,
        "bands": [
            {
                "percentile": name,
                "low": number(low),
                "high": number(high),
                "n": nearby["counts"][place],
                "mean": number(ratio(nearby["ns"][place], nearby["weights"][place])),
                "owner": owners[place],
                "enough": nearby["counts"][place] >= _FEWEST_NEAR,
            }
            for place, (name, (low, high)) in enumerate(zip(NAMES, bands, strict=True))
        ],
        "stages": [
            _stage(row, nearby, what_if[place] if place < len(what_if) else None, every * sample.by_time) for place, row in enumerate(found)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Sample:
    """Which requests are looked at: those that begin in some pieces of five minutes, and of them some by their ids.

    Pieces of time are what the primary key finds; as long as a hundred of them are left they are thinned first.
    """

    by_id: int = 1
    by_time: int = 1
    pieces: tuple[int, ...] = ()

    @classmethod
    def of(cls, extent: Row, most: int) -> "_Sample":
        every = max(1, -(-extent["n"] // most))
        if every == 1:
            return cls()
        pieces = range(extent["first_s"] // _PIECE_S * _PIECE_S, extent["last_s"] + 1, _PIECE_S)
        by_time = max(1, min(every, len(pieces) // _FEWEST_PIECES))
        if by_time == 1:
            return cls(every)
        return cls(-(-every // by_time), by_time, tuple(piece for piece in pieces if crc32(str(piece).encode()) % by_time == 0))

    def requests(self, binder: Binder) -> str:
        """The condition on requests."""
        return "1" if self.by_time == 1 else f"toStartOfFiveMinutes(start) IN {self._times(binder, self.pieces)}"

    def spans(self, binder: Binder) -> str:
        """The condition on their spans."""
        if self.by_time == 1:
            return "1"
        after = {piece + later for piece in self.pieces for later in range(0, _LOOKED_AFTER_PIECE_S + 1, _PIECE_S)}
        return f"toStartOfFiveMinutes(start) IN {self._times(binder, sorted(after))}"

    def _times(self, binder: Binder, pieces: Sequence[int]) -> str:
        return f"(SELECT toDateTime(arrayJoin({binder.bind(list(pieces), 'Array(UInt32)')}), 'UTC'))"


def _band(level: float) -> tuple[float, float]:
    """The requests that stand for a percentile: as far to both sides as half of what lies above it, a tenth of all at the most."""
    half = min(0.1, (1 - level) / 2)
    return round(level - half, 6), round(level + half, 6)


def _edges() -> list[float]:
    return sorted({*LEVELS, *(edge for level in LEVELS for edge in _band(level))})


class _Ask(Protocol):
    async def __call__(self, name: str, every: int, more: Mapping[str, str], **params: object) -> list[Row]: ...


async def _what_if(ask: _Ask, every: int, manner: Manner, requests: str, parts: str, top: list[Row]) -> list[dict[str, Json]]:
    """percentile → ns, for each part, if it took no longer than its own median."""
    if not top:
        return []
    names = [("a" if row["is_app"] else "s") + row["part"] for row in top]
    (row,) = await ask(
        "what_if",
        every,
        {"requests": requests, "parts": parts, "what_if": _quantiles_for_each(manner)},
        names=names,
        medians=[row["median"] for row in top],
    )
    return [dict(zip(NAMES, (number(value[place]) for value in row["quantiles"]), strict=True)) for place in range(len(top))]


def _quantiles_for_each(manner: Manner) -> str:
    if manner.weighted:
        weights = "arrayMap(x -> toUInt64(round(v.weight * 1000)), v.values)"
        one = [f"quantileExactWeightedInterpolatedForEach({level})(v.values, {weights})" for level in LEVELS]
    else:
        one = [f"quantileExactInclusiveForEach({level})(v.values)" for level in LEVELS]
    return f"[{', '.join(one)}]"


def _owner(rows: list[Row], place: int) -> str | None:
    """The part with most of the time near a percentile; None where nothing is near."""
    best = max(rows, key=lambda row: float(row["near_ns"][place]), default=None)
    return None if best is None or not best["near_ns"][place] else _name(best) or APP_TIME


def _name(row: Row) -> str | None:
    """A stage's name; None is the application's own time."""
    return None if row["is_app"] else row["part"]


def _stage(row: Row, nearby: Row, what_if: dict[str, Json] | None, one_in: int) -> dict[str, Json]:
    near = [number(ratio(row["near_ns"][place], nearby["weights"][place])) for place in range(len(LEVELS))]
    shares = [number(ratio(row["near_ns"][place], nearby["ns"][place])) for place in range(len(LEVELS))]
    return {
        "stage": _name(row),
        "is_app": bool(row["is_app"]),
        "requests": number(row["requests"] * one_in),
        "median_ns": number(row["median"]),
        "mean_near": dict(zip(NAMES, near, strict=True)),
        "share_near": dict(zip(NAMES, shares, strict=True)),
        "what_if": what_if,
        "filter": f"waited_on = {quoted(APP_TIME if row['is_app'] else row['part'])} and critical_ns > 0",
    }
