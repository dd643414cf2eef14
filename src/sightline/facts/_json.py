"""JSON that was sent as text, read once: everything that the conventions table looks for inside one attribute becomes one tuple."""

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
TYPES = {
    "json_text": "Nullable(String)",
    "json_number": "Nullable(Float64)",
    "json_boolean": "Nullable(Bool)",
    "json_true": "Nullable(Bool)",
}


@dataclass(slots=True)
class JsonShape:
    """What is looked for inside one attribute. A number in a path is a place in an array, from 1."""

    root: dict[str | int, Any] = field(default_factory=dict)

    def add(self, path: Path, type_: str) -> None:
        """Look for a value of the engine's type at the path; the first type that was asked for at a place stays."""
        node = self.root
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node.setdefault(path[-1], type_)

    @property
    def opening(self) -> str:
        """How JSON of this shape begins."""
        return "[" if any(isinstance(name, int) for name in self.root) else "{"

    @property
    def trunk(self) -> Path:
        """The way that all places share: the engine goes it once, and what it reads begins there."""
        return self._trunk()[0]

    def type(self) -> str:
        """The engine's type of what begins at the trunk's end: `Tuple(model Nullable(String), choices Array(Tuple(…)))`."""
        return _type(self._trunk()[1])

    def _trunk(self) -> tuple[Path, dict[str | int, Any]]:
        path: Path = ()
        node = self.root
        while len(node) == 1 and isinstance(inner := next(iter(node.values())), dict):
            path, node = (*path, next(iter(node))), inner
        return path, node

    def at(self, alias: str, path: Path) -> str:
        """SQL of the value at a path; NULL where the JSON has none, or another type."""
        sql = alias
        for name in path[len(self.trunk) :]:
            sql = f"{sql}[{name}]" if isinstance(name, int) else f"tupleElement({sql}, '{name}')"
        return sql


def _type(node: Any) -> str:
    if isinstance(node, str):
        return node
    if any(isinstance(name, int) for name in node):
        return f"Array({_type(next(iter(node.values())))})"
    return f"Tuple({', '.join(f'{name} {_type(inner)}' for name, inner in node.items())})"
