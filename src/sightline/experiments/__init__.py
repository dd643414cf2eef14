"""Run something over a dataset and have it compared: what `sightline eval` and the pytest plugin are made of. Knows only the HTTP API."""

from sightline.experiments.client import Client, ServerSaidNoError
from sightline.experiments.comparing import Comparison, compare_with
from sightline.experiments.evaluators import Evaluator, Score, load_evaluator
from sightline.experiments.running import Plan, Ran, StoppedError, resume, run
from sightline.experiments.subjects import Callable_, PromptModel, Subject, load_callable, load_prompt

__all__ = [
    "Callable_",
    "Client",
    "Comparison",
    "Evaluator",
    "Plan",
    "PromptModel",
    "Ran",
    "Score",
    "ServerSaidNoError",
    "StoppedError",
    "Subject",
    "compare_with",
    "load_callable",
    "load_evaluator",
    "load_prompt",
    "resume",
    "run",
]
