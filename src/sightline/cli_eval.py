"""`sightline eval`: run a function, or prompts with models, over a dataset, and compare what came of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from sightline.errors import BadRequestError
from sightline.experiments import (
    Client,
    Comparison,
    Evaluator,
    Plan,
    Ran,
    Subject,
    compare_with,
    load_callable,
    load_evaluator,
    load_prompt,
    resume,
    run,
)

EXIT_CODES = {"pass": 0, "regression": 3, "not enough data": 4}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command's options."""

    dataset: str | None
    function: str | None
    prompts: Sequence[Path]
    models: Sequence[str]
    endpoint: str
    provider: str
    key_variable: str
    temperature: float | None
    max_tokens: int | None
    evaluators: Sequence[str]
    name: str | None
    version: int | None
    repeats: int
    items: int | None
    concurrency: int
    resume: str | None
    against: str | None
    scores: Sequence[str]
    lower: Sequence[str]
    margin: float
    author: str


def evaluate(client: Client, wanted: Wanted, *, as_json: bool) -> int:
    """Run it, print what came of it, and return the exit code: 0 passed or not compared, 3 a regression, 4 not enough data.

    Raises BadRequestError, ServerSaidNoError and StoppedError.
    """
    evaluators = [load_evaluator(name) for name in wanted.evaluators]
    subjects = _subjects(wanted)
    if wanted.resume is not None and len(subjects) > 1:
        raise BadRequestError("--resume goes on with one experiment: give one prompt and one model.")
    screen = Console(stderr=True, highlight=False)
    ran = [_ran(client, wanted, subject, name, evaluators, screen) for name, subject in subjects]
    against = wanted.against or (str(ran[0].experiment["id"]) if len(ran) > 1 else None)
    compared = [_compared(client, one, against, wanted) for one in ran]
    code = max((EXIT_CODES[one.outcome] for one in compared if one is not None), key=_severity, default=0)
    if as_json:
        print(json.dumps([_as_json(client, one, found) for one, found in zip(ran, compared, strict=True)]))
        return code
    for one, found in zip(ran, compared, strict=True):
        _show(client, one, found, against, Console(highlight=False))
    return code


def _severity(code: int) -> int:
    return {0: 0, 4: 1, 3: 2}[code]


def _subjects(wanted: Wanted) -> list[tuple[str | None, Subject]]:
    """What to run, each with the name that tells it from the others."""
    if wanted.function is not None:
        if wanted.prompts or wanted.models:
            raise BadRequestError("Give --run, or --prompt with --model, not both.")
        return [(None, load_callable(wanted.function))]
    if not wanted.prompts or not wanted.models:
        raise BadRequestError("Say what to run: --run module:function, or --prompt FILE with --model NAME (both may be repeated).")
    options = {"provider": wanted.provider, "temperature": wanted.temperature, "max_tokens": wanted.max_tokens}
    several = len(wanted.prompts) * len(wanted.models) > 1
    return [
        (
            f"{prompt.stem} × {model}" if several else None,
            load_prompt(prompt, model, endpoint=wanted.endpoint, key_variable=wanted.key_variable, **options),
        )
        for prompt in wanted.prompts
        for model in wanted.models
    ]


def _ran(client: Client, wanted: Wanted, subject: Subject, name: str | None, evaluators: Sequence[Evaluator], screen: Console) -> Ran:
    said = subject.about.get("callable") or subject.about.get("prompt") or "experiment"
    title = f"{wanted.name}: {name}" if wanted.name and name else wanted.name or name or str(said)
    plan = Plan(
        wanted.dataset or "", title, subject, evaluators, wanted.version, wanted.repeats, wanted.items, wanted.concurrency, wanted.author
    )
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[failed]}"), console=screen, transient=True) as shown:
        task = shown.add_task(title, total=None, failed="")

        def progress(done: int, total: int, failed: int) -> None:
            shown.update(task, completed=done, total=total, failed=f"{failed:,} failed" if failed else "")

        if wanted.resume is not None:
            return resume(client, wanted.resume, plan, progress)
        if not wanted.dataset:
            raise BadRequestError("Name the dataset to run over, or an experiment to --resume.")
        return run(client, plan, progress)


def _compared(client: Client, ran: Ran, against: str | None, wanted: Wanted) -> Comparison | None:
    if against is None or against == ran.experiment["id"]:
        return None
    return compare_with(client, ran.experiment, against, scores=wanted.scores, margin=wanted.margin, lower=wanted.lower)


def _as_json(client: Client, ran: Ran, found: Comparison | None) -> dict[str, Any]:
    summary = client.get(f"/experiments/{ran.experiment['id']}")
    return {"experiment": summary, "complaints": dict(ran.complaints), "comparison": None if found is None else dict(found.answer)}


def _show(client: Client, ran: Ran, found: Comparison | None, against: str | None, screen: Console) -> None:
    summary = client.get(f"/experiments/{ran.experiment['id']}")
    title = Text(f"{summary['name']}: {summary['results']:,} results over {summary['dataset_name']} v{summary['dataset_version']}")
    if summary["failed"]:
        title.append(f", {summary['failed']:,} failed", style="red")
    screen.print(title)
    if found is None:
        table = Table("score", "mean", "95 % interval", "items", show_edge=False)
        for one in summary["measures"]:
            mean = one["mean"]
            if mean["value"] is not None:
                between = "" if mean["low"] is None else f"{mean['low']:.4g} to {mean['high']:.4g}"
                table.add_row(Text(one["name"]), f"{mean['value']:.4g}", between, f"{mean['items']:,}")
        screen.print(table)
        if against is not None and against != ran.experiment["id"]:
            screen.print("There is nothing to compare with yet: this run is the first of its name.")
    else:
        for line in found.lines():
            screen.print(Text(line))
        screen.print(Text(found.outcome, style={"pass": "green", "regression": "red"}.get(found.outcome, "yellow")))
    for complaint, times in ran.complaints.items():
        screen.print(Text(f"evaluator failed {times:,} times: {complaint}", style="red"))
    screen.print(Text(f"{client.url.rstrip('/')}/experiments/{ran.experiment['id']}?project={client.project}", style="dim"))
