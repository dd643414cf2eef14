"""`sightline explain`: the command on files, as a person calls it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sightline.cli import app
from tests.insight.requests_table import Rows, requests, write

SIDES = ("--reference", "release = 'v1'", "--changed", "release = 'v2'")


def explained(path: Path, measure: str, *more: str) -> Any:
    result = CliRunner().invoke(app, ["explain", str(path), *SIDES, "--measure", measure, "--json", *more])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def broken() -> Rows:
    """The large model fails 20 points more often in Asia from v2 on."""
    return requests(fails=lambda of, after: 0.2 * (after & (of["model"] == "large") & (of["region"] == "asia")))


@pytest.fixture(scope="module")
def broken_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(broken(), tmp_path_factory.mktemp("explain") / "requests.csv")


def test_a_combination_that_got_worse_comes_first(broken_file: Path) -> None:
    first = explained(broken_file, "mean(failed)")["hypotheses"][0]
    assert first["where"] == {"model": "large", "region": "asia"}
    assert first["kind"] == "rate"
    assert first["interval"][0] < 0.2 < first["interval"][1]
    assert first["share"] == pytest.approx(1.0, abs=0.3)
    assert first["q"] < 0.001


def test_no_sentence_speaks_of_causes(broken_file: Path) -> None:
    sentences = [one["sentence"] for one in explained(broken_file, "mean(failed)")["hypotheses"]]
    assert len(sentences) > 1
    assert not [one for one in sentences if "cause" in one.lower()]
    assert "model = large and region = asia" in sentences[0]


def test_names_mean_nothing(broken_file: Path, tmp_path: Path) -> None:
    """Every column and value that can be renamed is: the same hypotheses come, under their new names."""
    rows = broken()
    kept = ("release", "failed", "input_tokens", "cache_read_tokens", "output_tokens", "cost_usd")
    new = {name: f"x{i}" for i, name in enumerate(rows) if name not in kept}
    hidden = {new.get(name, name): [f"{new[name]}~{one}" for one in of] if name in new else of for name, of in rows.items()}
    renamed = explained(write(hidden, tmp_path / "renamed.csv"), "mean(failed)")["hypotheses"]
    plain = explained(broken_file, "mean(failed)")["hypotheses"]
    assert [one["where"] for one in renamed] == [
        {new[name]: f"{new[name]}~{value}" for name, value in one["where"].items()} for one in plain
    ]
    assert [one["effect"] for one in renamed] == [one["effect"] for one in plain]


def test_a_shift_of_the_mix_is_called_one(tmp_path: Path) -> None:
    """The task that fails more often grows; no task got worse."""
    first = explained(write(requests(growing=True), tmp_path / "mix.csv"), "mean(failed)")["hypotheses"][0]
    assert (first["kind"], first["where"]) == ("mix", {"task": "agent"})


def test_a_new_price_is_called_one(tmp_path: Path) -> None:
    rows = requests(price_of=lambda of, after: np.where(after & (of["model"] == "small"), 1.25, 1.0))
    first = explained(write(rows, tmp_path / "price.csv"), "mean(cost_usd)")["hypotheses"][0]
    assert (first["kind"], first["where"]) == ("price", {"model": "small"})
    assert first["effect"] == pytest.approx(np.log(1.25), abs=0.02)


def test_cells_that_are_counted_already_are_compared_by_one_factor(tmp_path: Path) -> None:
    """Every leaf of the north has three times as many bad events after; the leaves differ in their rates by ten times."""
    random = np.random.default_rng(3)
    lines = ["side,area,kind,size,bad,all"]
    for side, area, kind, size in [(s, a, k, z) for s in ("old", "new") for a in ("north", "south", "west") for k in "pqr" for z in "123"]:
        rate = {"p": 0.004, "q": 0.02, "r": 0.04}[kind] * (3 if side == "new" and area == "north" else 1)
        lines += [f"{side},{area},{kind},{size},{random.binomial(4_000, rate)},4000"]
    path = tmp_path / "cells.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    result = CliRunner().invoke(
        app, ["explain", str(path), "--reference", "side = 'old'", "--changed", "side = 'new'", "--measure", "sum(bad)/sum(all)", "--json"]
    )
    first = json.loads(result.stdout)["hypotheses"][0]
    assert first["where"] == {"area": "north"}


def test_parquet_and_json_lines_say_the_same(broken_file: Path, tmp_path: Path) -> None:
    from sightline.store.files import open_file

    lines = tmp_path / "requests.jsonl"
    with open_file(broken_file) as table:
        names = list(table.columns)
        rows = table.rows("SELECT * FROM file({file:String}, {format:String}) SETTINGS max_threads = 1", {})
    lines.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows), "utf-8")
    assert explained(lines, "mean(failed)")["hypotheses"][0]["where"] == {"model": "large", "region": "asia"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(
            ["--reference", "relase = 'v1'", "--changed", "release = 'v2'", "--measure", "mean(failed)"], "'release'", id="column"
        ),
        pytest.param([*SIDES, "--measure", "mean(tenant)"], "a measure needs numbers", id="words"),
        pytest.param([*SIDES, "--measure", "sum(failed)"], "sum(column)/sum(column)", id="sum"),
        pytest.param(["--reference", "release = 'v0'", "--changed", "release = 'v2'", "--measure", "mean(failed)"], "no row", id="nothing"),
        pytest.param([*SIDES, "--measure", "mean(failed)", "--by", "tenent"], "'tenant'", id="by"),
    ],
)
def test_what_is_wrong_is_said(broken_file: Path, arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["explain", str(broken_file), *arguments])
    assert result.exit_code != 0
    assert says in result.output


def test_names_and_values_of_a_file_are_bound(tmp_path: Path) -> None:
    """Columns and values that look like SQL are columns and values."""
    rows = requests(6_000, fails=lambda of, after: 0.3 * (after & (of["region"] == "asia")))
    rows["a`b'); DROP TABLE units; --"] = [one.replace("asia", "x' OR 1=1 --") for one in rows.pop("region")]
    first = explained(write(rows, tmp_path / "{a,b}* ::.csv"), "mean(failed)")["hypotheses"][0]
    assert first["where"] == {"a`b'); DROP TABLE units; --": "x' OR 1=1 --"}
