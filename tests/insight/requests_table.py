"""A made-up table of requests for the tests here: skewed, correlated dimensions, and one thing that changes."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rows = dict[str, list[str]]
Effect = Callable[[dict[str, NDArray[np.str_]], NDArray[np.bool_]], NDArray[np.float64]]
TOKENS = {"large": (3.0, 12.0), "small": (0.3, 1.2)}  # dollars per million tokens, in and out


def requests(
    count: int = 20_000, *, seed: int = 0, fails: Effect | None = None, price_of: Effect | None = None, growing: bool = False,
) -> Rows:  # fmt: skip
    """Half of the rows are of release v1, half of v2. fails: probability of failing; price_of: factor on the bill; growing: one task
    takes five times its share after."""
    random = np.random.default_rng(seed)
    after = np.arange(count) >= count // 2
    tenant = random.choice([f"t{i}" for i in range(12)], count, p=np.arange(12, 0, -1) / 78)
    hard = np.where(after & growing, 0.5, 0.1)
    task = np.where(random.random(count) < hard, "agent", random.choice(["chat", "summary"], count, p=[0.7, 0.3]))
    model = np.where(random.random(count) < np.where(task == "chat", 0.3, 0.8), "large", "small")
    region = random.choice(["eu", "us", "asia"], count, p=[0.5, 0.3, 0.2])
    named = {"tenant": tenant, "task": task, "model": model, "region": region}
    chance = 0.03 + 0.07 * (task == "agent") + (0 if fails is None else fails(named, after))
    failed = random.random(count) < chance
    tokens = np.maximum(random.lognormal(6.5, 0.8, (2, count)).astype(int), 1)
    rate = np.array([TOKENS[one] for one in model]).T * 1e-6
    bill = (rate * tokens).sum(axis=0) * (1 if price_of is None else price_of(named, after))
    columns = {
        **named, "release": np.where(after, "v2", "v1"), "failed": failed.astype(int), "input_tokens": tokens[0],
        "cache_read_tokens": np.zeros(count, int), "output_tokens": tokens[1], "cost_usd": bill,
    }  # fmt: skip
    return {name: [str(one) for one in of] for name, of in columns.items()}


def write(rows: Rows, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(rows)
        lines.writerows(zip(*rows.values(), strict=True))
    return path
