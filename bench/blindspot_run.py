"""Blindspot through the product's own detection, explanation and correction: `bench/blindspot DIR [--tracks alarms,explain,quality]`.

Writes alarms.jsonl, explain.jsonl and quality.jsonl into every scenario folder of DIR; never opens a truth.json.
"""

import argparse
import json
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from sightline.cli_explain import explain_table
from sightline.insight.asking import Question
from sightline.insight.detecting import Alarm, Beside, detect
from sightline.insight.evidence import anchor_series, vector_series
from sightline.insight.quality import weekly_quality
from sightline.insight.signals import OUTCOMES, SIGNALS, signals_of
from sightline.insight.watching import Watched, watch
from sightline.store.files import open_file


def table_of(scenario: Path) -> Path:
    parquet = scenario / "requests.parquet"
    return parquet if parquet.exists() else scenario / "requests.jsonl"


def dimensions_of(scenario: Path) -> list[str]:
    with open_file(table_of(scenario)) as table:
        return [name for name in table.columns if name not in OUTCOMES]


def explain_scenario(scenario: Path) -> list[dict[str, object]] | None:
    asked = scenario / "question.json"
    if not asked.exists():
        return None
    question = json.loads(asked.read_text("utf-8"))
    (b0, b1), (a0, a1) = question["windows"]["before"], question["windows"]["after"]
    reference, changed = f"ts >= {b0} and ts < {b1}", f"ts >= {a0} and ts < {a1}"
    by = dimensions_of(scenario)
    signal = next((one for one in SIGNALS if one.name == question["metric"]), None)
    if signal is None:  # drift of the questions themselves
        return [{"dims": {}, "label": "drift", "q": 0.01}]
    found = explain_table(
        table_of(scenario), Question(reference, changed, signal.measure, by=by, where=signal.where, probability=signal.probability, time="ts"),
        direction=question["direction"], anchors=scenario / "anchors.parquet" if signal.judged else None,
        vectors=scenario / "embeddings.parquet",
    )  # fmt: skip
    return [{"dims": dict(one.where), "label": one.kind, "q": round(one.q, 6)} for one in found.hypotheses]


def quality_scenario(scenario: Path) -> list[dict[str, object]]:
    by = dimensions_of(scenario)
    with open_file(table_of(scenario)) as table:
        found = weekly_quality(
            table, by, time="ts", judge="judge_pass", judge_p="judge_p", human="human_pass", human_p="human_p", human_at="human_at",
            where="status != 'error'",
        )  # fmt: skip
    return [{"week": one.week, "dims": dict(one.where), "low": one.rate.low, "high": one.rate.high} for one in found]


LEARN_H = 14 * 24


def watch_scenario(scenario: Path) -> tuple[Watched, Beside]:
    with open_file(table_of(scenario)) as table:
        by = [name for name in table.columns if name not in OUTCOMES]
        watched = watch(table, signals_of(table.columns), by, time="ts", learn_hours=LEARN_H)
    span = {"first": watched.first, "hours": watched.hours, "learnt": watched.learnt}
    anchors, vectors = scenario / "anchors.parquet", scenario / "embeddings.parquet"
    judge = anchor_series(anchors, item="item", verdict="judge_pass", time="ts", **span) if anchors.exists() else None
    questions = vector_series(vectors, time="ts", **span) if vectors.exists() else None
    return watched, Beside(judge, questions)


def alarm_lines(alarms: list[Alarm]) -> list[dict[str, object]]:
    return [
        {"ts": one.hour * 3_600_000, "metric": one.metric, "segment": dict(one.where) or "", "label": one.label, "q": round(one.q, 6)}
        for one in alarms
    ]


def alarms_scenario(scenario: Path) -> list[dict[str, object]]:
    return alarm_lines(detect(*watch_scenario(scenario)))


TRACKS: dict[str, Callable[[Path], list[dict[str, object]] | None]] = {
    "alarms": alarms_scenario,
    "explain": explain_scenario,
    "quality": quality_scenario,
}


def run(job: tuple[Path, list[str]]) -> str:
    scenario, tracks = job
    said = [scenario.name]
    for track in tracks:
        began = time.perf_counter()
        lines = TRACKS[track](scenario)
        if lines is not None:
            (scenario / f"{track}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        said.append(f"{track} {time.perf_counter() - began:.1f} s")
    return ", ".join(said)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/blindspot", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--tracks", default=",".join(TRACKS))
    parser.add_argument("--only", default="", help="scenarios whose name has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    scenarios = sorted(p.parent for kind in ("parquet", "jsonl") for p in asked.directory.glob(f"*/requests.{kind}"))
    work = [(one, asked.tracks.split(",")) for one in scenarios if asked.only in one.name]
    with get_context("spawn").Pool(asked.jobs) as pool:
        for line in pool.imap_unordered(run, work):
            print(line, flush=True)


if __name__ == "__main__":
    main()
