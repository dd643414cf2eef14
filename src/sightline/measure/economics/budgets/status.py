"""Where a budget stands: spent, to be spent by the end of the period, and how fast."""

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from sightline.measure.asking import Asked, number, ratio
from sightline.measure.economics.asking import rows_of
from sightline.measure.economics.budgets.periods import DAY_NS, SECOND_NS, Span, day_of, midnight_ns, period_of
from sightline.query import Filter, Grouping, Reader, Row, Scene, Window, both, rfc3339, statements_in
from sightline.stats.forecast import FEWEST_DAYS, LEVEL, Forecast, forecast_sum
from sightline.store import Budget

Json = Any

statement = statements_in("sightline.measure.economics.budgets")

BURN_WINDOWS_S = {"1h": 3_600, "6h": 21_600, "1d": 86_400, "3d": 259_200, "7d": 604_800}

_HISTORY_DAYS = 56
_HOUR_NS = 3_600 * SECOND_NS
_PAID = "cost_usd is not null"


async def status(reader: Reader, budget: Budget, *, now_ns: int, groups: int = 20) -> list[dict[str, Json]]:
    """Where a budget stands, once for each of its groups, those that have spent most first.

    Raises BadFilterError, UnknownFactError and BadRequestError for terms that can't be asked (any more).
    """
    today = day_of(now_ns)
    period = period_of(budget.period, budget.starts, today)
    first = min(period.first, today - timedelta(days=_HISTORY_DAYS))
    asked = Asked(
        Scene(budget.project, Window(midnight_ns(first), now_ns), now_ns),
        Filter.parse(budget.filter),
        [] if budget.group_by is None else [budget.group_by],
    )
    rows = rows_of("calls", asked, asked.scene.window)
    sql = statement(
        "spend",
        calls=rows.sql,
        texts=rows.grouping.texts,
        kinds=rows.grouping.kinds,
        group="1" if budget.group_value is None else f"c.g0 = {rows.binder.text(budget.group_value)}",
        today=rows.binder.time(midnight_ns(today)),
        now=rows.binder.time(now_ns),
    )
    params = {
        "period_s": period.from_ns // SECOND_NS,
        "time_of_day_ns": now_ns % DAY_NS,
        "windows_s": list(BURN_WINDOWS_S.values()),
        "rows": groups,
    }
    found = await reader.rows(sql, {**rows.params, **params})
    moment = _Moment(now_ns, period)
    return await asyncio.to_thread(lambda: [_status(budget, row, rows.grouping, moment, len(found)) for row in found or [_nothing(budget)]])


@dataclass(frozen=True, slots=True)
class _Moment:
    now_ns: int
    period: Span

    @property
    def today_ns(self) -> int:
        return self.now_ns - self.now_ns % DAY_NS


@dataclass(frozen=True, slots=True)
class _Piece:
    """A day, or an hour of today. `cost_usd`: None where calls were made and none of them has a cost."""

    begins_ns: int
    cost_usd: float | None = 0.0
    rest_usd: float = 0.0
    priced_calls: float = 0.0
    missed_calls: float = 0.0


def _nothing(budget: Budget) -> Row:
    zeros = [0] * len(BURN_WINDOWS_S)
    texts = [] if budget.group_by is None else [budget.group_value]
    burnt = {"burnt_usd": zeros, "burnt_priced": zeros, "burnt_missed": zeros}
    return {"texts": texts, "kinds": [["text"] * len(texts)], "pieces": [], **burnt, "group_count": 0}


def _status(budget: Budget, row: Row, grouping: Grouping, moment: _Moment, listed: int) -> dict[str, Json]:
    period = moment.period
    pieces = sorted((_piece(*piece) for piece in row["pieces"]), key=lambda piece: piece.begins_ns)
    within = _filled([piece for piece in pieces if piece.begins_ns >= period.from_ns], budget, moment)
    priced, missed = sum(piece.priced_calls for piece in within), sum(piece.missed_calls for piece in within)
    spent = None if missed and not priced else sum(piece.cost_usd or 0.0 for piece in within)
    forecast, why = _forecast(pieces, moment)
    expected = None if forecast is None or spent is None else spent + forecast.expected
    interval = None if forecast is None or spent is None else forecast.interval
    length_s = (period.to_ns - period.from_ns) / SECOND_NS
    group = (
        list(row["texts"]) if budget.group_by is not None and row["texts"] and (row["pieces"] or budget.group_value is not None) else None
    )
    said = grouping.filter(row["texts"], row["kinds"]) if group is not None else ""
    exhausted_ns = None if spent is None else _exhausted_ns(within, forecast, budget.amount_usd, moment)
    return {
        "budget": asdict(budget),
        "group": group,
        "more_groups": max(0, row["group_count"] - listed) if budget.group_by is not None else 0,
        "period": {"from": rfc3339(period.from_ns), "to": rfc3339(period.to_ns)},
        "spent_usd": number(spent),
        "share_spent": ratio(spent, budget.amount_usd),
        "share_elapsed": min(max((moment.now_ns - period.from_ns) / (period.to_ns - period.from_ns), 0.0), 1.0),
        "priced_share": ratio(priced, priced + missed),
        "forecast_usd": expected,
        "forecast_interval": None if interval is None or spent is None else [spent + interval[0], spent + interval[1]],
        "enough": interval is not None,
        "why": why,
        "burn_rates": [
            _burn(window, usd if priced_ or not missed_ else None, budget.amount_usd * window_s / length_s)
            for (window, window_s), usd, priced_, missed_ in zip(
                BURN_WINDOWS_S.items(), row["burnt_usd"], row["burnt_priced"], row["burnt_missed"], strict=True
            )
        ],
        "exhausted_at": None if exhausted_ns is None else rfc3339(exhausted_ns),
        "over": spent is not None and spent > budget.amount_usd,
        "filter": None if said is None else both([budget.filter, said, _PAID]),
        "series": _series(within),
    }


def _piece(begins_s: int, cost_usd: float | None, rest_usd: float | None, priced_calls: float, missed_calls: float) -> _Piece:
    unknown = missed_calls and not priced_calls
    return _Piece(begins_s * SECOND_NS, None if unknown else cost_usd or 0.0, rest_usd or 0.0, priced_calls, missed_calls)


def _burn(window: str, usd: float | None, allowed_usd: float) -> dict[str, Json]:
    return {"window": window, "rate": ratio(usd, allowed_usd), "usd": number(usd)}


def _filled(pieces: Iterable[_Piece], budget: Budget, moment: _Moment) -> list[_Piece]:
    """The pieces of the period until now, those without a call too: days, and hours where the period is a day."""
    width = _HOUR_NS if budget.period == "day" else DAY_NS
    last = moment.now_ns - 1
    found = {
        begins: _together(begins, list(group))
        for begins, group in itertools.groupby(pieces, key=lambda piece: piece.begins_ns - piece.begins_ns % width)
    }
    return [found.get(begins, _Piece(begins)) for begins in range(moment.period.from_ns, last + 1, width)]


def _together(begins_ns: int, pieces: Sequence[_Piece]) -> _Piece:
    known = [piece.cost_usd for piece in pieces if piece.cost_usd is not None]
    return _Piece(
        begins_ns,
        sum(known) if known else None,
        sum(piece.rest_usd for piece in pieces),
        sum(piece.priced_calls for piece in pieces),
        sum(piece.missed_calls for piece in pieces),
    )


def _series(pieces: Sequence[_Piece]) -> list[dict[str, Json]]:
    sums = itertools.accumulate(piece.cost_usd or 0.0 for piece in pieces)
    return [
        {"time": rfc3339(piece.begins_ns), "spent_usd": number(piece.cost_usd), "cumulative_usd": number(total)}
        for piece, total in zip(pieces, sums, strict=True)
    ]


def _forecast(pieces: Sequence[_Piece], moment: _Moment) -> tuple[Forecast | None, str]:
    """What is still to come until the period ends, and a sentence on what that stands on."""
    if moment.now_ns < moment.period.from_ns:
        return None, f"The budget starts on {moment.period.first}."
    whole = [piece for piece in pieces if piece.begins_ns < moment.today_ns]
    first_ns = _first_whole_day_ns(whole, moment)
    count = (moment.today_ns - first_ns) // DAY_NS
    days, rests = np.zeros(count), np.zeros(count)
    for piece in whole:
        at = (piece.begins_ns - first_ns) // DAY_NS
        if at >= 0:
            days[at] = np.nan if piece.cost_usd is None else piece.cost_usd
            rests[at] = piece.rest_usd
    today = sum(piece.cost_usd or 0.0 for piece in pieces if piece.begins_ns >= moment.today_ns)
    days_left = (moment.period.to_ns - moment.today_ns) // DAY_NS - 1
    found = forecast_sum(days, rests, today=today, days_left=days_left)
    known = int(np.isfinite(days).sum())
    if found is None and not known:
        return None, f"Calls with a cost are known of no whole day before today: a forecast takes one, its interval {FEWEST_DAYS}."
    if found is None:
        return None, f"Nothing was spent in the {known} whole days before today: there is nothing to forecast from."
    if not found.enough:
        return found, f"Stands on the last {known} whole days only: an interval takes {FEWEST_DAYS}."
    return (
        found,
        f"Stands on the level and the weekdays of the last {known} whole days; the interval is made to hold {LEVEL:.0%} of the time.",
    )


def _first_whole_day_ns(whole: Sequence[_Piece], moment: _Moment) -> int:
    """Where the history begins: the day after the first one with a call, of which only a part may have had any; at the most 56 days ago."""
    earliest = moment.today_ns - _HISTORY_DAYS * DAY_NS
    if not whole:
        return moment.today_ns
    first = whole[0].begins_ns
    return earliest if first <= earliest else first + DAY_NS


def _exhausted_ns(within: Sequence[_Piece], forecast: Forecast | None, amount_usd: float, moment: _Moment) -> int | None:
    """When the amount was used up, or is going to be if all comes as expected; None: not in this period."""
    width = within[1].begins_ns - within[0].begins_ns if len(within) > 1 else DAY_NS
    steps = [(piece.begins_ns, min(piece.begins_ns + width, moment.now_ns), piece.cost_usd or 0.0) for piece in within]
    if forecast is not None:
        midnight = moment.today_ns + DAY_NS
        steps.append((moment.now_ns, midnight, float(forecast.path[0])))
        steps += [(midnight + i * DAY_NS, midnight + (i + 1) * DAY_NS, float(usd)) for i, usd in enumerate(forecast.path[1:])]
    total = 0.0
    for from_ns, to_ns, usd in steps:
        if usd > 0 and total + usd >= amount_usd:
            return from_ns + int((to_ns - from_ns) * max(amount_usd - total, 0.0) / usd)
        total += usd
    return None
