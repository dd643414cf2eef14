"""The HTTP API, version 1: one router per topic, all under /api/v1."""

from sightline.serve.api.routes import include_routers

__all__ = ["include_routers"]
