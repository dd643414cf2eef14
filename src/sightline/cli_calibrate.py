"""`sightline calibrate`: a table of verdicts, and how far the judge that gave them can be believed. No server, no network."""

import csv
import gzip
import json
import math
import zlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from sightline.errors import BadTableError

if TYPE_CHECKING:
    from sightline.stats.calibration import Calibration
    from sightline.stats.intervals import Interval
    from sightline.stats.pairs import OrderConsistency
    from sightline.stats.redraws import Redraws

Numbers = NDArray[np.float64]

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
_WORDS = {
    "true": 1.0, "yes": 1.0, "pass": 1.0, "passed": 1.0, "correct": 1.0,
    "false": 0.0, "no": 0.0, "fail": 0.0, "failed": 0.0, "incorrect": 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what."""

    judge: str
    human: str
    segment: str | None = None
    swapped: str | None = None
    cluster: str | None = None
    weight: str | None = None
    label_weight: str | None = None
    time: str | None = None
    raters: tuple[str, ...] = ()

    def named(self) -> list[str]:
        """Every column that is read, once."""
        single = [self.judge, self.human, self.segment, self.swapped, self.cluster, self.weight, self.label_weight, self.time]
        return list(dict.fromkeys(name for name in [*single, *self.raters] if name is not None))


def calibrate_file(
    file: Path, columns: Columns, *, passing: str | None, labels: int | None, repeat: int | None, apart: bool, seed: int, as_json: bool
) -> None:
    """Print what a table of verdicts says of its judge. Raises BadTableError and OSError."""
    table = _read(file, columns)
    if columns.swapped is not None:
        _pairs(table, columns, file, as_json=as_json)
        return
    answer = _Verdicts.of(table, columns, passing)
    if repeat is not None:
        _repeat(answer, file, columns, labels, repeat, seed, as_json=as_json)
        return
    if labels is not None:
        answer = answer.keep(labels, seed)
    if apart and np.isfinite(answer.human).all():
        raise BadTableError(f"--apart asks about the rows without a label, and column {columns.human!r} is full: leave it out.")
    _report(answer, file, columns, seed, apart=apart, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Verdicts:
    judge: Numbers
    human: Numbers
    segments: list[str] | None
    clusters: NDArray[np.int64] | None
    weights: Numbers | None
    label_weights: Numbers | None
    ages_days: Numbers | None
    ratings: Numbers | None
    skipped: int

    @classmethod
    def of(cls, table: dict[str, list[str]], columns: Columns, passing: str | None) -> "_Verdicts":
        words = None if passing is None else {word.strip().lower() for word in passing.split(",")}
        judge, human = (_numbers(table[name], name, words) for name in (columns.judge, columns.human))
        here = np.isfinite(judge)
        if not here.any():
            raise BadTableError(f"column {columns.judge!r} is empty: nothing was judged.")

        def kept(name: str | None) -> list[str] | None:
            return None if name is None else [value for value, keep in zip(table[name], here, strict=True) if keep]

        clusters = kept(columns.cluster)
        return cls(
            judge[here], human[here], kept(columns.segment),
            None if clusters is None else np.unique(np.asarray(clusters, dtype=str), return_inverse=True)[1].astype(np.int64),
            _weights(kept(columns.weight), columns.weight), _weights(kept(columns.label_weight), columns.label_weight),
            _ages(kept(columns.time), columns.time),
            np.stack([_numbers(table[name], name, words)[here] for name in columns.raters], axis=1) if columns.raters else None,
            int((~here).sum()),
        )  # fmt: skip

    def keep(self, labels: int, seed: int) -> "_Verdicts":
        """With the labels of that many rows, drawn at random; the others' are hidden."""
        labelled = np.flatnonzero(np.isfinite(self.human))
        if not 1 <= labels <= labelled.size:
            raise BadTableError(f"--labels {labels}: give 1 to {labelled.size:,}, the rows that people labelled.")
        shown = np.full(self.human.shape, np.nan)
        chosen = np.random.default_rng(seed).permutation(labelled)[:labels]
        shown[chosen] = self.human[chosen]
        return replace(self, human=shown)


def _read(file: Path, columns: Columns) -> dict[str, list[str]]:
    """The named columns, as text. Rows are numbered as in the file."""
    wanted = columns.named()
    try:
        with _open(file) as lines:
            rows = csv.DictReader(lines, strict=True)
            known = rows.fieldnames or []
            for name in wanted:
                if name not in known:
                    raise BadTableError(f"{file} has no column {name!r}: its columns are {_listed(known)}.")
            found: dict[str, list[str]] = {name: [] for name in wanted}
            for row in rows:
                for name in wanted:
                    found[name].append((row[name] or "").strip())
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadTableError(f"{file} can't be read as CSV in UTF-8: {error}") from error
    if not found[columns.judge]:
        raise BadTableError(f"{file} has a header and no rows.")
    return found


def _open(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _numbers(values: list[str], name: str, passing: Collection[str] | None) -> Numbers:
    """A column as numbers, NaN where it says nothing."""
    found = np.full(len(values), np.nan)
    wrong: set[str] = set()
    for i, value in enumerate(values):
        lower = value.lower()
        if lower in _MISSING:
            continue
        number = _number(lower)
        if passing is not None and number is None:
            found[i] = float(lower in passing)
        elif number is None:
            wrong.add(value)
        else:
            found[i] = number
    if wrong:
        raise BadTableError(
            f"column {name!r} holds words that are neither numbers nor yes/no: {_listed(sorted(wrong))}. Say which of them count as"
            " passed: --pass 'good,acceptable'."
        )
    return found


def _number(value: str) -> float | None:
    if value in _WORDS:
        return _WORDS[value]
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _weights(values: list[str] | None, name: str | None) -> Numbers | None:
    if values is None:
        return None
    found = np.array([_number(value) or 0.0 for value in values])
    if (found < 1 - 1e-9).any():
        row = int(np.flatnonzero(found < 1 - 1e-9)[0])
        raise BadTableError(f"column {name!r} holds {values[row]!r}: a weight is 1/p of a probability, so it is 1 or more.")
    return found


def _ages(values: list[str] | None, name: str | None) -> Numbers | None:
    """Days before the newest."""
    if values is None:
        return None
    at = np.full(len(values), np.nan)
    for i, value in enumerate(values):
        if value.lower() in _MISSING:
            continue
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadTableError(f"column {name!r} holds {value!r}: write times as 2026-11-25 or 2026-11-25T10:00:00Z.") from error
        at[i] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86_400
    return np.nanmax(at) - at if np.isfinite(at).any() else at


def _listed(names: Collection[str]) -> str:
    some = list(names)[:20]
    return ", ".join(repr(name) for name in some) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _report(answer: _Verdicts, file: Path, columns: Columns, seed: int, *, apart: bool, as_json: bool) -> None:
    from sightline.stats.calibration import calibrate

    of_several = 1 if columns.human in columns.raters else max(len(columns.raters), 1)
    found = calibrate(
        answer.judge, answer.human, segments=answer.segments, weights=answer.weights, label_weights=answer.label_weights,
        clusters=answer.clusters, ages_days=answer.ages_days, ratings=answer.ratings, raters_per_label=of_several,
        counted=~np.isfinite(answer.human) if apart else None, seed=seed,
    )  # fmt: skip
    if as_json:
        _print_json(_head(file, columns, answer) | _flat(found))
    else:
        _print_report(found, columns)


def _repeat(answer: _Verdicts, file: Path, columns: Columns, labels: int | None, repeat: int, seed: int, *, as_json: bool) -> None:
    from sightline.stats.redraws import redraw

    labelled = int(np.isfinite(answer.human).sum())
    if labels is None or not 1 <= labels <= labelled:
        raise BadTableError(f"--repeat draws --labels N of the {labelled:,} labels again and again: give N from 1 to {labelled:,}.")
    if answer.weights is not None or answer.label_weights is not None:
        raise BadTableError("--repeat draws labels uniformly: leave --weight and --label-weight out.")
    names, at = (None, None) if answer.segments is None else np.unique(np.asarray(answer.segments, dtype=str), return_inverse=True)
    whole, parts = redraw(
        answer.judge, answer.human, labels=labels, repeat=repeat, segments=at, count=0 if names is None else names.size, seed=seed
    )
    if as_json:
        named = [] if names is None else [{"segment": str(name)} | asdict(part) for name, part in zip(names, parts, strict=True)]
        _print_json(_head(file, columns, answer) | asdict(whole) | {"seed": seed, "segments": named})
    else:
        rows = [("all", whole), *([] if names is None else zip(names.tolist(), parts, strict=True))]
        _print_redraws(rows)


def _pairs(table: dict[str, list[str]], columns: Columns, file: Path, *, as_json: bool) -> None:
    from sightline.stats.pairs import order_consistency, read_preferences

    assert columns.swapped is not None
    first, second, label = (read_preferences(table[name], name) for name in (columns.judge, columns.swapped, columns.human))
    of = np.full(first.size, "all") if columns.segment is None else np.asarray(table[columns.segment], dtype=str)
    found = [(str(name), order_consistency(first[of == name], -second[of == name], label[of == name])) for name in np.unique(of)]
    if not as_json:
        _print_pairs(found)
        return
    head = {"file": str(file), "judge": columns.judge, "swapped": columns.swapped, "human": columns.human, "segment": columns.segment}
    if columns.segment is None:
        _print_json(head | asdict(found[0][1]))
    else:
        _print_json(head | {"segments": [{"segment": name} | asdict(part) for name, part in found]})


def _head(file: Path, columns: Columns, answer: _Verdicts) -> dict[str, Any]:
    named = {"file": str(file), "judge": columns.judge, "human": columns.human, "segment": columns.segment}
    return named | {"rows_without_a_verdict": answer.skipped}


def _flat(found: "Calibration") -> dict[str, Any]:
    said = asdict(found)
    fitness = said.pop("fitness")
    return {"verdict": fitness["verdict"], "reason": fitness["reason"], "labels_to_decide": fitness["labels_to_decide"]} | said


def _print_json(said: dict[str, Any]) -> None:
    print(json.dumps(_finite(said), ensure_ascii=False))


def _finite(value: Any) -> Any:
    """NaN and infinity are no JSON: what is unknown or unbounded is null."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, np.generic):
        return _finite(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _console() -> Console:
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=160)


def _said(of: "Interval | None") -> str:
    return "–" if of is None or not math.isfinite(of.value) else f"{of.value:.3f}  ({of.low:.3f} to {of.high:.3f})"


def _print_report(found: "Calibration", columns: Columns) -> None:
    console = _console()
    console.print(f"{columns.judge}: {found.fitness.verdict}. {found.fitness.reason}")
    for warning in found.warnings:
        console.print(f"! {warning}")
    table = Table(show_header=False)
    against = found.against_people
    halve = "more labels can't" if found.labels_to_halve is None else f"{found.labels_to_halve:,} labels in all"
    for name, value in [
        ("judged, labelled", f"{found.judged:,}, {found.labelled:,}"),
        ("the judge alone", "not on people's scale" if math.isnan(found.raw) else f"{found.raw:.3f}"),
        ("corrected", _said(found.shown)),
        ("labels alone", _said(found.labels_only)),
        ("the other way round", _said(found.rogan_gladen.rate if found.rogan_gladen else found.inverse_mean)),
        (against.measure, _said(against.agreement)),
        ("sensitivity", _said(against.sensitivity)),
        ("specificity", _said(against.specificity)),
        ("half the interval", halve),
        ("people among themselves", _said(found.people.alpha if found.people else None)),
    ]:
        table.add_row(name, value)
    console.print(table)
    if found.segments:
        console.print(_table_of_segments(found))


def _table_of_segments(found: "Calibration") -> Table:
    table = Table()
    for title in ("segment", "judged", "labelled", "judge alone", "corrected", "judge − people", "adjusted p"):
        table.add_column(title, justify="left" if title == "segment" else "right")
    for part in found.segments:
        bias = part.bias
        table.add_row(
            part.name, f"{part.judged:,}", f"{part.labelled:,}", "–" if math.isnan(part.raw) else f"{part.raw:.3f}", _said(part.corrected),
            _said(bias.bias if bias else None), "–" if bias is None or not bias.labelled else f"{bias.adjusted_p:.3f}{' !' * bias.flagged}",
        )  # fmt: skip
    return table


def _print_redraws(rows: "list[tuple[str, Redraws]]") -> None:
    table = Table()
    for title in ("", "people", "judge off by", "coverage", "mean width", "labels alone", "their width", "ratio", "corrected off by"):
        table.add_column(title, justify="left" if not title else "right")
    for name, of in rows:
        table.add_row(
            name, f"{of.truth:.3f}", f"{of.raw_error:.3f}", f"{of.coverage:.3f}", f"{of.mean_width:.3f}", f"{of.human_only_coverage:.3f}",
            f"{of.human_only_mean_width:.3f}", f"{of.width_ratio:.3f}", f"{of.mean_error:.3f}",
        )  # fmt: skip
    _console().print(table)


def _print_pairs(found: "list[tuple[str, OrderConsistency]]") -> None:
    console = _console()
    for name, of in found:
        console.print(f"{name}: {of.verdict}. {of.reason}")
    table = Table()
    for title in ("", "pairs", "not in both orders", "same verdict", "same winner", "order decides: the first wins", "p", "right in both"):
        table.add_column(title, justify="left" if not title else "right")
    for name, of in found:
        table.add_row(
            name, f"{of.pairs:,}", f"{of.missing:,}", _said(of.consistent), f"{of.decisive_share:.3f}", _said(of.first_preferred),
            f"{of.position_p_value:.2g}", _said(of.right_in_both),
        )  # fmt: skip
    console.print(table)
