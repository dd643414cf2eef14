"""OpenLLMetry's instrumentation of the Anthropic client at 0.33.0: the prompt's tokens without those of the cache.

Needs: opentelemetry-instrumentation-anthropic==0.33.0 anthropic<0.50 opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

from _case import export_traces
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=export_traces())

import _claude

_claude.record()
