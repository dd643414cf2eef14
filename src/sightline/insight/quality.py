"""How good it was, week by week and segment by segment: judges' verdicts corrected by the labels that people gave."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sightline.insight.asking import statement
from sightline.query.binder import Binder
from sightline.query.columns_of_files import column, condition_on
from sightline.stats.intervals import Interval
from sightline.stats.pooling import pooled_rates
from sightline.stats.rates import Strata
from sightline.store.files import FileTable

_PROBABILITIES = 4  # sampling probabilities that are told apart; the rest are one more stratum


@dataclass(frozen=True, slots=True)
class Quality:
    """The pass rate that people would have given in one week (counted from the table's first) of one segment."""

    week: int
    where: Mapping[str, str]
    rate: Interval
    judged: int
    labelled: int


def weekly_quality(
    table: FileTable, dimensions: list[str], *, time: str, judge: str, judge_p: str, human: str, human_p: str, human_at: str,
    where: str = "",
    seed: int = 0,
) -> list[Quality]:  # fmt: skip
    """Of all traffic and of each value of each dimension. Labels count from `human_at` on, and only those given by the table's last moment.

    Strata are verdict × probability of being judged, so that neither kind of sampling biases anything; what a verdict means is pooled
    over the weeks of a segment (`stats.pooling`), as far as its labels say that the weeks are alike.
    """
    found: list[Quality] = []
    for name in [None, *dimensions]:
        found += _of_dimension(table, name, time, judge, judge_p, human, human_p, human_at, where, seed)
    return found


def _of_dimension(
    table: FileTable, name: str | None, time: str, judge: str, judge_p: str, human: str, human_p: str, human_at: str, where: str, seed: int
) -> list[Quality]:
    binder = Binder()
    named = {
        key: column(of, table.columns, binder)
        for key, of in {"time": time, "judge": judge, "judge_p": judge_p, "human": human, "human_p": human_p, "human_at": human_at}.items()
    }
    value = "''" if name is None else f"ifNull(toString({column(name, table.columns, binder)}), '')"
    rows = table.rows(statement("quality", value=value, where=condition_on(where, table.columns, binder), **named), binder.params)
    segments: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        segments.setdefault(str(row[0]), []).append(row)
    return [one for segment, of in segments.items() if name is None or segment for one in _weeks(name, segment, of, seed)]


def _weeks(name: str | None, segment: str, rows: list[tuple[object, ...]], seed: int) -> list[Quality]:
    weeks = sorted({int(str(row[1])) for row in rows})
    at = {week: i for i, week in enumerate(weeks)}
    sampled: dict[float, float] = {}
    for row in rows:
        sampled[float(str(row[3]))] = sampled.get(float(str(row[3])), 0.0) + float(str(row[4]))
    ranked = sorted(sampled, key=lambda p: -sampled[p])
    stratum = {p: min(i, _PROBABILITIES) for i, p in enumerate(ranked)}
    levels = (min(len(ranked), _PROBABILITIES + 1)) * 2
    judged, mass, squares, labelled, passed = (np.zeros((len(weeks), levels)) for _ in range(5))
    for _, week, verdict, p, count, weight, square, people, good in rows:
        i, j = at[int(str(week))], stratum[float(str(p))] * 2 + int(str(verdict))
        for array, x in ((judged, count), (mass, weight), (squares, square), (labelled, people), (passed, good)):
            array[i, j] += float(str(x))
    total = mass.sum(axis=1)
    shares = mass / total[:, None]
    effective = total**2 / squares.sum(axis=1)
    rates = pooled_rates(Strata(passed, labelled, shares, effective, total), seed=seed)
    where = {} if name is None else {name: segment}
    return [
        Quality(
            week,
            where,
            Interval(float(rates.value[i]), float(rates.low[i]), float(rates.high[i])),
            int(judged[i].sum()),
            int(labelled[i].sum()),
        )
        for week, i in at.items()
    ]
