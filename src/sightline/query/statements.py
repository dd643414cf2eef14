"""The questions' SQL: one file each in sql/, values bound, its `$parts` filled with conditions and columns of our own."""

from functools import cache
from importlib.resources import files
from string import Template


def statement(name: str, **parts: str) -> str:
    """The SQL of sql/<name>.sql. `parts` are SQL that this room made itself; raises KeyError for one that is missing."""
    return _template(name).substitute(parts)


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8"))
