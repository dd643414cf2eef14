"""Two answers compared by a judge, in both orders: what it says of one order only is its position speaking, not its judgement."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from sightline.judge.definition import Definition, Output
from sightline.judge.material import Material
from sightline.judge.verdict import Verdict

LEVELS = ("second", "tie", "first")
_RUBRIC = """{rubric}

You are given a question and two answers to it, the first and the second. Decide which of them meets the rubric better: "first",
"second", or "tie" where neither clearly does. Their order, their length and their style don't count unless the rubric says so."""


@dataclass(frozen=True, slots=True)
class Preference:
    """`winner` of the answers as they were given. `consistent`: both orders agree; else it is a tie. `verdicts` of the two orders."""

    winner: Literal["first", "second", "tie"]
    consistent: bool
    verdicts: tuple[Verdict, Verdict]


def comparing(definition: Definition) -> Definition:
    """A judge of pairs by the rubric of a judge of single answers."""
    output = Output(type="categorical", levels=LEVELS)
    return definition.model_copy(update={"rubric": _RUBRIC.format(rubric=definition.rubric), "form": "verdict", "output": output})


def pair(question: str, first: str, second: str) -> Material:
    """What a judge of pairs is shown."""
    return Material(
        question=question, steps=(("first answer", first), ("second answer", second)), answer="(the two answers stand under steps)"
    )


async def compare(
    ask: Callable[[Definition, Material], Awaitable[Verdict | None]], definition: Definition, question: str, first: str, second: str
) -> Preference | None:
    """Which answer a judge prefers, asked in both orders; None where either call brought no verdict. `ask` is one call."""
    of = comparing(definition)
    straight = await ask(of, pair(question, first, second))
    swapped = await ask(of, pair(question, second, first))
    if straight is None or swapped is None:
        return None
    turned = {"first": "second", "second": "first"}.get(swapped.label or "", "tie")
    consistent = straight.label == turned
    winner: Literal["first", "second", "tie"] = "tie"
    if consistent and straight.label in ("first", "second"):
        winner = "first" if straight.label == "first" else "second"
    return Preference(winner, consistent, (straight, replace(swapped, label=turned)))
