"""How good the answers were: a score over time and by segment, a judge's corrected by what people said."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sightline.measure.quality.asking import Asked, Json, Scored, Verdicts, shown, verdicts_of, width_of
from sightline.measure.quality.reading import MOST_LABELS, Versions, finite, interval, known, labels_of, sums_of
from sightline.query import Reader, Row, both, parse_width, quoted, rfc3339
from sightline.stats.intervals import Interval, share, two_sided
from sightline.stats.rates import Rates
from sightline.stats.summed import JudgedSums, Labels, lending_rates, moments, period_rates, scale, segment_rates

_MOST_ROWS = 20_000
_MOST_SERIES = 5
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


async def trend(reader: Reader, asked: Asked, *, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /quality/trend but for what the configuration knows of the judge. Raises what a filter, a group or an interval
    that can't be raises."""
    verdicts = verdicts_of(asked)
    (extent,) = await verdicts.ask(reader, "extent")
    width = width_of(asked, interval, extent)
    width_ns = parse_width(width)
    periods = await verdicts.sums(reader, width_ns=width_ns, by_group=False, rows=_MOST_ROWS)
    ratings = await verdicts.labelled(reader, width_ns=width_ns, rows=MOST_LABELS) if asked.scored.source == "judge" else []
    by_group = await verdicts.sums(reader, rows=_MOST_ROWS) if asked.group_by else []
    listed = list(dict.fromkeys(row["group_key"] for row in by_group))[:limit]
    of_groups = await verdicts.sums(reader, width_ns=width_ns, only=listed[:_MOST_SERIES], rows=_MOST_ROWS) if listed else []
    # In a thread: the draws take a while, and other requests are not to wait for them.
    return await asyncio.to_thread(_answer, asked, verdicts, extent, width, _Read(periods, ratings, by_group, of_groups), listed)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the engine said: by period, the ratings, by group, and the first groups by period."""

    periods: Sequence[Row]
    ratings: Sequence[Row]
    by_group: Sequence[Row]
    of_groups: Sequence[Row]


def _answer(asked: Asked, verdicts: Verdicts, extent: Row, width: str, read: _Read, listed: Sequence[int]) -> dict[str, Json]:
    width_ns = parse_width(width)
    corrects = asked.scored.source == "judge"
    versions = Versions.of(asked.scored, read.periods, read.ratings, read.by_group)
    whole = sums_of(read.periods, versions, {row["period"]: 0 for row in read.periods}, "period").total()
    used = known(read.ratings)
    labels = labels_of(read.ratings, versions, {}, "period")
    return {
        "window": shown(asked.scene.window),
        "score": said_of(asked.scored, extent),
        "interval": width,
        "total": _figure(whole, labels, corrects, asked.scored),
        "series": [
            *_series(read.periods, used, versions, width_ns, None, corrects),
            *(
                point
                for key in listed[:_MOST_SERIES]
                for point in _of_group(key, read.of_groups, read.by_group, used, versions, width_ns, corrects)
            ),
        ],
        "groups": _groups(listed, read.by_group, used, versions, verdicts, corrects),
        "more_groups": (read.by_group[0]["group_count"] if read.by_group else 0) - len(listed),
        "ratings": {
            "used": len(used),
            "picked": len(read.ratings) - len(used),
            "last": rfc3339(read.ratings[0]["labelled_ns"]) if read.ratings else None,
            "complete": len(read.ratings) < MOST_LABELS,
        },
        **_filters(asked),
    }


def said_of(scored: Scored, extent: Row | None = None) -> dict[str, Json]:
    """A score as answers name it."""
    return {
        "name": scored.name,
        "source": scored.source,
        "author": scored.author or None,
        "type": scored.type,
        "rates": scored.rates,
        "passes": list(scored.passes),
        "target": scored.target,
        "versions": sorted(extent["versions"], key=lambda version: (len(version), version)) if extent else list(scored.versions),
    }


def score_field(name: str) -> str:
    """A score as the filter language names it."""
    return f"score.{name}" if _PLAIN.fullmatch(name) else f"scores[{quoted(name)}]"


def _filters(asked: Asked) -> dict[str, Json]:
    """What selects the units behind the numbers, and those of them that did not pass."""
    field = score_field(asked.scored.name)
    if asked.scored.passes:
        failed = " and ".join(f"{field}.label != {quoted(label)}" for label in asked.scored.passes) if field.startswith("score.") else None
    else:
        failed = f"{field} < 0.5" if asked.scored.rates else None
    return {"filter": f"{field} is not null", "filter_failed": failed}


def _figure(judged: JudgedSums, labels: Labels, corrects: bool, scored: Scored) -> dict[str, Json]:
    raw = judged.raw()
    found: Interval | None = None
    if corrects and labels.size:
        if scored.rates:
            rates = segment_rates(_one(judged), Labels(*(_zeroed(labels))))
            found = Interval(float(rates.value[0]), float(rates.low[0]), float(rates.high[0]))
        else:
            found = moments(judged, labels, bounds=scale(labels)).mean
    return {
        "judged": int(judged.units.sum()),
        "labelled": labels.units if corrects else 0,
        "raw": finite(raw),
        "raw_interval": None if corrects else interval(_own_interval(judged, scored.rates)),
        "corrected": interval(found),
    }


def _zeroed(labels: Labels) -> list[Any]:
    """All labels as those of segment 0."""
    return [labels.judge, labels.human, labels.weights, labels.strata, labels.clusters, np.zeros(labels.size, dtype=np.int64)]


def _one(judged: JudgedSums) -> JudgedSums:
    return JudgedSums(*(getattr(judged, name)[None] for name in JudgedSums.__slots__))


def _own_interval(judged: JudgedSums, rates: bool) -> Interval:
    """Of a score that nobody has to be asked about: what its being a sample leaves open."""
    of = judged.judged()
    if rates:
        return share(of.mean * of.size, of.size) if of.size > 0 else share(0, 0)
    half = two_sided(0.95) * (of.variance / of.size) ** 0.5 if of.size > 1 else float("inf")
    return Interval(of.mean, of.mean - half, of.mean + half)


def _series(
    rows: Sequence[Row], ratings: Sequence[Row], versions: Versions, width_ns: int, group: list[str | None] | None, corrects: bool
) -> list[dict[str, Json]]:
    """A point for each period that has verdicts; periods lend each other labels."""
    times = sorted({row["period"] for row in rows})
    place = {time: i for i, time in enumerate(times)}
    judged = sums_of(rows, versions, place, "period")
    labels = labels_of(ratings, versions, place, "period")
    found: list[Interval | None] = [None] * len(times)
    if corrects and labels.size and times:
        if versions.rates:
            began = [row["start_ns"] / width_ns for row in known(ratings)]
            found = list(_intervals(period_rates(judged, labels, times, began), len(times)))
        else:
            bounds = scale(labels)
            found = [moments(judged.at(i), labels, bounds=bounds).mean for i in range(len(times))]
    points = []
    for i, time in enumerate(times):
        sums, own = judged.at(i), labels.where(labels.segments == i)
        points.append(
            {
                "time": rfc3339(time * width_ns),
                "group": group,
                "judged": int(sums.units.sum()),
                "labelled": own.units,
                "raw": finite(sums.raw()),
                "raw_interval": None if corrects else interval(_own_interval(sums, versions.rates)),
                "corrected": interval(found[i]),
            }
        )
    return points


def _intervals(rates: Rates, count: int) -> list[Interval]:
    return [Interval(float(rates.value[i]), float(rates.low[i]), float(rates.high[i])) for i in range(count)]


def _of_group(
    key: int, rows: Sequence[Row], groups: Sequence[Row], ratings: Sequence[Row], versions: Versions, width_ns: int, corrects: bool
) -> list[dict[str, Json]]:
    texts = next(list(row["texts"]) for row in groups if row["group_key"] == key)
    own = [row for row in ratings if row["group_key"] == key]
    return _series([row for row in rows if row["group_key"] == key], own, versions, width_ns, texts, corrects)


def _groups(
    listed: Sequence[int], rows: Sequence[Row], ratings: Sequence[Row], versions: Versions, verdicts: Verdicts, corrects: bool
) -> list[dict[str, Json]]:
    place = {key: i for i, key in enumerate(listed)}
    judged = sums_of(rows, versions, place, "group_key")
    labels = labels_of(ratings, versions, place, "group_key")
    alone: list[Interval | None] = [None] * len(listed)
    lent = alone
    if corrects and labels.size and listed:
        if versions.rates:
            alone = list(_intervals(segment_rates(judged, labels), len(listed)))
            lent = list(_intervals(lending_rates(judged, labels), len(listed)))
        else:
            alone = [moments(judged.at(i), labels.where(labels.segments == i), bounds=scale(labels)).mean for i in range(len(listed))]
            lent = [moments(judged.at(i), labels, bounds=scale(labels)).mean for i in range(len(listed))]
    seen = {row["group_key"]: row for row in reversed(rows)}
    found = []
    for i, key in enumerate(listed):
        row, sums, own = seen[key], judged.at(i), labels.where(labels.segments == i)
        found.append(
            {
                "group": list(row["texts"]),
                "filter": verdicts.grouping.filter(row["texts"], row["kinds"]),
                "judged": int(sums.units.sum()),
                "labelled": own.units,
                "raw": finite(sums.raw()),
                "raw_interval": None if corrects else interval(_own_interval(sums, versions.rates)),
                "corrected": interval(alone[i]),
                "lent": interval(lent[i]),
            }
        )
    return found


def and_filter(*filters: str | None) -> str | None:
    """Filters in one; None where one of them can't be said."""
    return None if None in filters else both([one for one in filters if one])
