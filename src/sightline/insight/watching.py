"""Every signal of every segment with enough traffic, hour by hour: what the engine adds up, and the engine only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.errors import BadTableError
from sightline.insight.asking import MOST_VALUES, measured_as, statement
from sightline.insight.signals import Signal
from sightline.insight.tariffs import COST, PARTS, best_tariff
from sightline.query.binder import Binder
from sightline.query.columns_of_files import column, condition_on, hour_of
from sightline.stats.additive import Additive, Design
from sightline.stats.contrast import Cell
from sightline.store.files import FileTable

Array = NDArray[np.float64]

LEAST_SHARE = 0.01  # of the requests, for a value to be watched
LEAST_PAIR = 0.03
MOST_PAIRS = 400
_SAMPLE = 200_000
_EXCEEDED = {"ttft_p95": (0.95,), "duration_p99": (0.95, 0.99)}
_RARE = 0.002
_OFF = 0.02  # of a bill, before it is called another price


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which a signal is watched. `level`: of an exceedance, else 0."""

    signal: Signal
    scale: str
    level: float = 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of one channel over cells × hours. `count` rows, `mass` Σw, `total` Σw·departure, `squares` Σw²·departure²: shape (cells,
    hours). `expected`: of all traffic, Σw·expected: shape (hours,). cells: () is all traffic, and comes first. `skew`: see
    `stats.contrast`. `level`: the mean in the time learnt.
    """

    channel: Channel
    cells: list[Cell]
    count: Array
    mass: Array
    total: Array
    squares: Array
    expected: Array
    skew: float
    level: float


@dataclass(frozen=True, slots=True)
class Watched:
    """`first`: the hour since 1970 of column 0. names, values: the dimensions, values[d][code − 1]. `learnt`: hours of the time
    learnt from."""

    first: int
    hours: int
    learnt: int
    names: list[str]
    values: list[list[str]]
    clocks: list[int]
    series: list[Series] = field(default_factory=list)


def channels_of(signals: Sequence[Signal]) -> list[Channel]:
    """A signal's tail is watched as how often its kind's own quantile is exceeded, its bulk as the mean of logarithms."""
    out = []
    for signal in signals:
        if signal.tested == "exceedance":
            out += [Channel(signal, "exceedance", level) for level in _EXCEEDED.get(signal.name, (0.95,))]
        else:
            out.append(Channel(signal, signal.tested))
    return out


def watch(
    table: FileTable, signals: Sequence[Signal], dimensions: Sequence[str], *, time: str, learn_hours: int, pairs: bool = True
) -> Watched:
    """Read a table of requests into hourly sums. Departures are from what a request's kind led one to expect in the first `learn_hours`."""
    first, hours = _span(table, time)
    names, values = _vocabulary(table, dimensions)
    _load(table, signals, names, values, time)
    channels = channels_of(signals)
    tariff = _tariff(table, signals, names, values, first, learn_hours)
    if tariff is not None:
        _add_paid(table, tariff)
        channels.append(Channel(next(one for one in signals if one.name == COST), "price"))
    models, clocks = _models(table, channels, signals, names, values, first, learn_hours)
    _adjust(table, channels, signals, names, values, models, clocks)
    series = _sums(table, channels, models, names, clocks, first, hours, pairs=pairs)
    for name in ("watched", "adjusted"):
        table.run(f"DROP TABLE IF EXISTS {name}", {})
    return Watched(first, hours, learn_hours, names, values, clocks, series)


def _span(table: FileTable, time: str) -> tuple[int, int]:
    binder = Binder()
    rows = table.rows(
        f"SELECT min(h), max(h) FROM (SELECT {hour_of(time, table.columns, binder)} AS h FROM file({{file:String}}, {{format:String}}))",
        binder.params,
    )
    if rows[0][0] is None:
        raise BadTableError(f"{table.name} has no row with a time in {time}.")
    return int(rows[0][0]), int(rows[0][1]) - int(rows[0][0]) + 1


def _vocabulary(table: FileTable, dimensions: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    names, values = [], []
    for name in dimensions:
        binder = Binder()
        sql = column(name, table.columns, binder)
        found = table.rows(
            f"SELECT toString({sql}) AS v, count() AS n FROM file({{file:String}}, {{format:String}}) WHERE v IS NOT NULL AND v != ''"
            " GROUP BY v ORDER BY n DESC, v LIMIT {most:UInt32}",
            {**binder.params, "most": MOST_VALUES},
        )
        if len(found) > 1:
            names.append(name)
            values.append([str(v) for v, _ in found])
    return names, values


def _load(table: FileTable, signals: Sequence[Signal], names: list[str], values: list[list[str]], time: str) -> None:
    binder = Binder()
    parts = []
    for d, (name, of) in enumerate(zip(names, values, strict=True)):
        codes = binder.bind(list(range(1, len(of) + 1)), "Array(UInt16)")
        known = binder.texts(of)
        parts.append(
            f"toUInt16(transform(ifNull(toString({column(name, table.columns, binder)}), ''), {known}, {codes}, toUInt16(0))) AS c{d}"
        )
    for j, signal in enumerate(signals):
        measure = measured_as(signal.measure, table.columns, binder)
        where = f"({measure.where}) AND ({condition_on(signal.where, table.columns, binder)})"
        value = f"toFloat64({measure.value})"
        if signal.tested in ("log", "exceedance"):
            value = f"log(greatest({value}, 1e-9))"
        parts.append(f"toFloat32(ifNull(if(ifNull({where}, 0), ifNull({value}, nan), nan), nan)) AS x{j}")
        if signal.probability is not None:
            parts.append(f"toFloat32(ifNull(1 / {column(signal.probability, table.columns, binder)}, 0)) AS w{j}")
    if _priced(table, signals):
        numbers = (column(of, table.columns, binder) for of in (COST, *PARTS))
        parts += [f"toFloat64(ifNull({sql}, 0)) AS t{i}" for i, sql in enumerate(numbers)]
    for name in ("watched", "adjusted"):
        table.run(f"DROP TABLE IF EXISTS {name}", {})
    table.run(statement("watched", hour=hour_of(time, table.columns, binder), columns=", ".join(parts)), binder.params)


@dataclass(frozen=True, slots=True)
class _Model:
    fit: Additive
    cut: float
    outer: Additive | None
    skew: float
    level: float


def _models(
    table: FileTable, channels: list[Channel], signals: Sequence[Signal], names: list[str], values: list[list[str]], first: int, learn: int
) -> tuple[list[_Model], list[int]]:
    weighted = [j for j, signal in enumerate(signals) if signal.probability is not None]
    source = {k: _source(channel, signals) for k, channel in enumerate(channels)}
    read = sorted(set(source.values()))
    dtype = np.dtype([("hour", "<i4"), ("codes", "<u2", (len(names),)), ("x", "<f4", (len(read),))] + [(f"w{j}", "<f4") for j in weighted])
    columns = ", ".join(["hour", *(f"c{d}" for d in range(len(names))), *read, *(f"w{j}" for j in weighted)])
    rows = table.records(
        f"SELECT {columns} FROM watched WHERE hour < {{until:Int32}} ORDER BY sipHash64(hour, {columns}) LIMIT {{most:UInt64}}",
        {"until": first + learn, "most": _SAMPLE}, dtype,
    )  # fmt: skip
    if rows.size < 100:
        raise BadTableError(f"only {rows.size} rows in the first {learn} hours: there is nothing to learn from.")
    sizes = [len(of) + 1 for of in values]
    codes = rows["codes"].astype(np.int64)
    early = rows["hour"] < first + learn // 2
    clocks = [d for d, size in enumerate(sizes) if _apart(codes[:, d], early, size)]
    used = [d for d in range(len(names)) if d not in clocks]
    out = []
    for k, channel in enumerate(channels):
        j = signals.index(channel.signal)
        x = rows["x"][:, read.index(source[k])].astype(float)
        here = np.isfinite(x)
        if here.sum() < 50:
            out.append(_Model(Additive(0.0, [np.zeros(size) for size in sizes]), 0.0, None, 0.0, 0.0))
            continue
        w = rows[f"w{j}"][here].astype(float) if j in weighted else np.ones(int(here.sum()))
        design = Design(codes[here][:, used], [sizes[d] for d in used], w)
        inner = _spread_out(design.fit(x[here]), used, sizes)
        level = float(np.average(x[here], weights=w))
        per_unit = float((w**2).sum() / w.sum())
        if channel.scale == "exceedance":
            left = x[here] - inner.expected(codes[here])
            cut = float(np.quantile(left, channel.level))
            over = (left > cut).astype(float)
            outer = _spread_out(design.fit(over), used, sizes)
            out.append(_Model(inner, cut, outer, (1 - 2 * float(over.mean())) * per_unit, float(over.mean())))
        else:
            skew = (1 - 2 * level) * per_unit if channel.scale in ("share", "price") else 0.0
            out.append(_Model(inner, 0.0, None, skew, level))
    return out, clocks


def _source(channel: Channel, signals: Sequence[Signal]) -> str:
    return "paid" if channel.scale == "price" else f"x{signals.index(channel.signal)}"


@dataclass(frozen=True, slots=True)
class _Tariff:
    """The dimension that fixes prices, and of each of its values what a token of each part cost."""

    dimension: int
    prices: Array


def _tariff(
    table: FileTable, signals: Sequence[Signal], names: list[str], values: list[list[str]], first: int, learn: int
) -> _Tariff | None:
    if not _priced(table, signals):
        return None
    codes = ", ".join(f"c{d}" for d in range(len(names)))
    rows = table.records(
        f"SELECT {codes}, t0, t1, t2, t3 FROM watched WHERE hour < {{until:Int32}} AND t0 > 0"
        " ORDER BY sipHash64(t0, t1, t2, t3) LIMIT {most:UInt64}",
        {"until": first + learn, "most": _SAMPLE // 4}, np.dtype([("codes", "<u2", (len(names),)), ("t", "<f8", (4,))]),
    )  # fmt: skip
    found = best_tariff(rows["codes"].astype(np.int64), [len(of) + 1 for of in values], rows["t"][:, 0], *rows["t"][:, 1:].T)
    return None if found is None else _Tariff(*found)


def _priced(table: FileTable, signals: Sequence[Signal]) -> bool:
    return any(one.name == COST for one in signals) and all(part in table.columns for part in (COST, *PARTS))


def _add_paid(table: FileTable, tariff: _Tariff) -> None:
    """Whether a request was billed otherwise than at the prices learnt, as column `paid`."""
    binder = Binder()
    code = f"c{tariff.dimension} + 1"
    parts = (
        f"{binder.bind([float(x) for x in tariff.prices[:, i]], 'Array(Float64)')}[{code}] * {of}"
        for i, of in enumerate(("(t1 - t2)", "t2", "t3"))
    )
    table.run("DROP TABLE IF EXISTS watched_paid", {})
    table.run(statement("paid", expected=" + ".join(parts), off=binder.bind(_OFF, "Float64")), binder.params)
    table.run("DROP TABLE watched", {})
    table.run("RENAME TABLE watched_paid TO watched", {})


def _apart(codes: NDArray[np.int64], early: NDArray[np.bool_], size: int) -> bool:
    a, b = np.bincount(codes[early], minlength=size).astype(float), np.bincount(codes[~early], minlength=size).astype(float)
    return float(np.minimum(a / max(a.sum(), 1), b / max(b.sum(), 1)).sum()) < 0.6


def _spread_out(fit: Additive, used: list[int], sizes: list[int]) -> Additive:
    effects = [np.zeros(size) for size in sizes]
    for j, d in enumerate(used):
        effects[d] = fit.effects[j]
    return Additive(fit.mean, effects)


def _adjust(
    table: FileTable,
    channels: list[Channel],
    signals: Sequence[Signal],
    names: list[str],
    values: list[list[str]],
    models: list[_Model],
    clocks: list[int],
) -> None:
    binder = Binder()

    def expected(of: Additive) -> str:
        parts = [binder.bind(of.mean, "Float64")]
        for d, effect in enumerate(of.effects):
            if d not in clocks and np.abs(effect).max() > 1e-9:
                parts.append(f"{binder.bind([round(float(e), 9) for e in effect], 'Array(Float64)')}[c{d} + 1]")
        return f"({' + '.join(parts)})"

    columns = []
    for k, (channel, model) in enumerate(zip(channels, models, strict=True)):
        j = signals.index(channel.signal)
        x = _source(channel, signals)
        inner = expected(model.fit)
        if channel.scale == "exceedance" and model.outer is not None:
            seen = f"if({x} - {inner} > {binder.bind(model.cut, 'Float64')}, 1., 0.)"
            sure = f"least(greatest({expected(model.outer)}, {_RARE}), {1 - _RARE})"
        else:
            seen, sure = x, inner if channel.scale not in ("share", "price") else f"least(greatest({inner}, {_RARE}), {1 - _RARE})"
        columns.append(f"isFinite({x}) AS h{k}, toFloat32(if(h{k}, {sure}, 0)) AS e{k}, toFloat32(if(h{k}, {seen} - e{k}, 0)) AS r{k}")
        columns.append(f"toFloat32(if(h{k}, {f'w{j}' if channel.signal.probability else '1'}, 0)) AS w{k}_")
    table.run(statement("adjusted", dimensions=", ".join(f"c{d}" for d in range(len(names))), columns=", ".join(columns)), binder.params)


def _sums(
    table: FileTable,
    channels: list[Channel],
    models: list[_Model],
    names: list[str],
    clocks: list[int],
    first: int,
    hours: int,
    *,
    pairs: bool,
) -> list[Series]:
    many = len(channels)
    weighted = [k for k, channel in enumerate(channels) if channel.signal.probability is not None]
    parts = [f"toFloat32(sum(w{k}_)), toFloat32(sum(w{k}_ * r{k})), toFloat32(sum(w{k}_ * w{k}_ * r{k} * r{k}))" for k in range(many)]
    sums = ", ".join([*parts, *(f"toFloat32(sum(h{k}))" for k in weighted)])
    dtype = [("sums", "<f4", (many, 3)), ("counts", "<f4", (len(weighted),))]
    expected = ", ".join(f"toFloat32(sum(w{k}_ * e{k}))" for k in range(many))
    whole = table.records(
        statement("hourly_all", sums=f"{sums}, {expected}"), {}, np.dtype([("hour", "<f8"), *dtype, ("expected", "<f4", (many,))])
    )
    total = int(table.rows("SELECT count() FROM adjusted", {})[0][0])
    cells: list[Cell] = [()]
    blocks = [_block(np.zeros(whole.size, dtype=np.int64), whole["hour"].astype(int) - first, whole, 1, hours, weighted)]
    searched = [d for d in range(len(names)) if d not in clocks]
    size_of: dict[int, int] = {}
    for d in searched:
        keys = _keys(table, f"c{d}", f"c{d} > 0", LEAST_SHARE * total)
        size_of |= {d * 65536 + code: n for code, n in keys.items()}
        _add(table, f"c{d}", sums, dtype, {code: ((d, code),) for code in keys}, first, hours, weighted, cells, blocks)
    if pairs:
        two = [(a, b) for i, a in enumerate(searched) for b in searched[i + 1 :]]
        found: list[tuple[int, int, int, int]] = []
        for a, b in two:
            for key, n in _keys(table, f"c{a} * 65536 + c{b}", f"c{a} > 0 AND c{b} > 0", LEAST_PAIR * total).items():
                one, other = size_of.get(a * 65536 + key // 65536, 0), size_of.get(b * 65536 + key % 65536, 0)
                if n < _SAME * min(one, other):  # a pair that is one of its values again is not watched twice
                    found.append((n, a, b, key))
        kept = sorted(found, reverse=True)[:MOST_PAIRS]
        for a, b in two:
            named: dict[int, Cell] = {key: ((a, key // 65536), (b, key % 65536)) for _, x, y, key in kept if (x, y) == (a, b)}
            _add(table, f"c{a} * 65536 + c{b}", sums, dtype, named, first, hours, weighted, cells, blocks)
    stacked = np.concatenate(blocks)
    of = np.zeros((hours, many))
    of[whole["hour"].astype(int) - first] = whole["expected"]
    return [
        Series(
            channel, cells, parts_of[..., 0], parts_of[..., 1], parts_of[..., 2], parts_of[..., 3], of[:, k], model.skew, model.level
        )
        for k, (channel, model) in enumerate(zip(channels, models, strict=True))
        for parts_of in (stacked[:, :, k, :].astype(np.float64),)
    ]  # fmt: skip


_SAME = 0.95


def _keys(table: FileTable, key: str, named: str, least: float) -> dict[int, int]:
    return {int(k): int(n) for k, n in table.rows(statement("values_seen", key=key, named=named), {"least": max(int(least), 1)})}


def _add(
    table: FileTable, key: str, sums: str, dtype: list[Any], named: dict[int, Cell], first: int, hours: int, weighted: list[int],
    cells: list[Cell], blocks: list[NDArray[np.float32]],
) -> None:  # fmt: skip
    if not named:
        return
    rows = table.records(
        statement("hourly_values", key=key, sums=sums), {"keys": list(named)}, np.dtype([("key", "<u8"), ("hour", "<i4"), *dtype])
    )
    here, at = np.unique(rows["key"], return_inverse=True)
    blocks.append(_block(at, rows["hour"] - first, rows, here.size, hours, weighted))
    cells += [named[int(one)] for one in here]


def _block(
    at: NDArray[np.integer], hour: NDArray[np.integer], rows: NDArray[Any], size: int, hours: int, weighted: list[int]
) -> NDArray[np.float32]:
    """Sums as (cells, hours, channels, 4): count, mass, total, squares. Without weights the mass is the count."""
    block = np.zeros((size, hours, rows["sums"].shape[1], 4), dtype=np.float32)
    block[at, hour, :, 1:] = rows["sums"]
    block[..., 0] = block[..., 1]
    for i, k in enumerate(weighted):
        block[at, hour, k, 0] = rows["counts"][:, i]
    return block
