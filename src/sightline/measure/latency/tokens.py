"""Slow because long, or slow because the provider is: what a call's tokens predict, model by model, and what they leave unexplained."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sightline.measure.asking import Json, number, ratio, shown
from sightline.measure.latency.asking import Asked, statement
from sightline.query import Binder, Reader, Row, Scene, Subject, Window, both, quoted
from sightline.stats.quantiles import mean_interval
from sightline.stats.regression import from_moments

FEWEST = 50
"""Calls below which nothing is fitted; the window before is what is compared with from so many on."""
_STEPS = 3
_TOKENS = 4  # a constant, uncached input, cached input, output


async def tokens(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /latency/tokens: the window against the one before it, as long. Raises what a filter that can't be raises."""
    now, before = asked.scene.window, asked.previous
    binder = Binder({"project": asked.scene.project})
    scene = Scene(asked.scene.project, Window((before or now).from_ns, now.to_ns), asked.scene.now_ns)
    source = Subject("spans", scene, binder).source(asked.filter)
    calls = statement("token_calls", source=source, **{"from": binder.time(now.from_ns)})

    async def ask(name: str, **params: object) -> list[Row]:
        return await reader.rows(statement(name, calls=calls), {**binder.params, **params})

    first = await ask("token_sums", names=[""], coefficients=[[0.0] * _TOKENS], scales=[0.0], rows=2 * limit)
    sides: dict[str, dict[bool, Row]] = {}
    for row in first:
        sides.setdefault(row["name"], {})[bool(row["is_now"])] = row
    fitted_on = {name: not (False in of and of[False]["n"] >= FEWEST) for name, of in sides.items()}
    names = [name for name, of in sides.items() if of.get(fitted_on[name], {"n": 0})["n"] >= FEWEST and True in of]
    lines = {name: _line(sides[name][fitted_on[name]]) for name in names}
    scales: dict[str, float] = {}
    for _ in range(_STEPS if names else 0):
        given: dict[str, object] = {"names": names, "coefficients": [lines[name] for name in names]}
        scales |= _of(await ask("token_scales", **given), fitted_on, "scale")
        sums = await ask("token_sums", **given, scales=[scales[name] for name in names], rows=2 * len(sides) + 2)
        lines |= {row["name"]: _line(row) for row in sums if row["name"] in lines and bool(row["is_now"]) is fitted_on[row["name"]]}
    slow_from = [sides[name][True]["p95"] for name in names]
    fits: dict[str, dict[bool, Row]] = {}
    if names:
        for row in await ask("token_fit", names=names, coefficients=[lines[name] for name in names], slow_from=slow_from):
            fits.setdefault(row["name"], {})[bool(row["is_now"])] = row
    return {
        "window": shown(now),
        "previous": None if before is None else shown(before),
        "fewest": FEWEST,
        "models": [_model(sides[name], fits[name], lines[name], fitted_on[name]) for name in names],
        "too_few": [
            _named(next(iter(of.values()))) | {"n": sum(row["n"] for row in of.values())} for name, of in sides.items() if name not in lines
        ],
    }


def _line(row: Row) -> list[float]:
    """ns at length 0, and per thousand tokens of each sort."""
    return [float(b) for b in from_moments(np.array(row["moments"]).reshape(_TOKENS, _TOKENS), np.array(row["products"]))]


def _of(rows: list[Row], fitted_on: Mapping[str, bool], what: str) -> dict[str, float]:
    return {row["name"]: float(row[what]) for row in rows if bool(row["is_now"]) is fitted_on[row["name"]]}


def _named(row: Row) -> dict[str, Json]:
    return {"provider": row["provider"] or None, "model": row["model"] or None}


def _model(rows: Mapping[bool, Row], fits: Mapping[bool, Row], line: list[float], on_itself: bool) -> dict[str, Json]:
    now, before = fits[True], None if on_itself else fits.get(False)
    named = _named(rows[True])
    fitted = now if on_itself else fits[False]
    made: dict[str, Any] = {
        **named,
        "fitted_on": "window" if on_itself else "previous",
        "base_ns": number(line[0]),
        "ns_per_input_token": number(line[1] / 1000),
        "ns_per_cached_token": number(line[2] / 1000),
        "ns_per_output_token": number(line[3] / 1000),
        "explained_variance": number(1 - fitted["square_off"] / fitted["variance"]) if fitted["variance"] else None,
        "typical_miss_ns": number(math.sqrt(fitted["variance_off"])),
        "now": _side(now),
        "before": None if before is None else _side(before),
        "change_ns": None,
        "by_length_ns": None,
        "residual_ns": None,
        "residual_low_ns": None,
        "residual_high_ns": None,
        "by_length_share": None,
        "slow": _slow(now),
        "filter": both(["kind = llm", *(f"{name} = {quoted(value)}" if value else f"{name} is null" for name, value in named.items())]),
    }
    if before is not None:
        change, by_length = now["mean"] - before["mean"], now["predicted"] - before["predicted"]
        apart = mean_interval(
            before["mean"] - before["predicted"], before["variance_off"], before["effective"],
            now["mean"] - now["predicted"], now["variance_off"], now["effective"],
        )  # fmt: skip
        made |= {
            "change_ns": number(change),
            "by_length_ns": number(by_length),
            "residual_ns": number(change - by_length),
            "residual_low_ns": None if apart is None else number(apart[0]),
            "residual_high_ns": None if apart is None else number(apart[1]),
            "by_length_share": number(ratio(by_length, change)),
        }
    made["sentence"] = _sentence(made)
    return made


def _side(row: Row) -> dict[str, Json]:
    return {
        "n": row["n"],
        "mean_ns": number(row["mean"]),
        "predicted_ns": number(row["predicted"]),
        "input_tokens": number(row["input_tokens"]),
        "output_tokens": number(row["output_tokens"]),
    }


def _slow(row: Row) -> dict[str, Json]:
    """Of the slowest twentieth: how much more than the mean they took, and how much of that their length predicts."""
    if not row["slow_n"]:
        return {"n": 0, "excess_ns": None, "by_length_ns": None, "by_length_share": None}
    excess, by_length = row["slow_mean"] - row["mean"], row["slow_predicted"] - row["predicted"]
    return {
        "n": row["slow_n"],
        "excess_ns": number(excess),
        "by_length_ns": number(by_length),
        "by_length_share": number(ratio(by_length, excess)),
    }


def _sentence(made: Mapping[str, Any]) -> str:
    name = made["model"] or "Calls without a model"
    if made["change_ns"] is None:
        share = made["slow"]["by_length_share"]
        if share is None:
            return f"Too few slow calls to {name} to say why."
        return f"Of what the slowest calls to {name} take over its mean, {_percent(share)} goes with their length."
    change, residual, by_length = made["change_ns"], made["residual_ns"], made["by_length_ns"]
    low, high = made["residual_low_ns"], made["residual_high_ns"]
    length = f"its calls are {'longer, which adds' if by_length > 0 else 'shorter, which saves'} {_ms(abs(by_length))}"
    if low is None or (low <= 0 <= high):
        equal = "at equal length nothing has clearly changed"
    else:
        equal = f"at equal length it is {_ms(abs(residual))} {'slower' if residual > 0 else 'faster'}"
    return f"{name} is {_ms(abs(change))} {'slower' if change > 0 else 'faster'} on average: {length}; {equal}."


def _ms(ns: float) -> str:
    return f"{ns / 1e9:.2f} s" if ns >= 1e9 else f"{ns / 1e6:.0f} ms"


def _percent(share: float) -> str:
    return f"{max(0.0, min(1.0, share)) * 100:.0f} %"
