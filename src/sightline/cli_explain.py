"""`sightline explain`: a table, two sets of its rows, and where a measure differs most between them. No server, no network."""

import json
import math
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from sightline.insight.asking import Question, ask
from sightline.insight.evidence import judge_moved, questions_moved
from sightline.insight.explaining import Evidence, Explanation, explain
from sightline.insight.tariffs import COST, PARTS
from sightline.insight.wording import sentence
from sightline.store.files import open_file


def explain_file(
    file: Path, question: Question, *, direction: Literal["up", "down", "any"], anchors: Path | None = None, vectors: Path | None = None,
    as_json: bool = False,
) -> None:  # fmt: skip
    """Print hypotheses, best first. Raises BadTableError, BadFilterError, UnknownFactError and OSError."""
    found = explain_table(file, question, direction=direction, anchors=anchors, vectors=vectors)
    said = {
        "measure": question.measure, "before": found.before, "after": found.after, "rate_part": found.rate_part, "mix_part": found.mix_part,
        "not_searched": found.context, "values_looked_at": found.tried,
        "hypotheses": [_said(one, question.measure, found) for one in found.hypotheses],
    }  # fmt: skip
    if as_json:
        print(json.dumps(_finite(said), ensure_ascii=False))
    else:
        _print(said)


def explain_table(
    file: Path, question: Question, *, direction: Literal["up", "down", "any"] = "any", anchors: Path | None = None,
    vectors: Path | None = None, time: str | None = None,
) -> Explanation:  # fmt: skip
    """Read, weigh the evidence beside, explain. `anchors`: columns item, judge_pass, ts; `vectors`: columns of floats and ts."""
    with open_file(file) as table:
        if not question.extra and COST in question.measure and all(name in table.columns for name in PARTS):
            question = _with_parts(question)
        asked = ask(table, question)
    reference, changed = question.reference, question.changed
    judge = None if anchors is None else judge_moved(anchors, item="item", verdict="judge_pass", reference=reference, changed=changed)
    questions = None if vectors is None else questions_moved(vectors, time=time or "ts", reference=reference, changed=changed)
    return explain(asked, direction=direction, evidence=Evidence(judge, questions))


def _with_parts(question: Question) -> Question:
    from dataclasses import replace

    return replace(question, extra=PARTS)


def _said(one: Any, measure: str, found: Explanation) -> dict[str, Any]:
    return {
        "where": dict(one.where), "sentence": sentence(one, measure, found), "effect": one.effect, "interval": list(one.interval),
        "share": one.share, "kind": one.kind, "q": one.q, "before": one.before, "after": one.after, "units": list(one.units), "z": one.z,
        "scale": one.scale, "also": [dict(other) for other in one.also],
    }  # fmt: skip


def _print(said: dict[str, Any]) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"{said['measure']}: {said['before']:.4g} → {said['after']:.4g}. Correlation: where to look, not why.")
    table = Table()
    for title in ("", "kind", "hypothesis", "share", "q"):
        table.add_column(title, justify="right" if title in ("share", "q") else "left")
    for i, one in enumerate(said["hypotheses"], 1):
        share = "–" if not math.isfinite(one["share"]) else f"{one['share']:.0%}"
        table.add_row(str(i), one["kind"], one["sentence"], share, f"{one['q']:.2g}")
    console.print(table)


def _finite(value: Any) -> Any:
    """NaN and infinity are no JSON: what is unknown or unbounded is null."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
