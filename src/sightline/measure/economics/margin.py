"""What requests earned and cost, by groups; and what a group spends more on than the others. Correlation, not more."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sightline.errors import BadRequestError
from sightline.measure.asking import Asked, Json, number, ratio
from sightline.measure.economics.asking import Rows, difference, now_and_before, paired, rows_of, statement
from sightline.query import Reader, Row, Window, both, quoted

_MOST_DRIVERS = 20
_MOST_COMPARED = 100
_MOST_ROWS = 2_000
_SAME = 0.95
# Of facts that tell of the same calls the first is said: what is done where before what it is called, and how it ended last.
_TELLING = (
    *("error_type", "attempt", "tool_name", "stage and model", "model", "stage", "prompt_version", "prompt_name"),
    *("service_tier", "feature", "task", "finish_reason"),
)
_TRACES = 10


async def margin(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /economics/margin, the worst margin first. The filter selects requests: one of their spans satisfies it."""
    total, grouped = _requests(replace(asked, group_by=()), asked.both), _requests(asked, asked.both)
    everything, groups = await asyncio.gather(
        total.ask(reader, "margin", parts=_parts(total), rows=2), grouped.ask(reader, "margin", parts=_parts(grouped), rows=2 * limit + 2)
    )
    now, before = now_and_before(everything)
    found = [_group(grouped, asked, current, earlier) for current, earlier in paired(groups)[:limit]]
    found.sort(key=lambda group: (_worst(group["now"]["margin_usd"]), -(group["now"]["cost_usd"] or 0), str(group["group"])))
    return {
        **asked.windows(),
        "total": _margin(now),
        "previous_total": None if asked.previous is None else _margin(before),
        "groups": found,
        "limit": limit,
        "more_groups": max(0, (groups[0]["group_count"] if groups else 0) - len(found)),
    }


def _worst(margin_usd: float | None) -> float:
    return math.inf if margin_usd is None else margin_usd


def _requests(asked: Asked, window: Window) -> Rows:
    """All spans of the requests that match."""
    return rows_of("spans", asked, window, whole_requests=True)


def _parts(rows: Rows) -> dict[str, str]:
    """`$requests`: the requests with their groups, by what their root says."""
    places = range(len(rows.grouping.terms))
    chosen = [f"argMinIf((g{i}, k{i}), (s.parent_span_id IS NOT NULL, -ifNull(s.cost_usd, 0), s.start), g{i} IS NOT NULL)" for i in places]
    texts = ", ".join(f"tupleElement({choice}, 1)" for choice in chosen)
    kinds = ", ".join(f"tupleElement({choice}, 2)" for choice in chosen)
    key = ", ".join(f"ifNull(concat('=', tupleElement({choice}, 1)), '')" for choice in chosen)
    return {
        "spans": rows.sql,
        "requests": statement(
            "requests",
            spans=rows.sql,
            request_texts=f"CAST([{texts}], 'Array(Nullable(String))')",
            request_kinds=f"CAST([{kinds}], 'Array(String)')",
            request_key=f"cityHash64({key})" if chosen else "toUInt64(0)",
        ),
    }


def _margin(row: Row | None) -> dict[str, Json]:
    if row is None:
        row = {"requests": 0, "requests_with_revenue": 0, "unprofitable_requests": 0, "priced_calls": 0, "calls_without_cost": 0}
    return {
        "requests": number(row["requests"]),
        "requests_with_revenue": number(row["requests_with_revenue"]),
        "revenue_usd": number(row.get("revenue_usd")),
        "cost_usd": number(row.get("cost_usd")),
        "margin_usd": number(row.get("margin_usd")),
        "margin_rate": number(ratio(row.get("margin_usd"), row.get("margin_revenue_usd"))),
        "unprofitable_requests": number(row["unprofitable_requests"]),
        "priced_share": ratio(row["priced_calls"], row["priced_calls"] + row["calls_without_cost"]),
    }


def _group(rows: Rows, asked: Asked, now: Row | None, before: Row | None) -> dict[str, Json]:
    there: Row = now or before or {}
    current = _margin(now)
    earlier = None if asked.previous is None else _margin(before)
    return {
        "group": list(there["texts"]),
        "now": current,
        "before": earlier,
        "change_usd": None if earlier is None else difference(current["margin_usd"], earlier["margin_usd"]),
        "filter": rows.grouping.filter(there["texts"], there["kinds"]),
    }


async def why(reader: Reader, asked: Asked, value: str | None) -> dict[str, Json]:
    """The answer of GET /economics/margin/why: one group against all others. `value` None: those of which the fact is unknown."""
    if len(asked.group_by) != 1:
        raise BadRequestError("One fact divides the group from the others: give group_by once.")
    rows = _requests(asked, asked.scene.window)
    parts = _parts(rows)
    parts["divided"] = statement("divided", **parts)
    sides, found = await asyncio.gather(
        rows.ask(reader, "why_requests", parts=parts, value=value), rows.ask(reader, "why", parts=parts, value=value, rows=_MOST_ROWS)
    )
    group, others = (next((side for side in sides if bool(side["in_group"]) is inside), None) for inside in (True, False))
    requests, others_requests = (number(side["requests"]) if side else 0 for side in (group, others))
    spent = sum(number(row["cost_usd"]) or 0 for row in found if row["fact"] == "stage")
    selects = rows.grouping.filter([value], group["kinds"]) if group else None
    excess = {row["description"]: _excess(row, requests, others_requests) for row in found}
    found = sorted(found if requests else [], key=lambda row: -(excess[row["description"]] or 0))[:_MOST_COMPARED]
    chosen = [row["description"] for row in found]
    shared = await rows.ask(reader, "why_shared", parts=parts, value=value, chosen=chosen) if chosen else []
    drivers = [
        _driver(row, selects, value, requests, others_requests, spent) | {"same_calls": [f"{one['fact']} {_value(one)}" for one in same]}
        for row, same in _told_once(found, shared)[:_MOST_DRIVERS]
    ]
    return {
        **asked.windows(),
        "group": [value],
        "requests": requests,
        "cost_per_request_usd": number(group["cost_per_request_usd"]) if group else None,
        "others_cost_per_request_usd": number(others["cost_per_request_usd"]) if others else None,
        "revenue_per_request_usd": number(group["revenue_per_request_usd"]) if group else None,
        "others_revenue_per_request_usd": number(others["revenue_per_request_usd"]) if others else None,
        "drivers": drivers,
        "note": "A difference that goes together with the cost, which need not be the reason for it.",
    }


def _told_once(found: Sequence[Row], shared: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """Descriptions of nearly the same calls as one: the most telling of them, and what else they are, in the order of `found`.

    Two are the same when what they have in common is _SAME of what they have together: of the money, where there is any.
    """
    common = {frozenset((row["one"], row["other"])): row for row in shared}

    def same(one: Row, other: Row) -> bool:
        both_are = common.get(frozenset((one["description"], other["description"])))
        if both_are is None:
            return False
        part, sides = both_are["usd"], (one["cost_usd"] or 0) + (other["cost_usd"] or 0)
        if not sides:
            part, sides = both_are["calls"], one["calls"] + other["calls"]
        return bool(part >= _SAME * (sides - part))

    told: dict[int, tuple[Row, list[Row]]] = {}
    for row in sorted(found, key=lambda row: _TELLING.index(row["fact"])):
        leader = next((leader for leader, _ in told.values() if same(leader, row)), None)
        if leader is None:
            told[row["description"]] = (row, [])
        else:
            told[leader["description"]][1].append(row)
    return [told[row["description"]] for row in found if row["description"] in told]


def _excess(row: Row, requests: float, others_requests: float) -> float | None:
    """What the group's requests would not have cost here, had each cost what one of the others' does."""
    per_request = ratio(number(row["cost_usd"]), requests)
    others_per_request = ratio(number(row["others_cost_usd"]) or 0, others_requests)
    return None if per_request is None or others_per_request is None else (per_request - others_per_request) * requests


def _value(row: Row) -> str:
    return str(row["first"]) if row["second"] is None else f"{row['first']}, {row['second']}"


def _driver(row: Row, selects: str | None, value: str | None, requests: float, others_requests: float, spent: float) -> dict[str, Json]:
    cost, others_cost = number(row["cost_usd"]), number(row["others_cost_usd"])
    made: dict[str, Json] = {
        "fact": row["fact"],
        "value": _value(row),
        "cost_usd": cost,
        "share": ratio(cost, spent),
        "per_request_usd": ratio(cost, requests),
        "others_per_request_usd": ratio(others_cost or 0, others_requests),
        "excess_usd": _excess(row, requests, others_requests),
        "calls_per_request": ratio(row["calls"], requests),
        "others_calls_per_request": ratio(row["others_calls"], others_requests),
        "tokens_per_call": ratio(number(row["tokens"]), row["calls_with_tokens"]),
        "others_tokens_per_call": ratio(number(row["others_tokens"]), row["others_calls_with_tokens"]),
        "trace_ids": list(dict.fromkeys(trace_id for _, trace_id in row["dearest"]))[:_TRACES],
    }
    costs = (ratio(cost, row["calls"]), ratio(others_cost, row["others_calls"]))
    made["sentence"] = _sentence(row, value, made, costs)
    made["filter"] = None if selects is None else both([selects, _within(row)])
    return made


def _within(row: Row) -> str:
    if row["fact"] == "stage and model":
        return both([f"stage = {quoted(row['first'])}", f"model = {quoted(row['second'])}"])
    if row["fact"] == "attempt":
        return f"attempt = {row['first']}"
    return f"{row['fact']} = {quoted(row['first'])}"


def _sentence(row: Row, value: str | None, driver: Mapping[str, Any], costs: tuple[float | None, float | None]) -> str:
    """The factor by which the two sides differ most: how many calls, how many tokens in each, what a token costs."""
    who = "Requests without one" if value is None else f"{value}'s requests"
    where = _WHERE[row["fact"]](row)
    mine, theirs = driver["calls_per_request"], driver["others_calls_per_request"]
    if not theirs:
        return f"{who} make {_calls(mine)} {where}; the others make none."
    tokens, other_tokens = driver["tokens_per_call"], driver["others_tokens_per_call"]
    unit, other_unit = ratio(costs[0], tokens), ratio(costs[1], other_tokens)
    factors = {
        f"{who} make {_calls(mine)} {where} where others make {_few(theirs)}.": _apart(mine, theirs),
        f"{who} carry {_few(tokens)} tokens in each call {where} where others carry {_few(other_tokens)}.": _apart(tokens, other_tokens),
        f"{who} pay {_money(unit)} per million tokens {where} where others pay {_money(other_unit)}.": _apart(unit, other_unit),
    }
    return max(factors, key=lambda sentence: factors[sentence])


_WHERE = {
    "stage and model": lambda row: f'to {row["second"]} in "{row["first"]}"',
    "stage": lambda row: f'in "{row["first"]}"',
    "model": lambda row: f"to {row['first']}",
    "task": lambda row: f'for "{row["first"]}"',
    "feature": lambda row: f'for "{row["first"]}"',
    "prompt_name": lambda row: f'with the prompt "{row["first"]}"',
    "prompt_version": lambda row: f'with version "{row["first"]}" of a prompt',
    "tool_name": lambda row: f'to the tool "{row["first"]}"',
    "service_tier": lambda row: f'at the tier "{row["first"]}"',
    "finish_reason": lambda row: f'that end with "{row["first"]}"',
    "error_type": lambda row: f'that fail with "{row["first"]}"',
    "attempt": lambda row: f"as attempt {row['first']}",
}


def _apart(one: float | None, other: float | None) -> float:
    """How much more, on the scale of factors; below what is known to differ where it can't be told."""
    return math.log(one / other) if one and other and one > 0 and other > 0 else -math.inf


def _few(value: float | None) -> str:
    if value is None:
        return "an unknown number of"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _calls(value: float | None) -> str:
    few = _few(value)
    return f"{few} call" if few == "1" else f"{few} calls"


def _money(per_token: float | None) -> str:
    return "an unknown price" if per_token is None else f"{per_token * 1e6:.3g} USD"
