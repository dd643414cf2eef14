"""The questions' SQL: one file each beside the code that asks, values bound, its `$parts` filled with conditions and columns of our own."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from string import Template


def statements_in(package: str, *folder: str) -> Callable[..., str]:
    """What gives the SQL of <name>.sql there: `statement(name, **parts)`. `parts` are SQL made by code, never a question's own text.

    It raises KeyError for a part that is missing.
    """

    @cache
    def template(name: str) -> Template:
        return Template(files(package).joinpath(*folder, f"{name}.sql").read_text("utf-8"))

    def statement(name: str, **parts: str) -> str:
        return template(name).substitute(parts)

    return statement


statement = statements_in("sightline.query", "sql")
