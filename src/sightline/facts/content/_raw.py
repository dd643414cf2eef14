"""A span as it was sent, and the few questions that every reader asks of it. None of the answers can fail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sightline.facts.content._shapes import EventView, Json

_MOST_ITEMS = 5_000


@dataclass(slots=True)
class Raw:
    """A span's attributes, and its events with the log records that belong to it."""

    attributes: Mapping[str, Json]
    events: Sequence[EventView]
    kind: str
    trees: dict[str, Json] = field(default_factory=dict)

    def said(self, *keys: str) -> Json:
        """The first of the attributes that is there, as it was sent."""
        return first_said(self.attributes, *keys)

    def parsed(self, *keys: str) -> Json:
        """The first of the attributes that is there, as JSON where it is JSON text."""
        return parse(self.said(*keys))

    def text(self, *keys: str) -> str | None:
        """The first of the attributes that is there, as text."""
        return text(self.said(*keys))

    def tree(self, prefix: str) -> Json:
        """`prefix.0.a.b = 1` and its like as lists and dicts; None where there is none."""
        if prefix not in self.trees:
            self.trees[prefix] = _unflatten(self.attributes, prefix)
        return self.trees[prefix]


def parse(said: Json) -> Json:
    """JSON text as what it says; anything else, and text that only looks like JSON, as it is."""
    if not isinstance(said, str):
        return said
    stripped = said.strip()
    if stripped[:1] not in ("{", "[", '"'):
        return said
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return said


def items(said: Json) -> list[Json]:
    """The elements of a list; none of anything else."""
    return said[:_MOST_ITEMS] if isinstance(said, list) else []


def text(said: Json) -> str | None:
    """Text as it is, other values as JSON; None where nothing, or nothing writable, was said."""
    if said is None or said == "":
        return None
    if isinstance(said, str):
        return said
    try:
        return json.dumps(said, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return None


def word(of: Mapping[str, Json], name: str) -> str:
    """What a field says if it says text; '' otherwise."""
    said = of.get(name)
    return said if isinstance(said, str) else ""


def first(of: Mapping[str, Json], *names: str) -> Json:
    """The first of the fields that holds anything."""
    return next((of[name] for name in names if of.get(name) not in (None, "", [], {})), None)


def first_said(of: Mapping[str, Json], *names: str) -> Json:
    """The first of the fields that is there, an empty list or object too: a call without arguments is one."""
    return next((of[name] for name in names if of.get(name) not in (None, "")), None)


class _Node(dict[str, Json]):
    """A place in a tree of attribute names, to tell it from a value that is an object."""


def _unflatten(attributes: Mapping[str, Json], prefix: str) -> Json:
    root = _Node()
    start = prefix + "."
    below = [key for key in attributes if key.startswith(start)]
    for key in below[:_MOST_ITEMS]:
        node = root
        path = key[len(start) :].split(".", 30)
        for name in path[:-1]:
            inner = node.get(name)
            if not isinstance(inner, _Node):
                inner = node[name] = _Node()
            node = inner
        node.setdefault(path[-1], attributes[key])
    return _listed(root) if root else None


def _listed(node: Json) -> Json:
    """Places whose names are all numbers become lists in their numeric order: holes close, and a huge index costs nothing."""
    if not isinstance(node, _Node):
        return node
    made = {name: _listed(value) for name, value in node.items()}
    if made and all(name.isascii() and name.isdigit() and len(name) < 19 for name in made):
        return [made[name] for name in sorted(made, key=int)]
    return made
