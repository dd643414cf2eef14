"""A catalogue from a file: the library's own format, checked before it is used, written whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from genai_prices.data import providers

from sightline.errors import SettingsError
from sightline.facts.prices import Catalogue, difference, write
from sightline.facts.prices.catalogue import FILE_NAME
from tests.facts.prices.conftest import catalogue_of


def test_what_is_written_is_what_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    file = write(catalogue.providers, tmp_path / "data")
    again = Catalogue.read(file)
    assert list(again.providers) == providers
    assert again.digest == catalogue.digest
    assert [path.name for path in file.parent.iterdir()] == [FILE_NAME]


def test_the_data_directorys_file_comes_before_the_package(tmp_path: Path, catalogue: Catalogue) -> None:
    assert Catalogue.of(tmp_path).digest == catalogue.digest
    (tmp_path / FILE_NAME).write_text(json.dumps(catalogue_of("openai", {"mine": {"input_mtok": 1, "output_mtok": 1}})))
    ours = Catalogue.of(tmp_path)
    assert [provider.id for provider in ours.providers] == ["openai"]
    assert ours.rules("llm", "openai", "mine", None)
    assert ours.digest != catalogue.digest


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "is not JSON"),
        ("{}", "must be a list of providers"),
        ("[]", "must be a list of providers"),
        ('[{"id": "x"}]', "not a list of providers as genai-prices publishes it"),
        (json.dumps(catalogue_of("x", {"m": {"input_mtok": -1}})), "x/m: input_mtok is -1"),
        (json.dumps(catalogue_of("x", {"m": {"cache_read_mtok": 1}})), "x/m: Missing ancestor price"),
        (json.dumps(catalogue_of("x", {"m": []})), "x/m has an empty list of prices"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match=words):
        Catalogue.read(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.json can't be read"):
        Catalogue.read(tmp_path / "nowhere.json")


def test_prices_keep_all_their_digits(tmp_path: Path) -> None:
    digits: dict[str, Any] = {"m": {"input_mtok": "0.12345678901234567891", "output_mtok": 0.1}}
    file = tmp_path / "precise.json"
    file.write_text(json.dumps(catalogue_of("x", digits)))
    first = Catalogue.read(file)
    second = Catalogue.read(write(first.providers, tmp_path))
    assert first.rules("llm", "x", "m", None) == second.rules("llm", "x", "m", None)
    assert str(first.rules("llm", "x", "m", None)[0].input_usd) == "1.2345678901234567891E-7"


def test_a_difference_is_counted_by_model(tmp_path: Path) -> None:
    def made(**models: Any) -> Catalogue:
        file = tmp_path / "made.json"
        file.write_text(json.dumps(catalogue_of("x", models)))
        return Catalogue.read(file)

    before, after = made(a={"input_mtok": 1}, b={"input_mtok": 1}), made(b={"input_mtok": 2}, c={"input_mtok": 1}, d={"input_mtok": 1})
    changes = difference(before, after)
    assert (changes.added, changes.removed, changes.changed) == (2, 1, 1)
