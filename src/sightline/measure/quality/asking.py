"""What every question of quality starts from: whose score it is, the verdicts of a window, and what people said of some of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sightline.errors import NotFoundError
from sightline.facts.scores import ANCHORS
from sightline.measure.asking import Json, number, shown
from sightline.query import (
    EARLIEST_NS,
    LATEST_NS,
    UNITS_NS,
    Binder,
    Filter,
    Grouping,
    Reader,
    Row,
    Scene,
    Subject,
    Window,
    parse_width,
    statements_in,
)

__all__ = [
    "ANCHORS",
    "Asked",
    "Json",
    "Scored",
    "Verdicts",
    "judges_seen",
    "number",
    "of_judge",
    "scored_as",
    "shown",
    "statement",
    "verdicts_of",
    "width_of",
]

statement = statements_in("sightline.measure.quality")

LABELS_REACH_DAYS = 90

_DAY_NS = UNITS_NS["d"]
_WIDTHS = ("1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "1d", "7d", "30d")
_MOST_POINTS = 31


@dataclass(frozen=True, slots=True)
class Scored:
    """Whose score. `author` '' is everybody's, `version` '' the newest of each unit. `passes`: the labels that pass, for a score that
    has levels; without, a binary score is a rate and any other a mean."""

    project: str
    name: str
    source: str = "judge"
    author: str = ""
    version: str = ""
    type: str = "binary"
    passes: Sequence[str] = ()
    target: str = "trace"
    versions: Sequence[str] = ()

    @property
    def rates(self) -> bool:
        """Whether it is a share of what passed."""
        return self.type == "binary" or bool(self.passes)

    @property
    def said(self) -> str:
        """A score's number as SQL: 1 and 0 of what passed and didn't, or its value."""
        if self.passes:
            return "if(label IS NULL, NULL, toFloat64(label IN {passes:Array(String)}))"
        return "if(value IS NULL, NULL, toFloat64(value >= 0.5))" if self.type == "binary" else "value"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of quality: where and when, of which scores, by which groups. Labels teach that were given up to `labels_days` before
    the window's end."""

    scene: Scene
    scored: Scored
    filter: Filter = field(default_factory=lambda: Filter(None))
    group_by: Sequence[str] = ()
    labels_days: int = LABELS_REACH_DAYS


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts and ratings of a question, ready to be summed up."""

    scored: Scored
    grouping: Grouping
    given: Mapping[str, str]
    params: Mapping[str, object]

    async def ask(self, reader: Reader, name: str, /, *, parts: Mapping[str, str] | None = None, **params: object) -> list[Row]:
        """The answer of <name>.sql, which finds `verdicts` and `ratings`."""
        return await reader.rows(statement(name, **(parts or {})), {**self.params, **params}, given=self.given)

    async def sums(self, reader: Reader, *, width_ns: int = 0, by_group: bool = True, only: Sequence[int] = (), rows: int) -> list[Row]:
        """judged.sql: by group, or of all together; by periods of `width_ns`, or over the window; of groups `only`, or of every one."""
        group = "toUInt64(0)"
        if by_group:
            group = "if(group_key IN {only:Array(UInt64)}, group_key, 0)" if only else "group_key"
        parts = {
            "group": group,
            "texts": self.grouping.texts,
            "kinds": self.grouping.kinds,
            "period": _period(width_ns, "start"),
            "verdict": "toUInt8(said >= 0.5)" if self.scored.rates else "toUInt8(0)",
        }
        return await self.ask(reader, "judged", parts=parts, width=width_ns, only=list(only), rows=rows)

    async def labelled(self, reader: Reader, *, width_ns: int = 0, rows: int) -> list[Row]:
        """labelled.sql: a row a rating."""
        return await self.ask(reader, "labelled", parts={"period": _period(width_ns, "v.start")}, width=width_ns, rows=rows)


def verdicts_of(asked: Asked, group_by: Sequence[str] | None = None) -> Verdicts:
    """Raises BadFilterError, UnknownFactError and BadRequestError."""
    scene, scored = asked.scene, asked.scored
    end = min(scene.window.to_ns, max(scene.now_ns, scene.window.from_ns + 1))
    labels_from = max(min(scene.window.from_ns, end - asked.labels_days * _DAY_NS), EARLIEST_NS)
    reach = Window(labels_from, scene.window.to_ns)
    binder = Binder(
        {
            "project": scene.project,
            "name": scored.name,
            "source": scored.source,
            "author": scored.author,
            "version": scored.version,
            "passes": list(scored.passes),
            "labels_from": labels_from,
            "labels_to": min(scene.window.to_ns, LATEST_NS),
        }
    )
    subject = Subject("scores", Scene(scene.project, reach, scene.now_ns), binder)
    grouping = Grouping.by(asked.group_by if group_by is None else group_by, subject)
    source = subject.source(asked.filter)
    sides = [f"start {operator} {side}" for operator, side in zip((">=", "<"), binder.sides(scene.window), strict=True) if side]
    counted = f"({' AND '.join(sides) or '1'})"
    given = {
        "ratings": statement("ratings", said=scored.said),
        "verdicts": statement("verdicts", source=source, said=scored.said, groups=grouping.columns, counted=counted),
    }
    return Verdicts(scored, grouping, given, binder.params)


async def of_judge(reader: Reader, project: str, judge: str, *, name: str | None = None) -> Scored:
    """What a judge scores, as its scores say it. Raises NotFoundError where it has given none."""
    rows = await reader.rows(
        statement("of_judge", which="author = {author:String}"), {"project": project, "author": judge, "anchors": ANCHORS}
    )
    found = next((row for row in rows if name in (None, row["name"])), None)
    if found is None:
        said = f"no score {name!r} of judge {judge!r}" if name else f"no score of a judge {judge!r}"
        raise NotFoundError(f"There is {said} in project {project!r}: GET /api/v1/quality/scores lists those there are.")
    return _scored(project, found)


async def judges_seen(reader: Reader, project: str) -> list[Scored]:
    """Every judge that has given scores, with the score that it gives most."""
    rows = await reader.rows(statement("of_judge", which="1"), {"project": project, "anchors": ANCHORS})
    seen: dict[str, Scored] = {}
    for row in rows:
        seen.setdefault(row["author"], _scored(project, row))
    return list(seen.values())


def _scored(project: str, row: Row) -> Scored:
    versions = sorted(row["versions"], key=lambda version: (len(version), version))
    return Scored(
        project, row["name"], author=row["author"], version=row["version"], type=row["type"], target=row["target"], versions=versions
    )


async def scored_as(reader: Reader, scene: Scene, name: str, source: str) -> Scored:
    """A score by its name and whose it is; of judges, of the one that gives most. Raises NotFoundError where there is none."""
    rows = await reader.rows(statement("of_name"), {"project": scene.project, "name": name, "source": source})
    if not rows:
        raise NotFoundError(
            f"There is no score {name!r} from {source} in project {scene.project!r}: GET /api/v1/quality/scores lists them."
        )
    found = rows[0]
    author = found["author"] if source == "judge" else ""
    return Scored(scene.project, name, source, author, type=found["type"], target=found["target"])


def width_of(asked: Asked, interval: str | None, extent: Row) -> str:
    """The width that was asked for, else the narrowest that cuts the window (what is judged of one that is open) into 31 pieces at most."""
    if interval is not None:
        parse_width(interval)
        return interval
    window, now = asked.scene.window, asked.scene.now_ns
    if window.from_ns <= EARLIEST_NS:
        window = Window(extent["first_ns"], extent["last_ns"] + 1)
    wide = min(window.to_ns, max(now, window.from_ns + 1)) - window.from_ns
    return next((width for width in _WIDTHS if wide <= _MOST_POINTS * parse_width(width)), _WIDTHS[-1])


def _period(width_ns: int, start: str) -> str:
    return f"intDiv(toUnixTimestamp64Nano({start}), {{width:Int64}})" if width_ns else "toInt64(0)"
