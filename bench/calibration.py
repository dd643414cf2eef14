"""What corrected intervals are worth, in full: `.venv/bin/python -m bench.calibration`.

Labels of recorded judges are hidden and drawn again: 2,000 times for each of nine judges of answers, 400 for judges of relevance and
summaries. The quiet streams and the made-up judges say what happens where nothing is recorded. Reads the public data beside the
project; about five minutes.
"""

import argparse
import csv
import gzip
import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from sightline.stats.anchors import anchor_test
from sightline.stats.calibration import calibrate
from sightline.stats.pooling import pooled_rates
from sightline.stats.rates import Strata, corrected_rate, labels_only_rate, strata
from sightline.stats.redraws import redraw

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
Rows = list[dict[str, str]]
Numbers = NDArray[np.float64]
console = Console(highlight=False, width=150)


def rows_of(folder: str, file: str = "verdicts") -> Rows:
    path = DATA / folder / f"{file}.csv.gz"
    if not path.exists():
        sys.exit(f"the public data is not beside the project: no shared/data/{folder}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def column(rows: Rows, name: str) -> Numbers:
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


def table(title: str, *columns: str) -> Table:
    found = Table(title=title, title_justify="left")
    for i, name in enumerate(columns):
        found.add_column(name, justify="right" if i else "left")
    return found


def answers(repeat: int) -> None:
    """Nine judges of answers; the goals are coverage 0.92 at 50 labels and 0.93 at 200, at most 1.03 of the width of labels alone."""
    rows = rows_of("judge_triviaqa_binary")
    human = column(rows, "human")
    out = table(f"Judges of answers, {repeat:,} redraws", "judge", "labels", "coverage", "width", "labels alone", "their width", "ratio")
    for labels in (25, 50, 100, 200):
        for judge in [name for name in rows[0] if name not in ("item_id", "exam_taker", "human", "response_chars")]:
            of, _ = redraw(column(rows, judge), human, labels=labels, repeat=repeat, seed=labels)
            cells = (of.coverage, of.mean_width, of.human_only_coverage, of.human_only_mean_width, of.width_ratio)
            out.add_row(judge, str(labels), *(f"{cell:.3f}" for cell in cells))
    console.print(out)


def made_up(repeat: int) -> None:
    """35 judges and rates; what is worst."""
    out = table(
        f"Made-up judges, 35 of them, {repeat:,} draws", "labels", "least coverage", "mean coverage", "labels alone, least", "most wide"
    )
    for labels in (15, 25, 50, 100, 200):
        found = []
        for rate in (0.5, 0.7, 0.85, 0.93, 0.97):
            for sensitivity, specificity in ((0.99, 0.99), (0.95, 0.95), (0.99, 0.6), (0.9, 0.8), (0.7, 0.7), (0.95, 0.3), (0.6, 0.97)):
                cells = np.round(
                    np.array([(1 - rate) * specificity, rate * (1 - sensitivity), (1 - rate) * (1 - specificity), rate * sensitivity])
                    * 20_000
                )
                drawn = np.random.default_rng(labels).multivariate_hypergeometric(
                    cells.astype(int), labels, size=repeat, method="marginals"
                )
                counts, units = drawn.reshape(-1, 2, 2).astype(float), np.asarray(cells.sum())
                shares = np.broadcast_to(cells.reshape(2, 2).sum(axis=1) / units, (repeat, 2))
                mine = corrected_rate(Strata(counts[..., 1], counts.sum(axis=-1), shares, units, units), draws=1_000)
                alone = labels_only_rate(counts[..., 1].sum(axis=-1), labels)
                truth = (cells[1] + cells[3]) / units
                held = [float(np.mean((of.low <= truth) & (truth <= of.high))) for of in (mine, alone)]
                found.append((*held, float(np.mean(mine.high - mine.low) / np.mean(alone.high - alone.low))))
        held, alone_held, ratio = np.array(found).T
        out.add_row(str(labels), f"{held.min():.3f}", f"{held.mean():.3f}", f"{alone_held.min():.3f}", f"{ratio.max():.3f}")
    console.print(out)


def relevance(repeat: int) -> None:
    """33 judges of relevance, 0 to 3, by the mean."""
    rows = rows_of("judge_llmjudge_relevance")
    people = column(rows, "human")
    out = table(
        f"Judges of relevance, 33, {repeat:,} redraws", "labels", "least coverage", "mean coverage", "narrowest", "widest, of labels alone"
    )
    for labels in (25, 50, 200):
        found = []
        for judge in list(rows[0])[3:]:
            said = column(rows, judge)
            ok = np.isfinite(said)
            of, _ = redraw(said[ok], people[ok], labels=labels, repeat=repeat, seed=labels)
            found.append((of.coverage, of.width_ratio))
        held, ratio = np.array(found).T
        out.add_row(str(labels), f"{held.min():.3f}", f"{held.mean():.3f}", f"{ratio.min():.3f}", f"{ratio.max():.3f}")
    console.print(out)


def moved(draws: int) -> None:
    """Calibrated on half of the queries, asked about the other half."""
    rows = rows_of("judge_llmjudge_relevance")
    people, queries = column(rows, "human"), np.array([row["query_id"] for row in rows])
    names, number = np.unique(queries, return_inverse=True)
    out = table("Calibrated on other queries", "told", "held", "warned", "held or warned", "mean width")
    ways: dict[str, Callable[[NDArray[np.bool_]], dict[str, object]]] = {
        "nothing": lambda _: {},
        "which rows are one query": lambda ok: {"clusters": number[ok]},
        "that queries are segments": lambda ok: {"clusters": number[ok], "segments": queries[ok].tolist()},
    }
    for told, way in ways.items():
        found = []
        for judge in list(rows[0])[3:]:
            said = column(rows, judge)
            ok = np.isfinite(said)
            for seed in range(draws):
                taught = np.isin(queries, np.random.default_rng(seed).permutation(names)[: names.size // 2])
                seen, about = np.where(taught, people, np.nan)[ok], ~taught[ok]
                of = calibrate(said[ok], seen, counted=about, **way(ok))  # type: ignore[arg-type]
                held = of.shown.holds(float(people[ok][about].mean()))
                found.append((held, bool(of.warnings), held or bool(of.warnings), of.shown.width))
        out.add_row(told, *(f"{cell:.3f}" for cell in np.mean(found, axis=0)))
    console.print(out)


def summaries(repeat: int) -> None:
    """By system and quality."""
    rows = rows_of("judge_summeval_ordinal", "scores")
    judges = [name for name in rows[0] if ":" in name]
    out = table(
        f"Judges of summaries by system and quality, {repeat:,} redraws",
        "labels a cell",
        "cells",
        "better",
        "error",
        "judge's own",
        "coverage",
    )
    for per_cell in (5, 10, 15, 20, 25):
        found = []
        for judge in judges:
            for quality in sorted({row["dimension"] for row in rows}):
                own = [row for row in rows if row["dimension"] == quality and row[judge]]
                if len(own) < 480:
                    continue
                at = np.unique([row["system"] for row in own], return_inverse=True)[1]
                _, parts = redraw(
                    column(own, judge),
                    column(own, "expert_mean"),
                    labels=12 * per_cell,
                    repeat=repeat,
                    segments=at,
                    count=12,
                    seed=per_cell,
                )
                found += [(part.mean_error < part.raw_error, part.mean_error, part.raw_error, part.coverage) for part in parts]
        better, error, raw, held = np.nanmean(np.array(found, dtype=float), axis=0)
        out.add_row(str(per_cell), str(len(found)), f"{better:.3f}", f"{error:.3f}", f"{raw:.3f}", f"{held:.3f}")
    console.print(out)


def anchors(repeat: int) -> None:
    """Streams of a judge that tosses coins on anchors, 20 a batch."""
    random = np.random.default_rng(1)
    out = table(f"Anchors, {repeat:,} streams of 200 batches of 20", "change", "from batch", "alarmed", "median delay, batches")
    for change, begins in [(0.0, 200), (0.02, 0), (-0.02, 0), (0.1, 0), (0.1, 50), (-0.2, 0), (-0.2, 50), (-0.2, 100)]:
        delays = []
        for _ in range(repeat):
            quiet = min(begins, 200)
            batches = [*(random.binomial(1, 0.5, (quiet, 20)) - 0.5), *(random.binomial(1, 0.5 + change, (200 - quiet, 20)) - 0.5)]
            found = anchor_test(batches)
            if found.alarm is not None:
                delays.append(found.alarm - begins)
        shown = f"{np.median(delays):.0f}" if delays and abs(change) > 0.02 else "–"
        out.add_row(f"{change:+.2f}", "never" if begins == 200 else str(begins), f"{len(delays) / repeat:.3f}", shown)
    console.print(out)


def weekly(seed: int) -> None:
    """Weekly rates of the public scenarios, each by itself and pooled over its weeks: judging is a sample, labels are more where the
    judge failed."""
    path = DATA.parent / "blindspot"
    if not path.is_dir():
        console.print("the public scenarios are not beside the project: no shared/blindspot")
        return
    sys.path.insert(0, str(path))
    cli = importlib.import_module("blindspot.cli")
    cfg = cli._config(argparse.Namespace(warmup_days=14, watch_days=28, per_day=12_000))
    found: dict[tuple[str, str], list[Numbers]] = {}
    for kind in cli.KINDS:
        scenario = cli.Scenario(kind, seed, cfg, counterfactual=False)
        week, seen = (scenario.rows.ts - cli.EPOCH_MS) // (7 * 24 * cli.HOUR_MS), scenario.cols
        by_segment: dict[str, list[tuple[Strata, float]]] = {}
        for part in scenario.population_truth():
            rows = (week == part["week"]) & (scenario.rows.mask(part["dims"]) if part["dims"] else True) & (seen["judge_pass"] >= 0)
            people = np.where(seen["human_pass"][rows] >= 0, seen["human_pass"][rows], np.nan)
            p_label = np.where(np.isfinite(people), seen["human_p"][rows], 1.0)
            of = strata(seen["judge_pass"][rows], people, levels=2, weights=1 / seen["judge_p"][rows], label_weights=1 / p_label)
            by_segment.setdefault(str(part["dims"] or ""), []).append((of, part["pass_rate"]))
        for segment, weeks in by_segment.items():
            of = Strata(
                *(np.stack([getattr(one, name) for one, _ in weeks]) for name in ("passed", "labelled", "shares", "judged", "population"))
            )
            truth = np.array([rate for _, rate in weeks])
            for how, rates in (("each by itself", corrected_rate(of)), ("pooled over its weeks", pooled_rates(of))):
                held = (rates.low <= truth) & (truth <= rates.high)
                found.setdefault((how, "segments" if segment else "all traffic"), []).append(
                    np.stack([held, rates.high - rates.low], axis=1)
                )
    out = table(f"Weekly rates, {len(cli.KINDS)} kinds of scenario", "", "of", "rates", "coverage", "mean width")
    for (how, what), parts in found.items():
        all_parts = np.concatenate(parts)
        out.add_row(how, what, str(len(all_parts)), *(f"{cell:.3f}" for cell in all_parts.mean(axis=0)))
    console.print(out)


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=2_000, help="redraws for the judges of answers; the others take a part of it")
    repeat = parser.parse_args().repeat
    began = time.perf_counter()
    answers(repeat)
    made_up(repeat)
    relevance(max(repeat // 5, 10))
    moved(max(repeat // 100, 2))
    summaries(max(repeat // 40, 5))
    anchors(max(repeat // 2, 20))
    weekly(0)
    console.print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
