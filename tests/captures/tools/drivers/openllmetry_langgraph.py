"""LangGraph under OpenLLMetry's LangChain instrumentation: the cases of `langgraph` once more.

Needs: langgraph langchain langchain-openai opentelemetry-instrumentation-langchain opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

from _case import export_traces
from opentelemetry.instrumentation.langchain import LangchainInstrumentor

LangchainInstrumentor().instrument(tracer_provider=export_traces())

import _graphs

_graphs.record()
