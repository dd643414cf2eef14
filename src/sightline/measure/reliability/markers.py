"""Deploys nobody had to announce: a service runs a release that it did not run before."""

from sightline.measure.asking import Json
from sightline.measure.reliability.asking import statement
from sightline.query import EARLIEST_NS, LATEST_NS, UNITS_NS, Binder, Reader, Window, both, quoted, rfc3339

LOOKBACK_NS = 30 * UNITS_NS["d"]
MOST = 500


async def deploys(reader: Reader, project: str, window: Window) -> list[dict[str, Json]]:
    """Markers of the releases that began in the window, the latest 500 of them, in the order of their times.

    A release counts as new to a service and environment that ran another one in the 30 days before; the first of all is no change.
    """
    binder = Binder({"project": project, "rows": MOST})
    from_ns = max(window.from_ns, EARLIEST_NS)
    since = Window(max(from_ns - LOOKBACK_NS, EARLIEST_NS), min(window.to_ns, LATEST_NS))
    sql = statement("releases", since=binder.spans_in(since), **{"from": binder.time(from_ns)})
    rows = await reader.rows(sql, binder.params)
    return [_marker(project, **row) for row in reversed(rows)]


def _marker(project: str, *, service: str | None, environment: str | None, release: str, previous: str, first_ns: int) -> dict[str, Json]:
    where = [f"{name} = {quoted(value)}" for name, value in (("service", service), ("environment", environment)) if value is not None]
    return {
        "id": None,
        "project": project,
        "time": rfc3339(first_ns),
        "until": None,
        "kind": "deploy",
        "name": f"{service} {release}" if service else release,
        "description": f"first seen; before it ran {previous}" + (f" in {environment}" if environment else ""),
        "service": service,
        "source": "release",
        "release": release,
        "previous_release": previous,
        "filter": both([*where, f"release = {quoted(release)}"]),
    }
