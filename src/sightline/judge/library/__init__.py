"""Rubrics to begin with, one file each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rubric:
    """`definition` is a judge's definition that lacks only its model."""

    name: str
    title: str
    definition: Mapping[str, object]


@cache
def library() -> tuple[Rubric, ...]:
    """All of them, by title."""
    found = []
    for file in files(__package__).iterdir():
        if file.name.endswith(".toml"):
            said = tomllib.loads(file.read_text("utf-8"))
            found.append(Rubric(said.pop("name"), said.pop("title"), {**said, "rubric": str(said["rubric"]).strip()}))
    return tuple(sorted(found, key=lambda rubric: rubric.title))
