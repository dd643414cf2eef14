"""Cohere's rerank under OpenLLMetry.

Needs: cohere<6 opentelemetry-instrumentation-cohere opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import cohere
from _case import ASK, DOCUMENTS, URL, case, export_traces
from opentelemetry.instrumentation.cohere import CohereInstrumentor

CohereInstrumentor().instrument(tracer_provider=export_traces())

with case("rerank"):
    cohere.ClientV2(base_url=URL).rerank(model="rerank-v3.5", query=ASK, documents=DOCUMENTS, top_n=2)
with case("rerank_v1"):
    cohere.Client(base_url=URL).rerank(model="rerank-v3.5", query=ASK, documents=DOCUMENTS, top_n=2)
