"""Is it the judge? A fixed set of units that people labelled is judged again and again: only the judge can move what is said.

A verdict on an anchor is a score of its own: its name is that of the judge's score with '-anchors' behind it, its version 'VERSION/BATCH'.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from sightline.measure.quality.asking import ANCHORS, Asked, Json, Scored, statement, verdicts_of
from sightline.measure.quality.reading import MOST_LABELS, finite
from sightline.query import UNITS_NS, Reader, Row, Scene, Window, as_datetime, rfc3339
from sightline.stats.anchors import ALPHA, AnchorTest, anchor_test, baseline_tolerance, who_moved
from sightline.store import Anchor, Unit

MOST_ANCHORS = 200
GUARD_DAYS = 7.0
"""How long the anchors are waited for after the main rate has moved."""

_DAY_NS = UNITS_NS["d"]
_MOST_VERDICTS = 100_000


@dataclass(frozen=True, slots=True)
class AnchorsDue:
    """`anchors` to be judged now; their scores are to have this `name` and `version`."""

    name: str
    version: str
    anchors: Sequence[Anchor]

    @property
    def units(self) -> list[Unit]:
        """What they are."""
        return [anchor.unit for anchor in self.anchors]


async def anchors_from_labels(reader: Reader, scored: Scored, *, now_ns: int, days: int, most: int = MOST_ANCHORS) -> list[Anchor]:
    """Anchors out of what people have labelled in the last `days`: up to `most` units, evenly spread over both verdicts of people.

    The baseline is what the judge's version said of it then, once.
    """
    asked = Asked(Scene(scored.project, Window(now_ns - days * _DAY_NS, now_ns + _DAY_NS), now_ns), scored, labels_days=days)
    rows = await verdicts_of(asked).ask(reader, "anchor_units", rows=MOST_LABELS)
    now = as_datetime(now_ns)
    by_side: dict[bool, list[Anchor]] = {True: [], False: []}
    for row in rows:
        unit = Unit(row["target"], row["trace_id"], row["span_id"], row["session_id"])
        by_side[row["person"] >= 0.5].append(Anchor(unit, as_datetime(row["start_ns"]), row["person"], row["baseline"], now))
    few, many = sorted(by_side.values(), key=len)
    taken = few[: most // 2]
    return [*taken, *many[: most - len(taken)]]


async def anchors_told(reader: Reader, scored: Scored, anchors: Sequence[Anchor], *, now_ns: int) -> dict[str, Json]:
    """The answer of GET /quality/judges/{judge}/anchors: the evidence that the judge has changed, and whether it or the product moved."""
    since = min((anchor.created for anchor in anchors), default=as_datetime(now_ns))
    since_ns = int(since.timestamp() * 1e6) * 1_000
    batches = await _batches(reader, scored, anchors, since_ns)
    tolerance = baseline_tolerance(np.full((max(len(anchors), 1), 1), np.nan)) if anchors else 0.0
    test = anchor_test([differences for _, _, differences in batches], tolerance=min(tolerance, 0.5))
    rate, main_at = await _main_rate(reader, scored, since_ns, now_ns)
    alarm_at = None if test.alarm is None else batches[test.alarm][0] / _DAY_NS
    moved = who_moved(main_at, alarm_at, now=now_ns / _DAY_NS, guard=GUARD_DAYS) if anchors else "none"
    return {
        "anchors": len(anchors),
        "since": None if not anchors else since.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "judged": test.judged,
        "tolerance": tolerance,
        "alarm": None if test.alarm is None else rfc3339(batches[test.alarm][0]),
        "changed_since": None if test.since is None else rfc3339(batches[test.since][0]),
        "moved_by": finite(test.moved_by),
        "evidence_needed": 1 / ALPHA,
        "who_moved": moved,
        "main_moved_by": rate,
        "meaning": _meaning(moved, test, anchors),
        "batches": [
            {
                "time": rfc3339(at_ns),
                "version": version,
                "judged": len(differences),
                "moved_by": finite(float(np.mean(differences))),
                "evidence": finite(min(float(test.evidence[i]), 1e12)),
            }
            for i, (at_ns, version, differences) in enumerate(batches)
        ],
    }


async def anchors_due(
    reader: Reader, scored: Scored, anchors: Sequence[Anchor], *, per_day: int, version: str, now: datetime
) -> AnchorsDue:
    """Which anchors the judge's `version` is to be asked about now: so many a day, the longest unasked first."""
    batch = now.astimezone(UTC).strftime("%Y-%m-%d")
    name = scored.name + ANCHORS
    rows = await _verdicts(reader, scored, int((now - timedelta(days=90)).timestamp()) * UNITS_NS["s"])
    last: dict[Unit, int] = {}
    today = 0
    for row in rows:
        last[_unit(row)] = row["judged_ns"]
        today += row["version"].endswith(f"/{batch}")
    turn = sorted(anchors, key=lambda anchor: (last.get(anchor.unit, 0), _spread(anchor.unit)))
    return AnchorsDue(name, f"{version}/{batch}", turn[: max(per_day - today, 0)])


async def _batches(reader: Reader, scored: Scored, anchors: Sequence[Anchor], since_ns: int) -> list[tuple[int, str, list[float]]]:
    """(when, version, differences) by batch, in order. An ordinal or numeric scale is brought to 0 … 1 by what anchors use of it."""
    baseline = {anchor.unit: anchor.baseline for anchor in anchors}
    rows = [row for row in await _verdicts(reader, scored, since_ns) if _unit(row) in baseline]
    reach = 1.0
    if not scored.rates:
        said = [*baseline.values(), *(anchor.person for anchor in anchors), *(row["said"] for row in rows)]
        reach = max(max(said, default=1.0) - min(said, default=0.0), 1e-12)
    found: dict[str, tuple[int, str, list[float]]] = {}
    for row in rows:
        version, _, _ = row["version"].partition("/")
        _, _, differences = found.setdefault(row["version"], (row["judged_ns"], version, []))
        differences.append((row["said"] - baseline[_unit(row)]) / reach)
    return sorted(found.values(), key=lambda batch: batch[0])


async def _verdicts(reader: Reader, scored: Scored, since_ns: int) -> list[Row]:
    params = {"project": scored.project, "name": scored.name + ANCHORS, "author": scored.author, "passes": list(scored.passes)}
    return await reader.rows(statement("anchored", said=scored.said), {**params, "since": since_ns, "rows": _MOST_VERDICTS})


async def _main_rate(reader: Reader, scored: Scored, since_ns: int, now_ns: int) -> tuple[float | None, float | None]:
    """By how much the judge's own rate of all traffic differs since the anchors were chosen, and when (in days) that was certain.

    The baseline is the four weeks before; each day's mean counts as one observation.
    """
    if not scored.rates:
        return None, None
    window = Window(since_ns - 28 * _DAY_NS, now_ns + _DAY_NS)
    rows = await verdicts_of(Asked(Scene(scored.project, window, now_ns), replace(scored, version=""), labels_days=1)).sums(
        reader, width_ns=_DAY_NS, by_group=False, rows=10_000
    )
    days: dict[int, list[float]] = {}
    for row in rows:
        of = days.setdefault(row["period"], [0.0, 0.0])
        of[0] += row["scored"]
        of[1] += row["weight"]
    first = since_ns // _DAY_NS
    before = [days[day] for day in days if day < first]
    after = sorted(day for day in days if day >= first)
    if not before or not after:
        return None, None
    base = sum(of[0] for of in before) / sum(of[1] for of in before)
    test = anchor_test([[days[day][0] / days[day][1] - base] for day in after])
    return finite(test.moved_by), None if test.alarm is None else float(after[test.alarm] + 1)


def _meaning(moved: str, test: AnchorTest, anchors: Sequence[Anchor]) -> str:
    if not anchors:
        return "No anchors are chosen: whether a change is the judge's can't be told."
    if not test.judged:
        return "The judge has not been asked about its anchors yet."
    return {
        "none": "Neither the judge nor what it judges has changed, as far as can be told.",
        "waiting": "The judge's rate has moved. Its anchors are quiet so far, and are waited for.",
        "system": "What is judged has changed, not the judge: its anchors have stayed as they were.",
        "judge": f"The judge has changed: of the same units it says {abs(test.moved_by):.0%} {'more' if test.moved_by > 0 else 'less'}"
        " than when they became anchors.",
    }[moved]


def _unit(row: Mapping[str, str]) -> Unit:
    return Unit(row["target"], row["trace_id"], row["span_id"], row["session_id"])  # type: ignore[arg-type]


def _spread(unit: Unit) -> str:
    """An order that has nothing to do with the units."""
    return hashlib.sha256(f"{unit.trace_id}/{unit.span_id}/{unit.session_id}".encode()).hexdigest()
