"""Evaluators: functions that look at an output and say how good it is."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from sightline.errors import BadRequestError
from sightline.experiments.calling import call, find, wanted
from sightline.experiments.tracing import text

_TYPES = ("binary", "categorical", "ordinal", "numeric")


@dataclass(frozen=True, slots=True)
class Score:
    """`type`: binary (value 1 or 0), numeric, ordinal, or categorical (a label)."""

    name: str
    type: str
    value: float | None = None
    label: str | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """`function` asks for what it needs by the names of its parameters: output, expected, input, context, metadata, item."""

    name: str
    function: Callable[..., Any]
    version: str = ""

    def __post_init__(self) -> None:
        wanted(self.function, dict.fromkeys(("output", "item", "expected", "input", "context", "metadata")), "output")

    async def scores(self, output: Any, item: Mapping[str, Any], executor: Executor) -> list[Score]:
        """What it says of an output. It may return True or False, a number, a word, an object with name, value, label, explanation, a list
        of them, or None for nothing. Raises what the function raises, and BadRequestError for what is no score."""
        known = {"output": output, "item": item} | {name: item.get(name) for name in ("expected", "input", "context", "metadata")}
        said = await call(self.function, wanted(self.function, known, "output"), executor)
        many = said if isinstance(said, list | tuple) else [said]
        return [score for one in many if (score := self._score(one)) is not None]

    def _score(self, said: Any) -> Score | None:
        match said:
            case None:
                return None
            case Score():
                return said
            case bool():
                return Score(self.name, "binary", float(said))
            case int() | float():
                return Score(self.name, "numeric", float(said))
            case str():
                return Score(self.name, "categorical", label=said)
            case Mapping():
                return self._of_mapping(said)
        parts = {name: getattr(said, name) for name in ("name", "value", "label", "type", "explanation") if hasattr(said, name)}
        if "value" in parts or "label" in parts:
            return self._of_mapping({name: value for name, value in parts.items() if value is not None})
        raise BadRequestError(
            f"Evaluator {self.name!r} returned {said!r:.100}: return True or False, a number, a word, or an object with a value or a label."
        )

    def _of_mapping(self, said: Mapping[str, Any]) -> Score:
        value, label = said.get("value"), said.get("label")
        if value is None and label is None:
            raise BadRequestError(f"Evaluator {self.name!r} returned {dict(said)!r:.100}: it has neither a value nor a label.")
        fits = "binary" if isinstance(value, bool) else "categorical" if value is None else "numeric"
        type_ = str(said.get("type") or fits)
        if type_ not in _TYPES:
            raise BadRequestError(f"Evaluator {self.name!r} gave the type {type_!r}: it is one of {', '.join(_TYPES)}.")
        number = None if value is None else float(value)
        return Score(
            str(said.get("name") or self.name), type_, number, None if label is None else str(label), str(said.get("explanation") or "")
        )


def load_evaluator(name: str) -> Evaluator:
    """What `module:function` names; else a built-in evaluator or a plugin's, with its options as JSON: `regex={"pattern": "[0-9]+"}`.

    Raises BadRequestError.
    """
    before, given, options = name.partition("=")
    if ":" in before:
        return named(find(name))
    return _built_in(before, _options(name, options) if given else {})


def _options(name: str, said: str) -> Mapping[str, Any]:
    try:
        found = json.loads(said)
    except ValueError as error:
        raise BadRequestError(f"--evaluator {name}: its options are no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise BadRequestError(f"--evaluator {name}: its options are a JSON object.")
    return found


def _built_in(name: str, options: Mapping[str, Any]) -> Evaluator:
    from sightline.facts.content import Document
    from sightline.judge.evaluators import evaluate, evaluator
    from sightline.judge.material import Material

    evaluator(name)

    def function(output: Any, expected: Any, input: Any, context: Any) -> Mapping[str, Any] | None:  # noqa: A002 - asked for by name
        parts = context if isinstance(context, list) else [] if context is None else [context]
        documents = [one if isinstance(one, Mapping) else {"content": text(one)} for one in parts]
        found = Material(
            question=text(input),
            answer="" if output is None else text(output),
            documents=tuple(Document(rank, one.get("id"), content=one.get("content")) for rank, one in enumerate(documents, start=1)),
            reference="" if expected is None else text(expected),
        )
        verdict = evaluate(name, options, found)
        if verdict is None:
            return None
        passes = verdict.label in {"pass", "fail"}
        return {"value": verdict.value, "label": verdict.label, "explanation": verdict.explanation, "type": "binary" if passes else None}

    return Evaluator(name, function)


def named(function: Callable[..., Any] | Evaluator) -> Evaluator:
    """A function as an evaluator, under its own name (or its attribute `score_name`); its attribute `version` goes along."""
    if isinstance(function, Evaluator):
        return function
    name = getattr(function, "score_name", None) or getattr(function, "__name__", type(function).__name__)
    return Evaluator(str(name), function, str(getattr(function, "version", "") or ""))
