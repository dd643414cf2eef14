"""Two arms of live traffic, such as two versions of a prompt, compared while it comes in: valid whenever you look."""

from dataclasses import dataclass
from datetime import datetime

from sightline.errors import BadRequestError
from sightline.measure.asking import Json, number
from sightline.measure.experiments.results import shown, statement
from sightline.query import UNITS_NS, Binder, Filter, Reader, Row, Scene, Subject, Window, parse_term, quoted, rfc3339
from sightline.stats.sequential import Arm, Contrast, contrast, decide, growth_to_decide, split_p_value
from sightline.store import LiveTestTerms

LOOKS = 60
"""How often the comparison is looked at again for its chart; the interval holds for any number of looks."""

UNITS = ("user_id", "session_id", "tenant", "trace_id")

_LEAST_WIDTH_NS = 60 * UNITS_NS["s"]
_NEAR_NS = UNITS_NS["h"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`y` over `x` by request, as SQL; `meaning` in words; `unit` of the ratio. `lower` whether less is better."""

    y: str
    x: str
    meaning: str
    unit: str | None
    lower: bool


MEASURES = {
    "error_rate": Measure("toFloat64(t.status = 'error')", "1.0", "share of requests that failed", None, lower=True),
    "cost_usd": Measure(
        "ifNull(t.cost_usd, 0)", "toFloat64(t.cost_usd IS NOT NULL)", "cost of a request, of those priced", "USD", lower=True
    ),
    "duration_s": Measure("ifNull(t.duration_ns, 0) / 1e9", "toFloat64(t.duration_ns IS NOT NULL)", "time of a request", "s", lower=True),
    "output_tokens": Measure(
        "toFloat64(ifNull(t.output_tokens, 0))",
        "toFloat64(t.output_tokens IS NOT NULL)",
        "output tokens of a request",
        "tokens",
        lower=True,
    ),
}
_SCORED = Measure(
    "ifNull(scored.score, 0)", "toFloat64(scored.score IS NOT NULL)", "mean score of requests that have one", None, lower=False
)


def check(terms: LiveTestTerms) -> None:
    """Raises BadRequestError, BadFilterError and UnknownFactError for what can't be compared."""
    if terms.unit not in UNITS:
        raise BadRequestError(f"unit: Requests are assigned by {', '.join(UNITS)}: this is {terms.unit!r}.")
    if terms.first == terms.second:
        raise BadRequestError("second: The two arms have to differ.")
    _measure(terms.measure)
    scene = Scene(terms.project, Window(), 0)
    _arm(terms, scene, Binder())
    Filter.parse(terms.filter).on_traces(scene, Binder())


async def live(reader: Reader, terms: LiveTestTerms, *, now_ns: int) -> dict[str, Json]:
    """Where a comparison stands: both arms, their difference with an interval that holds at all times, and whether it can stop.

    Raises what its filter or arm raises.
    """
    started_ns = as_ns(terms.started)
    until_ns = min(now_ns, as_ns(terms.ended)) if terms.ended else now_ns
    width_ns = max(-(-(max(until_ns - started_ns, 1)) // LOOKS), _LEAST_WIDTH_NS)
    looks = max(1, -(-(until_ns - started_ns) // width_ns))
    measure, score = _measure(terms.measure)
    scene = Scene(terms.project, Window(started_ns - terms.before_days * UNITS_NS["d"], until_ns), now_ns)
    binder = Binder({"project": terms.project})
    params = {"first": terms.first, "second": terms.second, "started_ns": started_ns, "width": width_ns, "looks": looks, "score": score}
    join = "" if score is None else statement("live_scores", score_window=binder.traces_in(scene.window))
    requests = statement(
        "live_requests", unit=terms.unit, y=measure.y, x=measure.x, join=join, window=binder.traces_in(scene.window),
        filter=Filter.parse(terms.filter).on_traces(scene, binder),
    )  # fmt: skip
    near = binder.spans_in(Window(started_ns - _NEAR_NS, until_ns + _NEAR_NS))
    sql = statement("live", requests=requests, arm=_arm(terms, scene, binder), near=near)
    rows = await reader.rows(sql, {**binder.params, **{name: value for name, value in params.items() if value is not None}})
    by_arm = {bool(row["second"]): row for row in rows}
    arms = [_arms(by_arm.get(which), looks) for which in (False, True)]
    series = [_look(started_ns + (look + 1) * width_ns, arms[0][look], arms[1][look], terms) for look in range(looks)]
    first, second = arms[0][-1], arms[1][-1]
    found = contrast(first, second, scale=terms.smallest_effect)
    # units in both arms are counted with the second
    mixed = int(by_arm[True]["mixed_units"]) if True in by_arm else 0
    split = split_p_value(int(first.units), int(second.units), expected=terms.expected_share)
    decision = decide(found, smallest=terms.smallest_effect, split_p_value=split)
    growth = None if decision == "broken" else growth_to_decide(found, smallest=terms.smallest_effect)
    return {
        "measure": {"name": terms.measure, "meaning": measure.meaning, "unit": measure.unit, "lower_is_better": measure.lower},
        "from": rfc3339(started_ns),
        "to": rfc3339(until_ns),
        "first": _said(first, by_arm.get(False), terms, terms.first),
        "second": _said(second, by_arm.get(True), terms, terms.second),
        "difference": shown(found.difference),
        "variance_reduced": number(found.reduced),
        "split_p_value": split,
        "mixed_units": mixed,
        "decision": decision,
        "decided_at": _decided_at(series),
        "remaining_s": None if growth is None else max(growth - 1, 0) * (until_ns - started_ns) / 1e9,
        "series": series,
    }


def _measure(name: str) -> tuple[Measure, str | None]:
    """The measure, and the score that it is of."""
    if name in MEASURES:
        return MEASURES[name], None
    prefix, _, score = name.partition(".")
    if prefix == "score" and score:
        return _SCORED, score
    raise BadRequestError(f"measure: There is no measure {name!r}: take {', '.join(MEASURES)} or score.NAME.")


def _arm(terms: LiveTestTerms, scene: Scene, binder: Binder) -> str:
    return Subject("spans", scene, binder).key(parse_term(terms.arm))


def _arms(row: Row | None, looks: int) -> list[Arm]:
    if row is None:
        return [Arm(0, 0, 0, 0, 0, 0)] * looks
    return [Arm(**{name: float(row[name][look]) for name in _SUMS}) for look in range(looks)]


_SUMS = ("units", "y", "x", "yy", "xx", "xy", "p", "q", "pp", "qq", "pq", "yp", "yq", "xp", "xq")


def _look(at_ns: int, first: Arm, second: Arm, terms: LiveTestTerms) -> dict[str, Json]:
    found: Contrast = contrast(first, second, scale=terms.smallest_effect)
    return {"time": rfc3339(at_ns), "units": int(first.units + second.units), **shown(found.difference)}


def _decided_at(series: list[dict[str, Json]]) -> str | None:
    """The first look at which the interval left 0 out: what it said then it may be believed for."""
    for look in series:
        if look["low"] is not None and look["high"] is not None and (look["low"] > 0 or look["high"] < 0):
            return str(look["time"])
    return None


def _said(arm: Arm, row: Row | None, terms: LiveTestTerms, value: str) -> dict[str, Json]:
    about = f"{terms.arm} = {quoted(value)}"
    return {
        "value": value,
        "units": int(arm.units),
        "requests": 0 if row is None else row["requests"],
        "mean": number(arm.ratio),
        "filter": f"{about} and ({terms.filter})" if terms.filter.strip() else about,
    }


def as_ns(time: datetime) -> int:
    """A time as whole ns since 1970."""
    return int(time.timestamp() * 1_000_000) * 1_000
