"""Whether an objective's terms can be asked at all, and what they ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sightline.errors import BadFilterError, BadRequestError
from sightline.query import Binder, Filter, Scene, Window
from sightline.store import SloTerms

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conditions:
    """SQL on a row of `spans` or `traces`: what counts at all, what of it is good, what of it is bad. What is unknown is neither."""

    table: str
    within: str
    among: str
    good: str
    bad: str


def check(terms: SloTerms) -> None:
    """Raises BadRequestError that names the field."""
    conditions(terms, Scene(terms.project, Window(), now_ns=0), Binder())


def conditions(terms: SloTerms, scene: Scene, binder: Binder) -> Conditions:
    """Raises BadRequestError that names the field."""
    of_requests = terms.of == "requests"
    among, good = _read("among", terms.among), _read("good", terms.good)
    if good.expression is None:
        raise BadRequestError("good: It is empty: write the filter of what is good, such as status != error.")
    if of_requests:
        among, good = among.of_requests(), good.of_requests()
    compile_ = Filter.on_traces if of_requests else Filter.on_spans
    return Conditions(
        "traces" if of_requests else "spans",
        (binder.traces_in if of_requests else binder.spans_in)(scene.window),
        _named("among", lambda: compile_(among, scene, binder)) if among.expression is not None else "1",
        _named("good", lambda: compile_(good, scene, binder)),
        _named("good", lambda: compile_(good.opposite(), scene, binder)),
    )


def _read(field: str, text: str) -> Filter:
    return _named(field, lambda: Filter.parse(text))


def _named(field: str, work: Callable[[], T]) -> T:
    try:
        return work()
    except BadFilterError as error:
        raise BadRequestError(f"{field}: {error}") from error
    except BadRequestError as error:
        raise BadRequestError(f"{field}: {error}") from error
