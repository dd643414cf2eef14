"""OpenLLMetry's instrumentation of the Anthropic client, which by now sends spans of its own as well.

Needs: opentelemetry-instrumentation-anthropic anthropic opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

from _case import export_traces
from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument(tracer_provider=export_traces())

import _claude

_claude.record()
