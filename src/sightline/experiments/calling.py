"""Functions of users: found by name, called with what their parameters ask for, synchronous or not."""

import asyncio
import contextvars
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

from sightline.errors import BadRequestError


def find(name: str) -> Callable[..., Any]:
    """What `module:function` names; the working directory is looked in first. Raises BadRequestError."""
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise BadRequestError(f"{name!r} names no function: write module:function, such as app.answers:answer.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module and not module.startswith(f"{error.name}."):
            raise BadRequestError(f"{name!r} can't be imported: {error}.") from error
        raise BadRequestError(f"There is no module {error.name!r}, neither installed nor in {here}.") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise BadRequestError(f"Module {module!r} has no {attribute!r}.")
        found = getattr(found, part)
    if not callable(found):
        raise BadRequestError(f"{name!r} is no function: it can't be called.")
    return found  # type: ignore[no-any-return]


def wanted(function: Callable[..., Any], known: Mapping[str, Any], first: str) -> dict[str, Any]:
    """The arguments that a function's parameters ask for by name; its first parameter is `first` whatever its name.

    Raises BadRequestError for a parameter without a default that nothing is known for.
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return {"": known[first]}
    found: dict[str, Any] = {}
    for place, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_KEYWORD or parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.name in known:
            found[parameter.name] = known[parameter.name]
        elif place == 0:
            found[parameter.name] = known[first]
        elif parameter.default is parameter.empty:
            raise BadRequestError(
                f"{getattr(function, '__qualname__', function)!r} asks for {parameter.name!r}: there are {', '.join(known)}."
            )
    return found


async def call(function: Callable[..., Any], arguments: Mapping[str, Any], executor: Executor) -> Any:
    """What the function returns; one that is not asynchronous runs in a thread, in this task's context."""
    by_name = {name: value for name, value in arguments.items() if name}
    by_place = [value for name, value in arguments.items() if not name]
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None)):  # noqa: B004
        return await function(*by_place, **by_name)
    context = contextvars.copy_context()
    work = partial(context.run, partial(function, *by_place, **by_name))
    found = await asyncio.get_running_loop().run_in_executor(executor, work)
    return await found if inspect.isawaitable(found) else found
