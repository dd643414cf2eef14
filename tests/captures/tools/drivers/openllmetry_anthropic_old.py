"""OpenLLMetry's instrumentation of the Anthropic client at 0.33.12: flat message attributes, inclusive counts.

Needs: opentelemetry-instrumentation-anthropic==0.33.12 anthropic<0.50 opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

from _case import export_traces
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=export_traces())

import _claude

_claude.record()
