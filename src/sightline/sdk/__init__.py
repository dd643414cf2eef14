"""What an application imports: OpenTelemetry packages only."""

from sightline.sdk._logs import LogHandler, TraceIds
from sightline.sdk._outbox import Exported
from sightline.sdk._recorder import Recorder
from sightline.sdk._requests import request
from sightline.sdk._scores import score
from sightline.sdk._setup import current_trace_url, exported, flush, init
from sightline.sdk._steps import Step, current, step

__all__ = [
    "Exported",
    "LogHandler",
    "Recorder",
    "Step",
    "TraceIds",
    "current",
    "current_trace_url",
    "exported",
    "flush",
    "init",
    "request",
    "score",
    "step",
]
