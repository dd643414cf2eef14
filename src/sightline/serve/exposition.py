"""Prometheus' text format, version 0.0.4: what a scraper reads.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: `suffix` is what stands behind the family's name (`_bucket`, `_sum`, `_count`)."""

    labels: Labels
    value: float
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Samples under one name. Names and labels are ours, values of labels anybody's."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[Sample]


def histogram(labels: Labels, bounds: Sequence[float], at_most: Sequence[float], n: float, total: float) -> list[Sample]:
    """The lines of one histogram. at_most: shape (bounds,), how many are at most each bound; n: how many there are; total: their sum."""
    buckets = [
        Sample({**labels, "le": _number(bound)}, count, "_bucket")
        for bound, count in [*zip(bounds, at_most, strict=True), (float("inf"), n)]
    ]
    return [*buckets, Sample(labels, total, "_sum"), Sample(labels, n, "_count")]


def exposition(families: Iterable[Family]) -> str:
    """The text of all families; one without samples is left out."""
    lines: list[str] = []
    for family in families:
        if family.samples:
            lines += [f"# HELP {family.name} {_escaped(family.help)}", f"# TYPE {family.name} {family.type}"]
            lines += [f"{family.name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}" for sample in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    said = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in labels.items())
    return f"{{{said}}}" if said else ""


def _escaped(text: str, *, quotes: bool = False) -> str:
    sound = text.encode("utf-8", "replace").decode().replace("\\", "\\\\").replace("\n", "\\n")
    return sound.replace('"', '\\"') if quotes else sound


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
