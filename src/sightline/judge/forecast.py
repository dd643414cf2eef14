"""What a judge will cost, while it is still being edited: '1,840 matching a week × 40 % × $0.001'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sightline.judge import backlog
from sightline.judge.backlog import DAY_NS, Version
from sightline.judge.definition import Prices
from sightline.query import Binder, Reader, Window

_EXAMPLES = 20
_BYTES_A_TOKEN = 4
_ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Forecast:
    """A week of a definition. `usd_per_verdict` None: no price is known. `basis`: what it is taken from. `days` of traffic were seen."""

    matching_per_week: float
    selected_share: float
    usd_per_verdict: float | None
    basis: Literal["verdicts", "estimate", "code"]
    days: float

    @property
    def verdicts_per_week(self) -> float:
        """How many the sampling selects."""
        return self.matching_per_week * self.selected_share

    @property
    def usd_per_week(self) -> float | None:
        """What they cost."""
        return None if self.usd_per_verdict is None else self.verdicts_per_week * self.usd_per_verdict

    def text(self) -> str:
        """As a person would say it."""
        cost = "cost unknown" if self.usd_per_verdict is None else f"${self.usd_per_verdict:.2g}"
        total = "" if self.usd_per_week is None else f" = ${self.usd_per_week:,.2f} a week"
        return f"{self.matching_per_week:,.0f} matching a week × {self.selected_share:.0%} × {cost}{total}"


async def forecast(reader: Reader, of: Version, prices: list[Prices | None], *, now_ns: int) -> Forecast:
    """From the last seven days' traffic, or as much of them as there is."""
    window = Window(now_ns - 7 * DAY_NS, now_ns)
    binder = Binder()
    first = (
        await reader.rows(backlog.statement("first_start", window=binder.traces_in(window)), {**binder.params, "project": of.project})
    )[0]
    seen = await backlog.progress(reader, of, window, now_ns=now_ns)
    days = max((now_ns - first["start_ns"]) / DAY_NS, 1 / 1440) if first["n"] else 7.0
    share = seen.expected / seen.matching if seen.matching else of.definition.sampling.rate
    cost, basis = await usd_per_verdict(reader, of, prices, window, now_ns=now_ns)
    return Forecast(seen.matching * 7 / min(days, 7.0), share, cost, basis, min(days, 7.0))


async def usd_per_verdict(
    reader: Reader, of: Version, prices: list[Prices | None], window: Window, *, now_ns: int
) -> tuple[float | None, Literal["verdicts", "estimate", "code"]]:
    """The mean of the judge's latest thousand; else an estimate from the size of some of its targets at four bytes a token."""
    if of.definition.evaluator is not None:
        return 0.0, "code"
    params = {"project": of.project, "name": of.name, "author": of.judge_id}
    if of.judge_id:
        known = (await reader.rows(backlog.statement("cost_of_verdicts"), params))[0]
        if known["n"]:
            return float(known["usd"]), "verdicts"
    if any(price is None for price in prices):
        return None, "estimate"
    targets = await backlog.owed(reader, of, window, now_ns=now_ns, rows=_EXAMPLES)
    sizes = [_shown(spans) for spans in await backlog.spans_of(reader, of.project, of.definition, targets)] if targets else []
    size = min(sum(sizes) / len(sizes), of.definition.max_input_bytes) if sizes else 4_000.0
    given = (size + len(of.definition.rubric.encode()) + 2_000) / _BYTES_A_TOKEN
    taken = min(_ANSWER_TOKENS, of.definition.max_output_tokens)
    return sum((given * price.input_usd + taken * price.output_usd) / 1_000_000 for price in prices if price is not None), "estimate"


def _shown(spans: Sequence[Mapping[str, Any]]) -> int:
    return sum(len(str(value)) for span in spans for value in span["attributes"].values())
