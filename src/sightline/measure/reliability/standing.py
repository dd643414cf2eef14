"""How a trace's spans compare with their like: the badge 'slower than 97 % of 1,234'."""

from sightline.measure.asking import Json
from sightline.measure.reliability.asking import statement
from sightline.query import EARLIEST_NS, LATEST_NS, Binder, Reader, Window, rfc3339, trace_window

FEWEST = 20
"""Spans of the same stage and model below which a percentile says nothing."""


async def standing(reader: Reader, project: str, trace_id: str, *, around_ns: int) -> dict[str, Json]:
    """The answer of GET /reliability/standing. Raises NotFoundError.

    around_ns: the like are looked for so long before the trace began and after.
    """
    own = await trace_window(reader, project, trace_id)
    window = Window(max(own.from_ns - around_ns, EARLIEST_NS), min(own.to_ns + around_ns, LATEST_NS))
    binder = Binder({"project": project, "trace_id": trace_id.lower()})
    sql = statement("standing", window=binder.spans_in(window), own=binder.spans_in(own))
    rows = await reader.rows(sql, binder.params)
    return {
        "window": {"from": rfc3339(window.from_ns), "to": rfc3339(window.to_ns)},
        "fewest": FEWEST,
        "spans": [
            {
                "span_id": span_id,
                "percentile": 100 * (below + equal / 2) / row["n"],
                "n": row["n"],
                "p50_ns": int(row["p50_ns"]),
                "enough": row["n"] >= FEWEST,
            }
            for row in rows
            for span_id, below, equal in zip(row["span_ids"], row["below"], row["equal"], strict=True)
        ],
    }
