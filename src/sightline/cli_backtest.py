"""`sightline backtest`: a file replayed hour by hour, and what would have been raised. No server, no network."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sightline.errors import BadTableError
from sightline.insight.replay import Replay, replay_requests, replay_series

_KNOWN = {"by": list, "measures": list, "learn_days": int, "budget": (int, float)}


def backtest_file(
    file: Path, asked: Replay, *, value: str | None, series: str | None, config: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Print what would have been raised: JSON lines, or a table. Raises BadTableError, UnknownFactError, OSError."""
    if config is not None:
        asked = configured(asked, config)
    if value is not None:
        raised, changes = replay_series(file, time=asked.time, value=value, name=series)
        lines: list[dict[str, Any]] = [{"at": one.at, "series": one.series, "value": one.value, "kind": "surprise"} for one in raised]
        lines += [{"at": at, "series": name, "kind": "level"} for name, of in changes.items() for at in of]
    else:
        lines = [
            {
                "at": one.hour * 3600, "metric": one.metric, "where": dict(one.where), "label": one.label, "z": round(one.z, 2),
                "effect": one.effect, "window_h": one.window_h, "scale": one.scale, "q": round(one.q, 6),
            }
            for one in replay_requests(file, asked)
        ]  # fmt: skip
    if as_json:
        for line in lines:
            print(json.dumps(line, ensure_ascii=False))
    else:
        _print(lines)


def configured(asked: Replay, config: Path) -> Replay:
    """What the file says over what was asked. Raises BadTableError that names the key."""
    try:
        said: Mapping[str, Any] = tomllib.loads(config.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTableError(f"{config} can't be read as TOML: {error}") from error
    for key, one in said.items():
        if key not in _KNOWN:
            raise BadTableError(f"{config}: unknown key {key!r}; known are {', '.join(_KNOWN)}.")
        if not isinstance(one, _KNOWN[key]):  # type: ignore[arg-type]
            raise BadTableError(f"{config}: {key} is {one!r}, which is of the wrong type.")
    if said.get("learn_days", 1) < 1 or said.get("budget", 1) <= 0:
        raise BadTableError(f"{config}: learn_days is 1 or more and budget above 0.")
    return replace(asked, **said)


def _print(lines: list[dict[str, Any]]) -> None:
    console = Console(highlight=False, markup=False)
    if not lines:
        console.print("Nothing would have been raised.")
        return
    table = Table()
    names = [
        name
        for name in ("at", "series", "metric", "where", "label", "kind", "value", "z", "effect", "window_h")
        if any(name in line for line in lines)
    ]
    for name in names:
        table.add_column(name, justify="right" if name in ("value", "z", "effect", "window_h") else "left")
    for line in lines:
        table.add_row(*(_cell(name, line.get(name)) for name in names))
    console.print(table)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "at" and value > 1e8:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        return ", ".join(f"{key} = {of}" for key, of in value.items()) or "everything"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
