"""A thread continues the request that started it, a pool's task the one that submitted it."""

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from opentelemetry import baggage, context, trace

from sightline.sdk._state import EXPORT_THREAD

_SEEN = "_sightline_threads"


def watch() -> None:
    """From now on `Thread.start` and `ThreadPoolExecutor.submit` hand the context over."""
    if hasattr(threading.Thread, _SEEN):
        return
    setattr(threading.Thread, _SEEN, True)
    start = threading.Thread.start
    submit: Any = ThreadPoolExecutor.submit

    @functools.wraps(start)
    def started(self: threading.Thread) -> None:
        here = context.get_current()
        if _says_something(here) and self.name != EXPORT_THREAD and not _is_pools(self):
            self.run = functools.partial(_run_in, here, self.run)  # type: ignore[method-assign]
        start(self)

    @functools.wraps(submit)
    def submitted(self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return submit(self, functools.partial(_run_in, context.get_current(), function), *args, **kwargs)

    threading.Thread.start = started  # type: ignore[method-assign]
    ThreadPoolExecutor.submit = submitted  # type: ignore[method-assign, assignment]


def _run_in(here: context.Context, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    token = context.attach(here)
    try:
        return function(*args, **kwargs)
    finally:
        context.detach(token)


def _says_something(here: context.Context) -> bool:
    return trace.get_current_span(here).get_span_context().is_valid or bool(baggage.get_all(here))


def _is_pools(thread: threading.Thread) -> bool:
    """A pool's thread outlives the request that happened to need it first."""
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", "") == "concurrent.futures.thread"
