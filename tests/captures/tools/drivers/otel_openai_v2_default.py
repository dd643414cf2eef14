"""OpenTelemetry's own instrumentation of the OpenAI client before it followed the newer conventions: content in log events.

Needs: opentelemetry-instrumentation-openai-v2==2.1b0 openai<2 opentelemetry-sdk==1.35.0 opentelemetry-exporter-otlp-proto-http==1.35.0
"""

# mypy: ignore-errors

import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"

import openai
from _case import ASK, MODEL, OPENAI_TOOL, case, export_traces
from opentelemetry import _logs
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk._events import EventLoggerProvider

provider = export_traces(logs=True)
events = EventLoggerProvider(_logs.get_logger_provider())
OpenAIInstrumentor().instrument(tracer_provider=provider, event_logger_provider=events)
chat = openai.OpenAI(max_retries=0).chat.completions
ask, tool = {"role": "user", "content": ASK}, {"role": "user", "content": "TOOL weather in Oslo?"}

with case("chat"):
    chat.create(model=MODEL, messages=[{"role": "system", "content": "You help."}, ask], temperature=0.2)
with case("stream"):
    list(chat.create(model=MODEL, messages=[ask], stream=True, stream_options={"include_usage": True}))
with case("stream_no_usage"):
    list(chat.create(model=MODEL, messages=[ask], stream=True))
with case("tool"):
    call = chat.create(model=MODEL, messages=[tool], tools=[OPENAI_TOOL]).choices[0].message
    result = {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "Four degrees and rain"}
    chat.create(model=MODEL, messages=[tool, call, result], tools=[OPENAI_TOOL])
with case("tool_stream"):
    list(chat.create(model=MODEL, messages=[tool], tools=[OPENAI_TOOL], stream=True))
with case("error429", expect=openai.RateLimitError):
    chat.create(model=MODEL, messages=[{"role": "user", "content": "ERR429"}])
