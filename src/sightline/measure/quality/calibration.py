"""How far a judge can be believed: its verdicts against people's, with everything that bears on it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sightline.measure.quality.asking import Asked, Json, Scored, Verdicts, shown, verdicts_of
from sightline.measure.quality.reading import MOST_LABELS, Versions, finite, interval, known, labels_of, ratings_of, sums_of
from sightline.measure.quality.trend import said_of
from sightline.query import UNITS_NS, Filter, Reader, Row, Scene, Window, rfc3339
from sightline.stats.bias import Bias
from sightline.stats.calibration import Calibration
from sightline.stats.labelling import neyman
from sightline.stats.people import People
from sightline.stats.shift import OLD_AFTER_DAYS, Shift, labels_too_old, shift
from sightline.stats.summed import calibrate_sums

_MOST_ROWS = 20_000
_MOST_SEGMENTS = 30
_MIX = ("task", "model", "prompt_version")
"""The facts by which labelled and judged traffic are compared."""

_DAY_NS = UNITS_NS["d"]


async def calibration(
    reader: Reader, scored: Scored, *, now_ns: int, days: int, segment: str | None, matching: Filter | None = None
) -> dict[str, Json]:
    """The answer of GET /quality/judges/{judge}/calibration: one version of a judge against people, over the last `days` of traffic.

    Raises what a segment that can't be raises.
    """
    window = Window(now_ns - days * _DAY_NS, now_ns + _DAY_NS)
    asked = Asked(Scene(scored.project, window, now_ns), scored, matching or Filter(None), labels_days=days)
    by = [segment] if segment else []
    of_segments, of_mix = verdicts_of(asked, by), verdicts_of(asked, _MIX)
    rows, ratings, mix, mixed, extent = await asyncio.gather(
        of_segments.sums(reader, rows=_MOST_ROWS),
        of_segments.labelled(reader, rows=MOST_LABELS),
        of_mix.sums(reader, rows=_MOST_ROWS),
        of_mix.labelled(reader, rows=MOST_LABELS),
        of_segments.ask(reader, "extent"),
    )
    # In a thread: the draws take a while, and other requests are not to wait for them.
    return await asyncio.to_thread(_answer, asked, of_segments, segment, rows, ratings, mix, mixed, extent[0])


def _answer(
    asked: Asked, verdicts: Verdicts, segment: str | None, rows: Sequence[Row], ratings: Sequence[Row], mix: Sequence[Row],
    mixed: Sequence[Row], extent: Row,
) -> dict[str, Json]:  # fmt: skip
    scored = asked.scored
    versions = Versions.of(scored, rows, ratings)
    listed = list(dict.fromkeys(row["group_key"] for row in rows))
    place = {key: i for i, key in enumerate(listed)}
    texts = {row["group_key"]: row["texts"] for row in reversed(rows)}
    kinds = {row["group_key"]: row["kinds"] for row in reversed(rows)}
    names = [str(i) for i in range(len(listed))] or ["0"]
    judged, labels = sums_of(rows, versions, place, "group_key"), labels_of(ratings, versions, place, "group_key")
    moved = _moved(mix, mixed, versions)
    found = calibrate_sums(
        judged,
        labels,
        names,
        rates=scored.rates,
        moved=moved,
        ratings=ratings_of(ratings),
        distance="ordinal" if scored.type == "ordinal" and not scored.rates else None,
        warnings=_warnings(ratings, extent, moved),
    )
    whole = judged.total()
    segments = [
        {
            "group": list(texts[key]),
            "filter": verdicts.grouping.filter(texts[key], kinds[key]),
            "judged": part.judged,
            "labelled": part.labelled,
            "raw": finite(part.raw),
            "corrected": interval(part.corrected),
            "human": interval(part.human),
            "bias": _bias(part.bias),
        }
        for key, part in zip(listed[:_MOST_SEGMENTS], found.segments, strict=False)
    ]
    return {
        "window": shown(asked.scene.window),
        "score": said_of(scored),
        "version": scored.version,
        **told(found),
        "segment": segment,
        "segments": segments if segment else [],
        "next_labels": _next_labels(whole.weight, found) if scored.rates and len(versions.names) == 1 else None,
        "last_label": rfc3339(ratings[0]["labelled_ns"]) if ratings else None,
        "picked": len(ratings) - len(known(ratings)),
    }


def told(found: Calibration) -> dict[str, Json]:
    """A calibration as answers give it."""
    against = found.against_people
    return {
        "kind": found.kind,
        "judged": found.judged,
        "labelled": found.labelled,
        "raw": finite(found.raw),
        "corrected": interval(found.corrected),
        "shown": interval(found.shown),
        "labels_only": interval(found.labels_only),
        "rogan_gladen": interval(found.rogan_gladen.rate if found.rogan_gladen else found.inverse_mean),
        "youden": finite(found.rogan_gladen.youden) if found.rogan_gladen else None,
        "agreement": {
            "measure": against.measure,
            "value": interval(against.agreement),
            "sensitivity": interval(against.sensitivity),
            "specificity": interval(against.specificity),
            "levels": list(against.levels),
            "counts": [list(row) for row in against.counts],
        },
        "verdict": found.fitness.verdict,
        "reason": found.fitness.reason,
        "labels_to_decide": found.fitness.labels_to_decide,
        "labels_to_halve": found.labels_to_halve,
        "moved": None if found.shift is None else _shift(found.shift),
        "people": None if found.people is None else people_told(found.people),
        "warnings": list(found.warnings),
    }


def _moved(rows: Sequence[Row], ratings: Sequence[Row], versions: Versions) -> Shift | None:
    """Labelled against other traffic, verdict by verdict, over task, model and prompt version. Where enough labels were drawn from all
    units alike, of those alone: the others were chosen for what they are."""
    own = [row for row in known(ratings) if row["period"] is not None]
    core = [row for row in own if row["drawn"] in ("", "core")]
    used = core if len(core) >= len(own) / 4 else own
    cells = {key: i for i, key in enumerate(dict.fromkeys(row["group_key"] for row in rows))}
    if not cells or not used:
        return None
    labelled, judged = (np.zeros((versions.count, len(cells)), dtype=np.int64) for _ in range(2))
    for row in rows:
        judged[versions.stratum(row["version"], bool(row["verdict"])), cells[row["group_key"]]] += row["units"]
    for row in {row["unit"]: row for row in own}.values():
        judged[versions.stratum(row["version"], row["judge"] >= 0.5), cells[row["group_key"]]] -= 1
    for row in {row["unit"]: row for row in used}.values():
        labelled[versions.stratum(row["version"], row["judge"] >= 0.5), cells[row["group_key"]]] += 1
    judged = np.maximum(judged, 0)
    return shift(labelled, judged) if judged.sum() else None


def _warnings(ratings: Sequence[Row], extent: Row, moved: Shift | None) -> tuple[str, ...]:
    found = []
    if moved is not None and moved.moved:
        bare = f" {moved.uncovered:.0%} of it is of a task, model and prompt version without any label." if moved.uncovered > 0 else ""
        found.append(
            f"Traffic has moved away from the labelled sample: {moved.distance:.0%} apart (p = {moved.p_value:.2g})"
            f" over task, model and prompt version.{bare} Label some of what came since."
        )
    used = known(ratings)
    if used and extent["units"]:
        newest = max(row["start_ns"] for row in used)
        age = max(extent["last_ns"] - newest, 0) / _DAY_NS
        old = labels_too_old([age, 0.0], [True, False], [False, True], old_after_days=OLD_AFTER_DAYS)
        found += [old] if old else []
    if len(ratings) > len(used):
        found.append(
            f"{len(ratings) - len(used):,} of {len(ratings):,} labels were picked by hand: nobody knows how likely their units were to be"
            " chosen, so they correct nothing."
        )
    if len(ratings) >= MOST_LABELS:
        found.append(f"Only the latest {MOST_LABELS:,} labels are read.")
    return tuple(found)


def _next_labels(weight: np.ndarray[tuple[int, ...], np.dtype[np.float64]], found: Calibration) -> dict[str, float] | None:
    """What part of the next labels each verdict should get."""
    total = float(weight.sum())
    if total <= 0 or not found.against_people.counts:
        return None
    table = np.array(found.against_people.counts)
    said = table.sum(axis=1)
    rates = np.divide(table[:, 1], said, out=np.full(2, np.nan), where=said > 0)
    failed, passed = neyman(weight / total, rates)
    return {"failed": float(failed), "passed": float(passed)}


def _shift(of: Shift) -> dict[str, Json]:
    return {"moved": of.moved, "p_value": of.p_value, "distance": of.distance, "uncovered": of.uncovered}


def _bias(of: Bias | None) -> Json:
    if of is None:
        return None
    return {"value": interval(of.bias), "p_value": finite(of.p_value), "adjusted_p": finite(of.adjusted_p), "flagged": of.flagged}


def people_told(of: People) -> Mapping[str, Json]:
    """How far people agree, as answers give it."""
    return {
        "items": of.items,
        "raters": of.raters,
        "distance": of.distance,
        "alpha": interval(of.alpha),
        "fleiss": interval(of.fleiss),
        "cohen": of.cohen,
        "ceiling": finite(of.ceiling),
    }


def one_version(scored: Scored, version: str) -> Scored:
    """The same judge's score, of one version alone."""
    return replace(scored, version=version)
