"""Haystack under OpenInference, and once under its own OpenTelemetry tracer: a pipeline of retriever, prompt and generator; an agent.

Needs: haystack-ai opentelemetry-haystack openinference-instrumentation-haystack opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ["HAYSTACK_CONTENT_TRACING_ENABLED"] = "true"
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"

from _case import ASK, DOCUMENTS, EMBEDDER, MODEL, WEATHER_SCHEMA, case, export_traces, get_weather
from haystack import Document, Pipeline, tracing
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.components.embedders import OpenAIDocumentEmbedder, OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.tools import Tool
from haystack_integrations.tracing.opentelemetry import OpenTelemetryTracer
from openinference.instrumentation.haystack import HaystackInstrumentor
from opentelemetry import trace

provider = export_traces()
base = os.environ["OPENAI_BASE_URL"]
store = InMemoryDocumentStore()
written = OpenAIDocumentEmbedder(model=EMBEDDER, api_base_url=base).run(
    [Document(content=text, meta={"file": f"kb/{n}.md"}) for n, text in enumerate(DOCUMENTS)]
)
store.write_documents(written["documents"])


def generator() -> OpenAIChatGenerator:
    """The model without retries."""
    return OpenAIChatGenerator(model=MODEL, api_base_url=base, max_retries=0)


def pipeline(retriever: object) -> Pipeline:
    """Documents, a prompt, an answer."""
    made = Pipeline()
    made.add_component("retriever", retriever)
    template = [ChatMessage.from_user("{% for d in documents %}{{ d.content }}\n{% endfor %}{{ question }}")]
    made.add_component("prompt", ChatPromptBuilder(template=template, required_variables="*"))
    made.add_component("llm", generator())
    made.connect("retriever.documents", "prompt.documents")
    made.connect("prompt.prompt", "llm.messages")
    return made


def ask_keyword(question: str) -> None:
    """One request, its documents found by keyword."""
    made = pipeline(InMemoryBM25Retriever(document_store=store, top_k=2))
    made.run({"retriever": {"query": question}, "prompt": {"question": question}})


def ask_embedding(question: str) -> None:
    """One request, its documents found by embedding."""
    made = pipeline(InMemoryEmbeddingRetriever(document_store=store, top_k=2))
    made.add_component("embedder", OpenAITextEmbedder(model=EMBEDDER, api_base_url=base))
    made.connect("embedder.embedding", "retriever.query_embedding")
    made.run({"embedder": {"text": question}, "prompt": {"question": question}})


def ask_agent(question: str) -> None:
    """One request to an agent with a tool."""
    weather = Tool("get_weather", "The weather in a city", WEATHER_SCHEMA, get_weather)
    Agent(chat_generator=generator(), tools=[weather]).run(messages=[ChatMessage.from_user(question)])


HaystackInstrumentor().instrument(tracer_provider=provider)
with case("rag"):
    ask_embedding(ASK)
with case("rag_keyword"):
    ask_keyword(ASK)
with case("agent"):
    ask_agent("TOOL weather in Oslo?")
with case("error429", expect=Exception):
    ask_keyword("ERR429")
HaystackInstrumentor().uninstrument()

tracing.enable_tracing(OpenTelemetryTracer(trace.get_tracer("haystack")))
with case("own_rag"):
    ask_embedding(ASK)
with case("own_agent"):
    ask_agent("TOOL weather in Oslo?")
with case("own_error429", expect=Exception):
    ask_keyword("ERR429")
