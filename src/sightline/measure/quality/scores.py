"""Which scores a project has: by whom, of what, how many."""

from sightline.measure.quality.asking import ANCHORS, Json, shown, statement
from sightline.measure.quality.reading import finite
from sightline.query import Binder, Filter, Reader, Scene, Subject, rfc3339


async def scores(reader: Reader, scene: Scene, matching: Filter, *, limit: int) -> dict[str, Json]:
    """The answer of GET /quality/scores but for what the configuration knows. Raises what a filter that can't be raises."""
    binder = Binder({"project": scene.project})
    source = Subject("scores", scene, binder).source(matching)
    rows = await reader.rows(statement("scores", source=source), {**binder.params, "rows": limit})
    return {
        "window": shown(scene.window),
        "scores": [
            {
                "name": row["name"],
                "source": row["source"],
                "author": row["author"] or None,
                "version": row["version"],
                "type": row["type"],
                "target": row["target"],
                "n": row["n"] - row["empty"],
                "raw": None if row["mean"] is None else finite(row["mean"]),
                "last": rfc3339(row["last_ns"]),
            }
            for row in rows
            if not row["name"].endswith(ANCHORS)
        ],
    }
