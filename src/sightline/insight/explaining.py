"""Where to look first: hypotheses about a change, ranked, each with its effect, interval and share. Correlation, not more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.insight.asking import Asked
from sightline.insight.departures import Scale, clocks, scales
from sightline.insight.tariffs import paid_over_expected
from sightline.stats.additive import Design
from sightline.stats.bias import benjamini_hochberg
from sightline.stats.contrast import Cell, Found, Units, rescore, search, widened
from sightline.stats.growth import growth
from sightline.stats.intervals import normal_quantile
from sightline.stats.mean_shift import Drift
from sightline.stats.scan import Leaves, scan, widened_scan

Array = NDArray[np.float64]
Kind = Literal["rate", "mix", "price", "judge", "drift"]

ALIKE = 0.98  # of the units of two descriptions in common: they say the same
MOST = 10
_CANDIDATES = 150
_AGAINST = 0.25  # what a cell's score counts for that moved against the whole, where the question leaves the direction open
_SURE = 5.0  # standard errors, before the judge or the questions are said to have moved


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One description of where a measure changed. `where`: dimension → value, empty for everywhere. `effect` and its 95 % `interval`: of
    the change inside beyond that outside, in the measure's unit; of a mix hypothesis, what the growth alone did to the measure. `share`
    of the whole change that goes when this is put back. `before`, `after`: the measure inside. `units`: rows inside, before and after.
    `q`: the false-discovery rate at which it is shown. `also`: other descriptions of the same rows. `z`: how far from chance."""

    where: Mapping[str, str]
    kind: Kind
    effect: float
    interval: tuple[float, float]
    share: float
    before: float
    after: float
    units: tuple[int, int]
    z: float
    q: float
    scale: str
    also: Sequence[Mapping[str, str]] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """`before` and `after`: the measure over everything; `rate_part` + `mix_part` = their difference on the scale tested. `context`:
    dimensions that follow the clock, and so tell nothing apart."""

    before: float
    after: float
    rate_part: float
    mix_part: float
    hypotheses: list[Hypothesis]
    context: list[str]
    tried: int


def _of_cells(asked: Asked, dimensions: list[int], sign: int, context: list[int], most: int) -> Explanation:
    """Rows are cells already: events (the value) of trials (the weight). They can't be halved, so nothing is held back: intervals are of
    the cell's own counts, enlarged for how unevenly leaves vary."""
    leaves, trials = _leaves(asked, dimensions)
    before, after = (_measured(asked, rows) for rows in (~asked.after, asked.after))
    expected = float(leaves.expected.sum() / trials.sum())
    sign = sign or int(np.sign(after - before))
    price = float(np.log(max(sum(leaves.sizes) - len(leaves.sizes), 2)))
    found = scan(leaves, direction=sign, price=price)
    if not found:
        return Explanation(before, after, after - expected, expected - before, [], [asked.names[d] for d in context], 0)
    first = widened_scan(leaves, found[0].cell, price=price)
    cells = [first, *(one.cell for one in found if one.cell != first)]
    own = [tuple((dimensions[d], code) for d, code in cell) for cell in cells]
    tried = max(sum(leaves.sizes) - len(leaves.sizes), 1)
    outside = [float(leaves.observed.sum()) - o for o, _ in (leaves.of(cell) for cell in cells[:most])]
    out = []
    scores = {one.cell: one for one in found}
    uneven = _unevenness(leaves, first)
    p = []
    for cell, named, rest in zip(cells[:most], own[:most], outside, strict=True):
        rows = leaves.inside(cell)
        observed, was, of = float(leaves.observed[rows].sum()), float(leaves.expected[rows].sum()), float(trials[rows].sum())
        factor = rest / max(float(leaves.expected.sum()) - was, 1e-9)
        effect = (observed - was * factor) / of
        reach = normal_quantile(0.975) * float(np.sqrt(uneven * (observed + 1))) / of
        z = scores[cell].z if cell in scores else sign * float(np.sqrt(max(found[0].score, 0)))
        p.append(min(1.0, _two_sided(z / np.sqrt(uneven)) * tried ** len(cell)))
        inside = np.ones(asked.after.size, dtype=bool)
        for d, code in named:
            inside &= asked.codes[:, d] == code
        out.append(
            Hypothesis(
                _named(asked, named), "rate", effect, (effect - reach, effect + reach),
                _part(effect * of / float(trials.sum()), after - before), _measured(asked, inside & ~asked.after),
                _measured(asked, inside & asked.after), (int((inside & ~asked.after).sum()), int((inside & asked.after).sum())), z, 1.0,
                "events of trials",
            )
        )  # fmt: skip
    q = benjamini_hochberg(p)
    ranked = [replace(one, q=float(at)) for one, at in zip(out, q, strict=True)]
    return Explanation(before, after, after - expected, expected - before, ranked, [asked.names[d] for d in context], tried)


_PAST = 30.0  # trials that a leaf's kind counts for beside its own past


def _leaves(asked: Asked, dimensions: list[int]) -> tuple[Leaves, Array]:
    """Leaves after, each with the events that its own past, shrunk to that of its kind, leads one to expect; and their trials."""
    codes, sizes, before = asked.codes[:, dimensions].astype(np.int64), [asked.sizes[d] for d in dimensions], ~asked.after
    learn = before & (asked.weight > 0)
    base = float(asked.value[before].sum() / asked.weight[before].sum())
    model = Design(codes[learn], sizes, asked.weight[learn]).fit(asked.value[learn] / asked.weight[learn])
    _, leaf = np.unique(codes, axis=0, return_inverse=True)
    leaf = leaf.ravel()
    many = int(leaf.max()) + 1
    past, trials = np.bincount(leaf[before], asked.value[before], many), np.bincount(leaf[before], asked.weight[before], many)
    here = asked.after
    kind = np.maximum(model.expected(codes[here]), base / 10)
    rate = (past[leaf[here]] + _PAST * kind) / (trials[leaf[here]] + _PAST)
    return Leaves(codes[here], sizes, asked.value[here], rate * asked.weight[here]), asked.weight[here]


def _unevenness(leaves: Leaves, cell: tuple[tuple[int, int], ...]) -> float:
    """How much more leaves vary than Poisson counts, around one factor inside the cell and one outside; at least 1."""
    rows = leaves.inside(cell)
    pearson, free = 0.0, 0
    for side in (rows, ~rows):
        observed, expected = leaves.observed[side], leaves.expected[side]
        if expected.sum() <= 0:
            continue
        made = expected * observed.sum() / expected.sum()
        here = made > 0.5
        pearson += float(((observed[here] - made[here]) ** 2 / made[here]).sum())
        free += int(here.sum()) - 1
    return max(1.0, pearson / free) if free > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known from elsewhere than the rows. judge: how far anchors moved under the judge between the two windows, in its verdicts'
    unit with a standard error, where the measure is a judge's. questions: whether what people ask has moved."""

    judge: tuple[float, float] | None = None
    questions: Drift | None = None


def explain(
    asked: Asked, *, direction: Literal["up", "down", "any"] = "any", evidence: Evidence | None = None, most: int = MOST
) -> Explanation:
    """Search, shorten, merge, and estimate on the half that was not searched. Best first."""
    context = clocks(asked)
    dimensions = [d for d in range(len(asked.names)) if d not in context]
    sign = {"up": 1, "down": -1, "any": 0}[direction]
    if asked.kind == "ratio":
        return _of_cells(asked, dimensions, sign, context, most)
    looked = [(scale, *_searched(asked, scale, dimensions, sign)) for scale in scales(asked, dimensions)]
    scale, found, price = max(looked, key=lambda one: one[1][0].score if one[1] else -np.inf)
    before, after = (_measured(asked, rows) for rows in (~asked.after, asked.after))
    rate_part, mix_part = _parts(asked, scale)
    change = rate_part + mix_part
    rates = _rates(asked, scale, found, price, most, change)
    mixes = _mixes(asked, scale, dimensions, sign, change)
    everywhere = _everywhere(asked, scale, evidence or Evidence(), sign, change)
    prices = _prices(asked, dimensions, most, sign)
    tried = sum(asked.sizes[d] - 1 for d in dimensions)
    ranked = _ranked(rates, mixes, everywhere, prices, mix_part / change if change else 0.0, tried)
    return Explanation(before, after, rate_part, mix_part, ranked[:most], [asked.names[d] for d in context], tried)


def _ranked(
    rates: list[Hypothesis], mixes: list[Hypothesis], everywhere: list[Hypothesis], prices: list[Hypothesis], mix_share: float, tried: int
) -> list[Hypothesis]:
    """Prices first (what was paid for a token is exact), then a judge or questions that moved, unless a cell explains more; then a shift
    of the mix that makes most of the change; then cells by their score."""
    if prices:
        return [*prices, *rates]
    clear = bool(rates) and rates[0].z ** 2 > 4 * np.log(max(tried, 2)) and abs(rates[0].share) >= 0.5
    if everywhere and not clear:
        return [*everywhere, *rates[:3], *mixes[:2], *rates[3:]]
    if mixes and mix_share >= 0.5 and mixes[0].share >= 0.5 and not clear:
        return [*mixes[:3], *rates[:3], *mixes[3:], *rates[3:]]
    return [*rates[:4], *everywhere, *mixes[:1], *rates[4:]]


def _everywhere(asked: Asked, scale: Scale, evidence: Evidence, sign: int, change: float) -> list[Hypothesis]:
    """All traffic at once, where it is the judge or the questions that moved."""
    out = []
    units = (int((~asked.after).sum()), int(asked.after.sum()))
    before, after = (_measured(asked, rows) for rows in (~asked.after, asked.after))
    if evidence.judge is not None:
        moved, error = evidence.judge
        z = moved / error if error > 0 else 0.0
        if abs(z) > _SURE and moved * (sign or change) > 0:
            reach = normal_quantile(0.975) * error
            out.append(
                Hypothesis(
                    {},
                    "judge",
                    moved,
                    (moved - reach, moved + reach),
                    _part(moved, change),
                    before,
                    after,
                    units,
                    z,
                    _two_sided(z),
                    "anchors",
                )
            )
    if evidence.questions is not None and evidence.questions.z > _SURE:
        z = evidence.questions.z
        out.append(Hypothesis({}, "drift", change, (change, change), 1.0, before, after, units, z, evidence.questions.p_value, scale.name))
    return out


def _prices(asked: Asked, dimensions: list[int], most: int, sign: int) -> list[Hypothesis]:
    """Cells in which a token costs something else than before."""
    paid = paid_over_expected(asked, dimensions)
    if paid is None:
        return []
    usual = max(float(np.quantile(np.abs(paid[~asked.after]), 0.9)), 0.005)
    moved = np.abs(paid) > 2 * usual
    if moved[asked.after].mean() < 0.005 or moved[asked.after].mean() < 3 * moved[~asked.after].mean():
        return []
    variances = np.full(paid.shape, max(float(paid[~asked.after].var()), usual**2))
    units = Units(asked.codes, asked.sizes, asked.after, paid, asked.weight, variances)
    scale = Scale("price of a token", units, np.zeros(paid.shape), paid, 1e-9)
    found, price = _searched(asked, scale, dimensions, sign)
    change = float(np.average(paid[asked.after], weights=asked.weight[asked.after]))
    return [replace(one, kind="price") for one in _rates(asked, scale, found, price, most, change)]


def _part(moved: float, change: float) -> float:
    return moved / change if change else float("nan")


def _two_sided(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def _searched(asked: Asked, scale: Scale, dimensions: list[int], sign: int) -> tuple[list[Found], float]:
    units = scale.units
    price = float(np.log(max(sum(asked.sizes[d] - 1 for d in dimensions), 2)))
    some = units.chosen(_sample(asked))
    found = search(
        some, spread=scale.spread, direction=sign, dimensions=dimensions, price=price, least=max(5, round(20 * some.after.mean()))
    )
    again = rescore(units, [f.cell for f in found[:_CANDIDATES]], spread=scale.spread, price=price)
    if sign:
        return [f for f in again if f.z * sign > 0], price
    whole = float(np.sign(_gap(asked, scale.units.values + scale.expected)))
    return sorted(again, key=lambda f: -f.score * (1 if f.z * whole >= 0 else _AGAINST)), price


def _sample(asked: Asked) -> NDArray[np.bool_]:
    """The half that is searched, with the time before cut to what tells it apart."""
    rows = ~asked.half
    after, before = int((rows & asked.after).sum()), int((rows & ~asked.after).sum())
    keep = max(2 * after, 20_000)
    if before > keep:
        drawn = np.random.default_rng(0).random(rows.size) < keep / before
        rows = rows & (asked.after | drawn)
    return rows


def _rates(asked: Asked, scale: Scale, found: list[Found], price: float, most: int, change: float) -> list[Hypothesis]:
    if not found:
        return []
    units = scale.units
    first = widened(units, found[0], spread=scale.spread, price=price)
    ordered = [f.cell for f in found]
    if first != ordered[0]:
        ordered = [first, *(cell for cell in ordered if cell != first)]
    groups = _merged(asked, ordered[:80], most)
    cells = [group[0] for group in groups]
    other = units.chosen(asked.half)
    whole = {f.cell: f for f in rescore(units, cells, spread=scale.spread, price=price)}
    honest = {f.cell: f for f in rescore(other, cells, spread=scale.spread, price=price)}
    p = [_two_sided(honest[cell].z) for cell in cells]
    q = benjamini_hochberg(p)
    out = []
    for group, at in zip(groups, q, strict=True):
        cell = group[0]
        out.append(_hypothesis(asked, scale, cell, group[1:], whole[cell], honest[cell], float(at), change))
    return out


def _mixes(asked: Asked, scale: Scale, dimensions: list[int], sign: int, change: float) -> list[Hypothesis]:
    """Cells whose share of the traffic changed, and what that alone did to the measure: (share after − before) × (cell − rest)."""
    sign = sign or int(np.sign(change))
    out = []
    for of in growth(asked.codes, asked.sizes, asked.after, dimensions)[:60]:
        if not scale.units.fresh.isdisjoint(of.cell):
            continue  # what did not exist did not grow
        inside = scale.units.inside(of.cell)
        own, rest = (_mean_of(scale.seen, asked.weight, rows) for rows in (inside, ~inside))
        moved = (of.after - of.before) / max(1 - of.before, 1e-9) * (own - rest)
        if moved * sign <= 0 or of.z <= 0:
            continue
        before, after = (_measured(asked, inside & side) for side in (~asked.after, asked.after))
        out.append(
            Hypothesis(
                _named(asked, of.cell), "mix", moved, (moved, moved), _part(moved, change), before, after,
                (int((inside & ~asked.after).sum()), int((inside & asked.after).sum())), of.z, 0.0, scale.name,
            )
        )  # fmt: skip
    return out[:5]


def _mean_of(x: Array, weight: Array, rows: NDArray[np.bool_]) -> float:
    return float(np.average(x[rows], weights=weight[rows])) if rows.any() else 0.0


def _merged(asked: Asked, cells: list[Cell], most: int) -> list[list[Cell]]:
    """Descriptions of the same units together, the shortest first."""
    after = asked.after
    groups: list[list[Cell]] = []
    masks: list[NDArray[np.bool_]] = []
    codes = asked.codes[after]
    for cell in cells:
        rows = np.ones(codes.shape[0], dtype=bool)
        for d, code in cell:
            rows &= codes[:, d] == code
        for group, mask in zip(groups, masks, strict=True):
            both = int((rows & mask).sum())
            if both >= ALIKE * int((rows | mask).sum()):
                group.append(cell)
                break
        else:
            if len(groups) < most:
                groups.append([cell])
                masks.append(rows)
    return [sorted(group, key=lambda cell: (len(cell), [asked.names[d] for d, _ in cell])) for group in groups]


def _hypothesis(
    asked: Asked, scale: Scale, cell: Cell, also: list[Cell], whole: Found, honest: Found, q: float, change: float
) -> Hypothesis:
    inside = scale.units.inside(cell)
    mass = float(asked.weight[inside & asked.after].sum() / asked.weight[asked.after].sum())
    before, after = (_measured(asked, inside & side) for side in (~asked.after, asked.after))
    reach = normal_quantile(0.975) * honest.error
    return Hypothesis(
        where=_named(asked, cell), kind="rate", effect=honest.effect, interval=(honest.effect - reach, honest.effect + reach),
        share=_part(honest.effect * mass, change), before=before, after=after, units=whole.count, z=whole.z, q=q,
        scale=scale.name, also=[_named(asked, other) for other in also],
    )  # fmt: skip


def _named(asked: Asked, cell: Cell) -> dict[str, str]:
    return {asked.names[d]: asked.values[d][code - 1] for d, code in cell}


def _measured(asked: Asked, rows: NDArray[np.bool_]) -> float:
    value, weight = asked.value[rows], asked.weight[rows]
    if value.size == 0:
        return float("nan")
    if asked.kind == "quantile":
        order = np.argsort(value)
        mass = np.cumsum(weight[order])
        return float(value[order][min(np.searchsorted(mass, asked.level * mass[-1]), value.size - 1)])
    if asked.kind == "ratio":
        return float(value.sum() / weight.sum())
    return float(np.average(value, weights=weight))


def _parts(asked: Asked, scale: Scale) -> tuple[float, float]:
    """Kitagawa's two parts over all dimensions at once: what units of each kind changed, and what the change of kinds did."""

    return _gap(asked, scale.units.values), _gap(asked, scale.expected)


def _gap(asked: Asked, x: Array) -> float:
    after, before = asked.after, ~asked.after
    return float(np.average(x[after], weights=asked.weight[after]) - np.average(x[before], weights=asked.weight[before]))
