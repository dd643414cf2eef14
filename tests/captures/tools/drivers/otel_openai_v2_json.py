"""OpenTelemetry's own instrumentation of the OpenAI client over OTLP's JSON, traces and logs, content in both.

Needs: opentelemetry-instrumentation-openai-v2 opentelemetry-util-genai==1.0b0 openai<3 opentelemetry-sdk
opentelemetry-exporter-otlp-json-http
"""

# mypy: ignore-errors

import os

os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_AND_EVENT"

import openai
from _case import ASK, EMBEDDER, MODEL, OPENAI_TOOL, URL, case
from opentelemetry import _logs, trace
from opentelemetry.exporter.otlp.json.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

traces, logs = TracerProvider(), LoggerProvider()
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{URL}/v1/traces")))
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(endpoint=f"{URL}/v1/logs")))
trace.set_tracer_provider(traces)
_logs.set_logger_provider(logs)
OpenAIInstrumentor().instrument()
client = openai.OpenAI(max_retries=0)
chat = client.chat.completions
ask, tool = {"role": "user", "content": ASK}, {"role": "user", "content": "TOOL weather in Oslo?"}

with case("chat"):
    chat.create(model=MODEL, messages=[{"role": "system", "content": "You help."}, ask], temperature=0.2)
with case("stream"):
    list(chat.create(model=MODEL, messages=[ask], stream=True, stream_options={"include_usage": True}))
with case("tool"):
    chat.create(model=MODEL, messages=[tool], tools=[OPENAI_TOOL])
with case("embedding"):
    client.embeddings.create(model=EMBEDDER, input=ASK)
with case("error429", expect=openai.RateLimitError):
    chat.create(model=MODEL, messages=[{"role": "user", "content": "ERR429"}])
