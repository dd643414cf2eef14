"""Writes the files that reviewers read: `python -m tests.golden` (make golden), then read the diff."""

from pathlib import Path

from sightline.store.telemetry.schema import views

VIEWS = Path(__file__).parent / "facts" / "golden" / "views.sql"


def views_text() -> str:
    """Every view as the engine gets it, one after the other."""
    return ";\n\n".join(views(retention_days=90).values()) + ";\n"


if __name__ == "__main__":
    VIEWS.write_text(views_text())
