"""One catalogue for all tests, and small ones made by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sightline.facts.prices import Catalogue

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.read()


@pytest.fixture
def make_catalogue(tmp_path: Path) -> MakeCatalogue:
    """A catalogue file of one provider, read as a user's would be: prices (and variants) by model name."""

    def make(provider: str = "openai", **models: Any) -> Catalogue:
        file = tmp_path / "catalogue.json"
        file.write_text(json.dumps(catalogue_of(provider, models)))
        return Catalogue.read(file)

    return make


def catalogue_of(provider: str, models: dict[str, Any]) -> list[dict[str, Any]]:
    """The library's JSON format."""
    return [
        {
            "id": provider,
            "name": provider,
            "api_pattern": "https://api.example",
            "models": [
                {"id": name, "match": {"equals": name}} | (said if isinstance(said, dict) and "prices" in said else {"prices": said})
                for name, said in models.items()
            ],
        }
    ]
