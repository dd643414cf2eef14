"""Every example of the documentation can be asked."""

import re
from pathlib import Path

import pytest

from sightline.query import Filter, ListQuestion, Question, Scene, ask, list_traces
from sightline.store.telemetry.engine import Engine

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "filter-language.md").read_text()


def examples(language: str) -> list[str]:
    return [line for block in re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.anyio
@pytest.mark.parametrize("text", examples("filter"))
async def test_a_filter_of_the_documentation(engine: Engine, everything: Scene, text: str) -> None:
    await list_traces(engine, ListQuestion(everything, Filter.parse(text)))


@pytest.mark.anyio
@pytest.mark.parametrize("text", examples("measure"))
async def test_a_measure_of_the_documentation(engine: Engine, everything: Scene, text: str) -> None:
    assert [list(row) for row in (await ask(engine, Question(everything, [text]))).rows] == [[text]]
