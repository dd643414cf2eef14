"""The HTTP API, version 1: one router per topic, all under /api/v1."""
