"""What every driver needs: a case to record into, a prompt, documents, a tool, and a tracer provider for libraries without one."""

# mypy: ignore-errors

import contextlib
import http.client
import json
import os
import traceback
import urllib.parse
from collections.abc import Iterator
from typing import Any

URL = os.environ["STAND_IN_URL"]
ASK = "How long do refunds take?"
DOCUMENTS = ["Refunds take five business days.", "Parcels are sent from Oslo.", "Gift cards never expire."]
MODEL, EMBEDDER, CLAUDE = "gpt-4o-mini", "text-embedding-3-small", "claude-sonnet-4-5"
WEATHER_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI_TOOL: Any = {
    "type": "function",
    "function": {"name": "get_weather", "description": "The weather in a city", "parameters": WEATHER_SCHEMA},
}
CLAUDE_TOOL: Any = {"name": "get_weather", "description": "The weather in a city", "input_schema": WEATHER_SCHEMA}


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"Four degrees and rain in {city}"


def open_case(name: str | None) -> None:
    """Everything sent from here on belongs to this case."""
    line = http.client.HTTPConnection(urllib.parse.urlsplit(URL).netloc)  # the one client that nobody instruments
    line.request("POST", "/case", json.dumps({"case": name}))
    line.getresponse().read()


def flush() -> None:
    """Send what the process still holds."""
    from opentelemetry import trace

    with contextlib.suppress(AttributeError):
        trace.get_tracer_provider().force_flush()  # type: ignore[attr-defined]
    with contextlib.suppress(ImportError, AttributeError):
        from opentelemetry import _logs

        _logs.get_logger_provider().force_flush()  # type: ignore[attr-defined]


@contextlib.contextmanager
def case(name: str, *, expect: type[BaseException] | tuple[type[BaseException], ...] = ()) -> Iterator[None]:
    """Record what happens inside; an expected error is part of the case, any other is shown and ends only this case."""
    open_case(name)
    try:
        yield
    except expect:
        pass
    except Exception:
        traceback.print_exc(limit=-6)
        print(f"^ {name}")
    finally:
        flush()
        open_case(None)


def export_traces(*, logs: bool = False) -> Any:
    """A tracer provider that sends OTLP/HTTP protobuf to the sink, set as the global one."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    if logs:
        from opentelemetry import _logs
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

        log_provider = LoggerProvider()
        log_provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
        _logs.set_logger_provider(log_provider)
    return provider
