"""LangGraph under OpenInference's LangChain instrumentation: a graph of two nodes, a prebuilt agent, a parallel branch, an error.

Needs: langgraph langchain langchain-openai openinference-instrumentation-langchain opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

from _case import export_traces
from openinference.instrumentation.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument(tracer_provider=export_traces())

import _graphs

_graphs.record()
