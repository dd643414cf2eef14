"""The pytest plugin: `sightline_eval` runs a function over a dataset and fails the test where it has become worse.

Nothing is imported before a test asks for the fixture: a suite that doesn't, doesn't pay.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sightline.experiments.comparing import Comparison


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--sightline-url` and `--sightline-project`."""
    group = parser.getgroup("sightline", "Sightline: tests over datasets")
    group.addoption("--sightline-url", default=None, help="The Sightline server [$SIGHTLINE_URL, else http://localhost:4318]")
    group.addoption("--sightline-project", default=None, help="The project of the datasets [$SIGHTLINE_PROJECT, else default]")


class SightlineEval:
    """What the fixture gives: call it with a dataset and a function."""

    def __init__(self, url: str, project: str, test: str) -> None:
        self._url = url
        self._project = project
        self._test = test

    def __call__(
        self,
        dataset: str,
        function: Callable[..., Any],
        *,
        evaluators: Sequence[Callable[..., Any]],
        against: str | None = "last",
        scores: Sequence[str] = (),
        margin: float = 0.0,
        lower: Sequence[str] = (),
        at_least: Mapping[str, float] | None = None,
        undecided: str = "pass",
        name: str | None = None,
        version: int | None = None,
        repeats: int = 1,
        items: int | None = None,
        concurrency: int = 8,
    ) -> "Comparison | None":
        """Run `function` over a dataset, score its outputs, and fail the test on a regression.

        against: an experiment's id, or `last`: the latest finished one with this name, which is the test's unless given; None compares
        with nothing. scores: what is gated, all of them without. margin: the loss that doesn't matter. lower: scores of which less is
        better. at_least: score → the least that the lower end of its interval may be. undecided: what 'not enough data' means: pass, fail
        or skip. Returns the comparison, None where there was nothing to compare with.
        """
        from sightline.experiments import Callable_, Client, Plan, compare_with, run
        from sightline.experiments.evaluators import named

        if undecided not in {"pass", "fail", "skip"}:
            raise pytest.UsageError(f"undecided is pass, fail or skip: this is {undecided!r}.")
        client = Client(self._url, self._project)
        subject = Callable_(function, f"{function.__module__}:{getattr(function, '__qualname__', function)}")
        plan = Plan(
            dataset, name or self._test, subject, [named(one) for one in evaluators], version=version, repeats=repeats, items=items,
            concurrency=concurrency, author="pytest",
        )  # fmt: skip
        ran = run(client, plan)
        for complaint, times in ran.complaints.items():
            pytest.fail(f"An evaluator failed {times} times: {complaint}", pytrace=False)
        self._check_levels(client, str(ran.experiment["id"]), at_least or {})
        found = None if against is None else compare_with(client, ran.experiment, against, scores=scores, margin=margin, lower=lower)
        if found is None or found.outcome == "pass":
            return found
        said = "\n".join([f"{found.outcome}:", *found.lines()])
        if found.outcome == "regression" or undecided == "fail":
            pytest.fail(said, pytrace=False)
        if undecided == "skip":
            pytest.skip(said)
        return found

    def _check_levels(self, client: Any, experiment_id: str, at_least: Mapping[str, float]) -> None:
        if not at_least:
            return
        measures = {one["name"]: one for one in client.get(f"/experiments/{experiment_id}")["measures"]}
        for score, least in at_least.items():
            if score not in measures:
                pytest.fail(f"at_least: there is no score {score!r}: there are {', '.join(measures)}.", pytrace=False)
            mean = measures[score]["mean"]
            if mean["low"] is None or mean["low"] < least:
                between = "an interval that is open" if mean["low"] is None else f"{mean['low']:.4g} to {mean['high']:.4g}"
                pytest.fail(f"{score} is {mean['value']} of {mean['items']} items, {between}: at least {least} was asked.", pytrace=False)


@pytest.fixture
def sightline_eval(request: pytest.FixtureRequest) -> SightlineEval:
    """Runs a function over a dataset and fails the test where it has become worse."""
    url = request.config.getoption("--sightline-url") or os.environ.get("SIGHTLINE_URL") or "http://localhost:4318"
    project = request.config.getoption("--sightline-project") or os.environ.get("SIGHTLINE_PROJECT") or "default"
    return SightlineEval(str(url), str(project), request.node.name)
