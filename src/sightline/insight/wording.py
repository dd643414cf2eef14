"""Hypotheses in one plain sentence each, with their numbers. What goes together need not belong together, and nothing here says so."""

from sightline.insight.explaining import Explanation, Hypothesis


def sentence(of: Hypothesis, measure: str, found: Explanation) -> str:
    """What the hypothesis says. Units are the measure's; shares of the change are told in percent."""
    where = _where(of)
    share = f" That goes with {of.share:.0%} of the whole change." if 0 < of.share < 10 else ""
    moved = (
        f"{measure} went from {_number(of.before)} to {_number(of.after)}"
        if of.before == of.before
        else f"{measure} is {_number(of.after)}"
    )
    if of.kind == "mix":
        grew = f"More of the traffic is {where}"
        return f"{grew}: its own {moved}; the larger part it has moved the whole by {_signed(of.effect)}.{share}"
    if of.kind == "judge":
        return (
            f"The judge gives other verdicts on the same anchors ({_signed(of.effect)}, {_interval(of)}), so {measure} may have moved"
            f" without the product: it went from {_number(found.before)} to {_number(found.after)}."
        )
    if of.kind == "drift":
        return f"What people ask has moved (p = {of.q:.3g} against windows of other days), and {moved} with it."
    if of.kind == "price":
        return f"A token costs {_percent(of.effect)} where {where} ({_percents(of)}): {moved}.{share}"
    beyond = (
        f"{_percent(of.effect)} beyond the rest ({_percents(of)})"
        if of.scale == "log"
        else f"{_signed(of.effect)} beyond the rest ({_interval(of)})"
    )
    what = f" {of.scale.replace('exceedance', 'more above the expected quantile')}" if of.scale.startswith("exceedance") else ""
    return f"Where {where}, {moved}:{what} {beyond}.{share}".replace(":  ", ": ")


def _where(of: Hypothesis) -> str:
    return " and ".join(f"{name} = {value}" for name, value in of.where.items()) or "everywhere"


def _number(x: float) -> str:
    return f"{x:.4g}"


def _signed(x: float) -> str:
    return f"{x:+.3g}"


def _interval(of: Hypothesis) -> str:
    return f"95 % interval {_signed(of.interval[0])} to {_signed(of.interval[1])}"


def _percent(log: float) -> str:
    from math import expm1

    return f"{expm1(log):+.1%}"


def _percents(of: Hypothesis) -> str:
    return f"95 % interval {_percent(of.interval[0])} to {_percent(of.interval[1])}"
