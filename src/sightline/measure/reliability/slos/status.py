"""Where an objective stands: the share that was good, what is left of the error budget, and how fast it burns."""

from dataclasses import asdict

from sightline.measure.asking import Json, number, ratio
from sightline.measure.reliability.asking import tally
from sightline.measure.reliability.slos.burning import BURN_WINDOWS_S, alerts_of
from sightline.measure.reliability.slos.terms import conditions
from sightline.query import EARLIEST_NS, UNITS_NS, Binder, Reader, Row, Scene, Window, about_requests, both, rfc3339, statements_in
from sightline.store import Slo

statement = statements_in("sightline.measure.reliability.slos")

_DAY_NS = UNITS_NS["d"]
_PIECES = 120


async def status(reader: Reader, slo: Slo, *, now_ns: int) -> dict[str, Json]:
    """Where it stands now. Raises BadRequestError for terms that can't be asked (any more)."""
    window = Window(max(now_ns - slo.window_days * _DAY_NS, EARLIEST_NS), now_ns)
    scene, binder = Scene(slo.project, window, now_ns), Binder({"project": slo.project})
    asked = conditions(slo, scene, binder)
    width_s = slo.window_days * _DAY_NS // _PIECES // UNITS_NS["s"]
    sql = statement(
        "counts",
        table=asked.table,
        window=asked.within,
        among=asked.among,
        good=asked.good,
        bad=asked.bad,
        counted="AND usage_counted" if asked.table == "spans" else "",
        now=binder.time(now_ns),
    )
    rows = await reader.rows(sql, {**binder.params, "width_s": width_s, "windows_s": list(BURN_WINDOWS_S.values())})
    return _status(slo, window, rows, width_s)


def _status(slo: Slo, window: Window, rows: list[Row], width_s: int) -> dict[str, Json]:
    allowed_share = 1 - slo.objective
    good, bad = sum(row["good"] for row in rows), sum(row["bad"] for row in rows)
    reached = tally(good, good + bad, sum(row["squared"] for row in rows))
    low, high = reached["interval"] or (None, None)
    allowed = allowed_share * (good + bad)
    burns = {name: _burn(name, i, rows, allowed_share) for i, name in enumerate(BURN_WINDOWS_S)}
    return {
        "slo": asdict(slo),
        "window": {"from": rfc3339(window.from_ns), "to": rfc3339(window.to_ns)},
        "good": number(good),
        "bad": number(bad),
        "unknown": number(sum(row["unknown"] for row in rows)),
        "reached": reached,
        # one bad case more or less must not decide
        "enough": allowed >= 1,
        "kept": None if low is None or high is None else True if low >= slo.objective else False if high < slo.objective else None,
        "budget": {
            "allowed": number(allowed),
            "spent": number(bad),
            "left": number(allowed - bad),
            "left_share": None if not allowed else 1 - bad / allowed,
        },
        "burn_rates": list(burns.values()),
        "alerts": [
            {
                **asdict(alert),
                "firing": all((burns[name]["rate"] or 0) >= alert.factor and burns[name]["bad"] > 0 for name in (alert.long, alert.short)),
            }
            for alert in alerts_of(slo.window_days)
        ],
        "series": _series(slo, rows, width_s, window),
        "filter_bad": _filter_bad(slo),
    }


def _filter_bad(slo: Slo) -> str:
    """The filter of the list of traces that shows what was bad."""
    among, good = (about_requests(text) if slo.of == "requests" else text for text in (slo.among, slo.good))
    return both([among, f"not ({good})"])


def _burn(name: str, i: int, rows: list[Row], allowed_share: float) -> dict[str, Json]:
    good, bad = sum(row["good_in"][i] for row in rows), sum(row["bad_in"][i] for row in rows)
    n = good + bad
    rate = ratio(bad, n * allowed_share)
    return {"window": name, "rate": rate, "n": number(n), "bad": number(bad), "enough": n * allowed_share >= 1}


def _series(slo: Slo, rows: list[Row], width_s: int, window: Window) -> list[dict[str, Json]]:
    """What of the budget of the whole window was left after each piece: it falls where something bad happened."""
    allowed = (1 - slo.objective) * sum(row["good"] + row["bad"] for row in rows)
    spent, points = 0.0, []
    for row in rows:
        spent += row["bad"]
        points.append(
            {
                "time": rfc3339(max(row["piece"] * width_s * UNITS_NS["s"], window.from_ns)),
                "share": ratio(row["good"], row["good"] + row["bad"]),
                "bad": number(row["bad"]),
                "left_share": None if not allowed else 1 - spent / allowed,
            }
        )
    return points
