"""What is watched without being asked: signals of a table of requests, by the facts that it has as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Signal:
    """`measure` in the language of measures, of rows that satisfy `where`; `needs`: the columns it takes. `probability`: a column with p
    of a row having been measured. `tested`: how it is watched: as a share, a mean, the mean of logarithms, or a quantile's exceedance."""

    name: str
    measure: str
    tested: Literal["share", "mean", "log", "exceedance"]
    needs: tuple[str, ...]
    where: str = ""
    probability: str | None = None
    judged: bool = False


_LEAST_CACHEABLE = 600  # tokens: shorter prompts are cached by few providers

SIGNALS: tuple[Signal, ...] = (
    Signal("judge_pass", "mean(judge_pass)", "share", ("judge_pass", "judge_p"), probability="judge_p", judged=True),
    Signal("retrieval_score", "mean(retrieval_score)", "mean", ("retrieval_score",)),
    Signal("retrieval_empty", "mean(retrieval_empty)", "share", ("retrieval_empty",)),
    Signal("cost_usd", "mean(cost_usd)", "log", ("cost_usd",)),
    Signal("input_tokens", "mean(input_tokens)", "log", ("input_tokens",)),
    Signal("output_tokens", "mean(output_tokens)", "log", ("output_tokens", "status"), where="status = 'ok'"),
    Signal(
        "cache_hit", "share(cache_read_tokens > 0)", "share", ("cache_read_tokens", "input_tokens"),
        where=f"input_tokens > {_LEAST_CACHEABLE}"
    ),
    Signal("ttft_p95", "p95(ttft_ms)", "exceedance", ("ttft_ms", "status"), where="status = 'ok'"),
    Signal("duration_p99", "p99(duration_ms)", "exceedance", ("duration_ms",)),
    Signal("error", "share(status = 'error')", "share", ("status",)),
    Signal("refusal", "mean(refusal)", "share", ("refusal",)),
    Signal("attempts", "share(attempts > 1)", "share", ("attempts",)),
)  # fmt: skip

# Facts that tell how a request went, not what it was: none of them sets requests apart.
OUTCOMES = frozenset({
    "request_id", "trace_id", "span_id", "row", "ts", "start", "end", "status", "error_type", "attempts", "input_tokens",
    "cache_read_tokens", "output_tokens", "feedback", "ttft_ms", "duration_ms", "cost_usd", "refusal", "retrieval_score",
    "retrieval_empty", "judge_pass", "judge_p", "human_pass", "human_p", "human_at",
})  # fmt: skip


def signals_of(columns: Mapping[str, str]) -> list[Signal]:
    """Those that a table has all the columns for."""
    return [signal for signal in SIGNALS if all(name in columns for name in signal.needs)]
