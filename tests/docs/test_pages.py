"""Pages that are made from the code say what the code says."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from sightline.cli import app
from sightline.facts import FACTS, SOURCES
from sightline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_configuration_page_is_the_settings() -> None:
    made = subprocess.run([sys.executable, str(ROOT / "scripts" / "configuration.py")], capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs" / "configuration.md").read_text() == made
    assert all(f"`{name}`" in made for name in Settings.model_fields)


def test_the_conventions_page_is_the_table() -> None:
    made = subprocess.run([sys.executable, str(ROOT / "scripts" / "conventions.py")], capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs" / "conventions.md").read_text() == made
    assert all(f"**{fact}**" in made for fact in SOURCES if fact in FACTS)


def test_an_option_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["serve", "--data", str(tmp_path / "data"), "--port", "70000"])
    assert done.exit_code == 1
    assert "port" in done.stderr
    assert "65535" in done.stderr


def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["serve", "--data", str(tmp_path / "data")], env={"SIGHTLINE_RETENTION_DAYS": "8"})
    assert done.exit_code == 1
    assert "retention_days" in done.stderr
