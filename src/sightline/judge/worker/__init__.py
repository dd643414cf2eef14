"""The judging worker: a process of its own that knows only the HTTP API."""

from sightline.judge.worker.worker import Worker, WorkerOptions

__all__ = ["Worker", "WorkerOptions"]
