"""Sessions as their users lived them: how many turns, how many ended without an answer, how long the others took."""

from sightline.measure.asking import Asked, Json, number, shown
from sightline.measure.reliability.asking import around, statement, tally
from sightline.query import UNITS_NS, Binder, Reader, quoted

_DAY_NS = UNITS_NS["d"]


async def sessions(reader: Reader, asked: Asked, *, quiet_ns: int) -> dict[str, Json]:
    """The answer of GET /reliability/sessions. The filter selects requests: one of their spans satisfies it. Raises as a filter does.

    quiet_ns: a session is over when nothing came for so long after its last request ended.
    """
    scene, binder = asked.scene, Binder({"project": asked.scene.project})
    wide = around(scene.window, _DAY_NS)
    sql = statement(
        "sessions",
        around=binder.traces_in(wide),
        near=binder.spans_in(wide),
        filter=asked.filter.on_traces(type(scene)(scene.project, wide, scene.now_ns), binder),
    )
    times = {"quiet_ns": quiet_ns, "now_ns": scene.now_ns, "from_ns": scene.window.from_ns, "to_ns": scene.window.to_ns}
    (row,) = await reader.rows(sql, {**binder.params, **times})
    over = row["sessions"] - row["open_sessions"]
    turns, took = row["turns_quantiles"], row["took_quantiles"]
    return {
        "window": shown(scene.window),
        "sessions": row["sessions"],
        "open": row["open_sessions"],
        "abandoned": tally(row["abandoned"], over, over),
        "abandoned_failed": row["abandoned_failed"],
        "abandoned_empty": row["abandoned_empty"],
        "turns": {
            "mean": number(row["turns_mean"]),
            "p50": number(turns[0]) if over else None,
            "p95": number(turns[1]) if over else None,
            "max": row["turns_max"] if over else None,
            "n": over,
        },
        "time_to_resolution": {
            "p50_ns": number(took[0]) if row["resolved"] else None,
            "p95_ns": number(took[1]) if row["resolved"] else None,
            "n": row["resolved"],
        },
        "abandoned_sessions": [
            {"session_id": session_id, "last_trace_id": trace_id, "filter": f"session_id = {quoted(session_id)}"}
            for session_id, trace_id in row["abandoned_sessions"]
        ],
    }
