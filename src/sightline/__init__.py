"""Sightline: observability for production GenAI systems. `sightline.init()` is where an application begins."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sightline.sdk import Exported as Exported
    from sightline.sdk import LogHandler as LogHandler
    from sightline.sdk import Recorder as Recorder
    from sightline.sdk import Step as Step
    from sightline.sdk import TraceIds as TraceIds
    from sightline.sdk import current as current
    from sightline.sdk import current_trace_url as current_trace_url
    from sightline.sdk import exported as exported
    from sightline.sdk import flush as flush
    from sightline.sdk import init as init
    from sightline.sdk import request as request
    from sightline.sdk import score as score
    from sightline.sdk import step as step

__version__ = "0.1.0"

_PUBLIC = (
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
)


def __getattr__(name: str) -> Any:
    """The SDK's names, imported when one is first asked for: the server's commands never pay for them."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sightline' has no attribute {name!r}")
    from sightline import sdk

    globals().update({public: getattr(sdk, public) for public in _PUBLIC})
    return globals()[name]


def __dir__() -> list[str]:
    """What `sightline.` completes to."""
    return sorted({*globals(), *_PUBLIC})
