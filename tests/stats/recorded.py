"""Recorded verdicts of real judges, read where they lie."""

import csv
import gzip
from pathlib import Path

import numpy as np

from sightline.stats.intervals import Array

Rows = list[dict[str, str]]


def rows_of(shared: Path, folder: str, file: str = "verdicts") -> Rows:
    with gzip.open(shared / "data" / folder / f"{file}.csv.gz", "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def column(rows: Rows, name: str) -> Array:
    """As numbers, NaN where empty."""
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])
