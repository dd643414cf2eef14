"""A judge as the screens of quality and review know it: by its definition where there is one, else by the scores it has given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sightline.errors import NotFoundError
from sightline.judge.definition import read_definition
from sightline.judge.people import Asked, calibration_due
from sightline.measure.quality import Scored, judges_seen, of_judge
from sightline.query import Reader
from sightline.store import CalibrationRun, Configuration, Judge, ReviewPlan


@dataclass(frozen=True, slots=True)
class KnownJudge:
    """`levels`: the words and numbers of a verdict with levels. `rubric`: None where nobody wrote one here."""

    id: str
    scored: Scored
    rubric: str | None = None
    levels: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def asked(self) -> Asked:
        """What a person's label of it has to be."""
        return Asked(self.scored.project, self.scored.name, self.scored.type, self.levels)  # type: ignore[arg-type]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The verdicts that a person can give; none: a number is asked for."""
        if self.levels:
            passes = self.scored.passes
            binary = self.scored.type == "binary"
            return [
                {"label": word, "value": value, "passes": bool(value) if binary else word in passes if passes else None}
                for word, value in self.levels.items()
            ]
        if self.scored.type == "binary":
            return [{"label": "pass", "value": 1.0, "passes": True}, {"label": "fail", "value": 0.0, "passes": False}]
        return []


async def known_judge(reader: Reader, config: Configuration, project: str, judge: str, *, name: str | None = None) -> KnownJudge:
    """Raises NotFoundError for a judge that is neither defined nor has given a score."""
    try:
        kept = await config.judges.get(judge)
    except NotFoundError:
        kept = None
    if kept is not None and kept.project == project:
        return _defined(kept)
    return KnownJudge(judge, await of_judge(reader, project, judge, name=name))


async def known_judges(reader: Reader, config: Configuration, project: str) -> list[KnownJudge]:
    """Every judge of a project: those that are defined, and those that have only given scores."""
    defined = [_defined(kept) for kept in await config.judges.all(project)]
    known = {judge.id for judge in defined}
    seen = [KnownJudge(scored.author, scored) for scored in await judges_seen(reader, project) if scored.author not in known]
    return [judge for judge in defined if judge.scored.source == "judge"] + seen


def _defined(kept: Judge) -> KnownJudge:
    definition = read_definition(kept.definition)
    output = definition.output
    scored = Scored(
        kept.project,
        kept.name,
        definition.source,
        kept.id,
        str(kept.version),
        output.type,
        () if output.type == "binary" else output.passing,
        definition.target,
        [str(version) for version in range(1, kept.version + 1)],
    )
    best_first = reversed(output.levels) if output.type == "binary" else output.levels
    levels = {word: output.number(word) for word in best_first} if output.type != "numeric" else {}
    return KnownJudge(kept.id, scored, definition.rubric or None, levels)


async def standing_of(config: Configuration, project: str, judge: str) -> dict[str, Any]:
    """Standing."""
    plan = await config.reviews.plan(project, judge)
    kept = await config.calibrations.of(project, judge, most=1)
    return standing(plan, kept[-1] if kept else None, judge)


def standing(plan: ReviewPlan, last: CalibrationRun | None, judge: str) -> dict[str, Any]:
    """Standing, from the judge's plan and its last calibration."""
    now = datetime.now(UTC)
    due = calibration_due(plan, last)
    overdue = due is not None and now > due
    note = ""
    if last is None:
        note = "Never calibrated: label some of what it judged."
    elif overdue and due is not None:
        late = (now - due).days
        note = f"Calibration overdue {'since today' if late == 0 else f'by {late} day' + ('s' if late > 1 else '')}."
    elif last.verdict != "usable":
        note = f"This judge is {last.verdict}: {last.reason}"
    return {
        "judge": judge,
        "calibrated": None if last is None else last.made,
        "version": None if last is None else last.version,
        "verdict": None if last is None else last.verdict,
        "reason": None if last is None else last.reason,
        "labelled": 0 if last is None else last.labelled,
        "due": due,
        "overdue": overdue,
        "note": note,
    }
