"""`sightline calibrate`, as a shell runs it."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sightline.cli import app
from sightline.stats.calibration import calibrate


def run(where: Path, file: str, *arguments: str) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(app, ["calibrate", str(where / file), *arguments])


def answer(where: Path, file: str, *arguments: str) -> dict[str, Any]:
    done = run(where, file, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write(path: Path, header: str, rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(header.split(","))
    out.writerows(rows)
    plain = text.getvalue().encode()
    path.write_bytes(gzip.compress(plain) if path.suffix == ".gz" else plain)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 units of two models, half of them labelled, by a judge that is right in nine of ten."""
    random = np.random.default_rng(1)
    people = random.random(600) < 0.7
    judge = np.where(random.random(600) < 0.9, people, ~people)
    path = tmp_path_factory.mktemp("tables") / "verdicts.csv.gz"
    rows = [(int(j), int(y) if i % 2 else "", "ab"[i % 3 == 0]) for i, (j, y) in enumerate(zip(judge, people, strict=True))]
    write(path, "judge,human,model", rows)
    return path


def test_it_says_what_the_function_says(table: Path) -> None:
    found = answer(table.parent, table.name, "--judge", "judge", "--human", "human", "--segment", "model")
    with gzip.open(table, "rt") as file:
        rows = list(csv.DictReader(file))
    same = calibrate(
        [float(row["judge"]) for row in rows],
        [float(row["human"]) if row["human"] else np.nan for row in rows],
        segments=[row["model"] for row in rows],
    )
    assert (found["verdict"], found["judged"], found["labelled"]) == (same.fitness.verdict, 600, 300)
    assert found["corrected"] == {"value": same.corrected.value, "low": same.corrected.low, "high": same.corrected.high}
    assert [part["name"] for part in found["segments"]] == ["a", "b"]
    assert found["against_people"]["counts"] == [list(row) for row in same.against_people.counts]


def test_labels_can_be_hidden_and_drawn_again(table: Path) -> None:
    once = answer(table.parent, table.name, "--judge", "judge", "--human", "human", "--labels", "50", "--seed", "3")
    assert once["labelled"] == 50
    assert once == answer(table.parent, table.name, "--judge", "judge", "--human", "human", "--labels", "50", "--seed", "3")
    many = answer(table.parent, table.name, "--judge", "judge", "--human", "human", "--labels", "50", "--repeat", "300")
    assert {"coverage", "mean_width", "human_only_mean_width"} <= many.keys()
    assert many["coverage"] >= 0.9
    assert many["mean_width"] < many["human_only_mean_width"]


def test_a_shell_runs_it_without_a_network(table: Path) -> None:
    """A proxy that is not there catches whoever asks."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
    env |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "sightline", "calibrate", table.name, "--judge", "judge", "--human", "human", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=table.parent, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "usable"


def test_people_read_tables(table: Path) -> None:
    done = run(table.parent, table.name, "--judge", "judge", "--human", "human", "--segment", "model")
    assert done.exit_code == 0
    assert done.stdout.startswith("judge: usable. kappa ")
    assert "corrected" in done.stdout


def test_scores_pairs_and_words(tmp_path: Path) -> None:
    write(tmp_path / "scores.csv", "judge,human", [(1 + i % 5, 1 + (i + (i % 7 == 0)) % 5) for i in range(100)])
    assert answer(tmp_path, "scores.csv", "--judge", "judge", "--human", "human")["kind"] == "score"
    write(tmp_path / "pairs.csv", "ab,ba,label", [("A>B", "B>A", "A>B")] * 60)
    found = answer(tmp_path, "pairs.csv", "--judge", "ab", "--swapped", "ba", "--human", "label")
    assert (found["consistent"]["value"], found["flagged"]) == (1.0, False)
    write(tmp_path / "words.csv", "judge,human", [("good", "yes"), ("bad", "no"), ("good", ""), ("", "yes")])
    found = answer(tmp_path, "words.csv", "--judge", "judge", "--human", "human", "--pass", "good")
    assert (found["judged"], found["labelled"], found["rows_without_a_verdict"]) == (3, 2, 1)


def test_people_times_and_other_traffic(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    rows = []
    for i in range(400):
        truth = int(random.random() < 0.6)
        one, other, judge = (truth if random.random() < 0.9 else 1 - truth for _ in range(3))
        label = one if i < 200 else ""
        rows.append((judge, label, one if i < 200 else "", other if i < 200 else "", "2026-01-01" if i < 200 else "2026-03-01T10:00:00Z"))
    write(tmp_path / "people.csv", "judge,human,ann,bob,at", rows)
    columns = ["--judge", "judge", "--human", "human", "--rater", "ann", "--rater", "bob", "--time", "at"]
    found = answer(tmp_path, "people.csv", *columns, "--apart")
    assert (found["judged"], found["labelled"]) == (200, 200)
    assert found["people"]["items"] == 200
    assert "People agree with each other at alpha" in found["reason"]
    assert any("Labels are old: the newest is 59 days behind" in warning for warning in found["warnings"])


@pytest.mark.parametrize(
    ("rows", "arguments", "right"),
    [
        pytest.param([(1, 1)], ["--judge", "gpt", "--human", "human"], "no column 'gpt': its columns are 'judge', 'human'", id="column"),
        pytest.param([], ["--judge", "judge", "--human", "human"], "has a header and no rows", id="rows"),
        pytest.param([("", 1)], ["--judge", "judge", "--human", "human"], "column 'judge' is empty", id="empty"),
        pytest.param([("ok", 1)], ["--judge", "judge", "--human", "human"], "'ok'. Say which of them count as passed: --pass", id="words"),
        pytest.param([(1, 1)] * 5, ["--judge", "judge", "--human", "human", "--labels", "6"], "give 1 to 5", id="labels"),
        pytest.param([(1, 1)] * 5, ["--judge", "judge", "--human", "human", "--repeat", "9"], "give N from 1 to 5", id="repeat"),
        pytest.param([(1, 0.5)], ["--judge", "judge", "--human", "judge", "--weight", "human"], "a weight is 1/p", id="weight"),
        pytest.param([(1, 1)], ["--judge", "judge", "--human", "human", "--apart"], "column 'human' is full: leave it out", id="apart"),
        pytest.param([(1, "soon")], ["--judge", "judge", "--human", "judge", "--time", "human"], "write times as 2026-11-25", id="time"),
        pytest.param(
            [("x", "A")], ["--judge", "judge", "--human", "human", "--swapped", "human"], "names no winner: write A>B", id="pairs"
        ),
    ],
)
def test_an_error_says_what_would_be_right(tmp_path: Path, rows: list[tuple[object, ...]], arguments: list[str], right: str) -> None:
    write(tmp_path / "verdicts.csv", "judge,human", rows)
    done = run(tmp_path, "verdicts.csv", *arguments)
    assert done.exit_code == 1
    assert right in done.stderr
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b'judge,human\n"1,0\n'])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "no.csv").write_bytes(content)
    done = run(tmp_path, "no.csv", "--judge", "judge", "--human", "human")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.csv.gz").write_bytes(gzip.compress(b"judge,human\n1,1\n" * 100)[:40])
    done = run(tmp_path, "no.csv.gz", "--judge", "judge", "--human", "human")
    assert done.exit_code == 1
    assert "can't be read as CSV" in done.stderr
