"""The judges that the demo has ready: groundedness of its answers, off until somebody switches it on."""

import asyncio
from typing import Any

import httpx

from sightline.judge.library import library

NAME = "groundedness"
_TRIES = 40


async def offer_judges(server: str, provider: str) -> bool:
    """Make the demo's judge where there is none of its name, and point an older one at the provider of now. False: the server said no."""
    found = next(rubric for rubric in library() if rubric.name == NAME)
    model = {"model": "gpt-4o-mini", "endpoint": f"{provider}/v1"}
    definition: dict[str, Any] = {**found.definition, "filter": "name = 'generate'", "model": model, "budget_usd_per_day": 2.0}
    async with httpx.AsyncClient(base_url=server.rstrip("/"), timeout=30) as client:
        for _ in range(_TRIES):
            try:
                there = (await client.get("/api/v1/judges")).raise_for_status().json()["judges"]
                kept = next((judge for judge in there if judge["name"] == NAME), None)
                if kept is None:
                    body = {"name": NAME, "definition": definition, "enabled": False}
                    (await client.post("/api/v1/judges", json=body)).raise_for_status()
                elif (kept["definition"]["model"] or {}).get("endpoint") not in (None, model["endpoint"]):
                    moved = kept["definition"] | {"model": kept["definition"]["model"] | {"endpoint": model["endpoint"]}}
                    (await client.put(f"/api/v1/judges/{kept['id']}", json={"definition": moved})).raise_for_status()
            except httpx.HTTPStatusError:
                return False
            except httpx.TransportError:
                await asyncio.sleep(0.5)
            else:
                return True
    return False
