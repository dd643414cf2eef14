"""Which libraries tell of themselves, and who tells for them: a table of well-kept instrumentations, switched on where installed.

What none of them does, or does for ten times the price, Sightline does itself: OpenAI's client, the clock of a stream's chunks, requests
of ASGI applications, context across threads and over HTTP.
"""

import importlib
import importlib.util
import os
from collections.abc import Collection, Mapping
from types import ModuleType

from sightline.sdk import _asgi, _http, _openai, _streams, _threads
from sightline.sdk._hooks import Hook, when_imported
from sightline.sdk._options import Options, log

_INFERENCE = "openinference.instrumentation"
_CONTRIB = "opentelemetry.instrumentation"

INSTRUMENTATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "anthropic": ("anthropic", (f"{_INFERENCE}.anthropic:AnthropicInstrumentor", f"{_CONTRIB}.anthropic:AnthropicInstrumentor")),
    "google-genai": (
        "google.genai",
        (f"{_INFERENCE}.google_genai:GoogleGenAIInstrumentor", f"{_CONTRIB}.google_genai:GoogleGenAiSdkInstrumentor"),
    ),
    "vertexai": ("vertexai", (f"{_INFERENCE}.vertexai:VertexAIInstrumentor", f"{_CONTRIB}.vertexai:VertexAIInstrumentor")),
    "bedrock": ("botocore", (f"{_INFERENCE}.bedrock:BedrockInstrumentor", f"{_CONTRIB}.bedrock:BedrockInstrumentor")),
    "mistralai": ("mistralai", (f"{_INFERENCE}.mistralai:MistralAIInstrumentor", f"{_CONTRIB}.mistralai:MistralAiInstrumentor")),
    "groq": ("groq", (f"{_INFERENCE}.groq:GroqInstrumentor", f"{_CONTRIB}.groq:GroqInstrumentor")),
    "cohere": ("cohere", (f"{_CONTRIB}.cohere:CohereInstrumentor",)),
    "ollama": ("ollama", (f"{_CONTRIB}.ollama:OllamaInstrumentor",)),
    "litellm": ("litellm", (f"{_INFERENCE}.litellm:LiteLLMInstrumentor",)),
    "langchain": ("langchain_core", (f"{_INFERENCE}.langchain:LangChainInstrumentor", f"{_CONTRIB}.langchain:LangchainInstrumentor")),
    "llama-index": (
        "llama_index.core",
        (f"{_INFERENCE}.llama_index:LlamaIndexInstrumentor", f"{_CONTRIB}.llamaindex:LlamaIndexInstrumentor"),
    ),
    "haystack": ("haystack", (f"{_INFERENCE}.haystack:HaystackInstrumentor", f"{_CONTRIB}.haystack:HaystackInstrumentor")),
    "dspy": ("dspy", (f"{_INFERENCE}.dspy:DSPyInstrumentor",)),
    "crewai": ("crewai", (f"{_INFERENCE}.crewai:CrewAIInstrumentor", f"{_CONTRIB}.crewai:CrewAIInstrumentor")),
    "smolagents": ("smolagents", (f"{_INFERENCE}.smolagents:SmolagentsInstrumentor",)),
    "agno": ("agno", (f"{_INFERENCE}.agno:AgnoInstrumentor",)),
    "autogen": ("autogen_agentchat", (f"{_INFERENCE}.autogen_agentchat:AutogenAgentChatInstrumentor",)),
    "openai-agents": ("agents", (f"{_INFERENCE}.openai_agents:OpenAIAgentsInstrumentor",)),
    "mcp": ("mcp", (f"{_INFERENCE}.mcp:MCPInstrumentor",)),
    "chromadb": ("chromadb", (f"{_CONTRIB}.chromadb:ChromaInstrumentor",)),
    "qdrant": ("qdrant_client", (f"{_CONTRIB}.qdrant:QdrantInstrumentor",)),
    "pinecone": ("pinecone", (f"{_CONTRIB}.pinecone:PineconeInstrumentor",)),
    "weaviate": ("weaviate", (f"{_CONTRIB}.weaviate:WeaviateInstrumentor",)),
    "milvus": ("pymilvus", (f"{_CONTRIB}.milvus:MilvusInstrumentor",)),
    "flask": ("flask", (f"{_CONTRIB}.flask:FlaskInstrumentor",)),
    "django": ("django", (f"{_CONTRIB}.django:DjangoInstrumentor",)),
}
"""Name → the module that it is about, and who can tell of it, the one to prefer first."""

OWN = ("openai", "streams", "asgi", "threads", "http")
"""Sightline's own, by name; `init(instrument=[…])` may name them too."""

_on: set[str] = set()


def switch_on(wanted: bool | Collection[str], options: Options) -> None:
    """Switch on what is wanted and installed; once each. A library that is not imported yet is instrumented when it is."""
    if wanted is False:
        return
    names = {*INSTRUMENTATIONS, *OWN} if wanted is True else set(wanted)
    for name in sorted(names - _on):
        if name in INSTRUMENTATIONS:
            module, tellers = INSTRUMENTATIONS[name]
            if _installed(module):
                _on.add(name)
                when_imported(module, _teller(name, tellers))
        elif name in OWN:
            _on.add(name)
        else:
            log.warning("init(instrument=…): %r is not known; %s are", name, ", ".join((*INSTRUMENTATIONS, *OWN)))
    if "anthropic" in _on and options.content:
        # its client tells of itself; whether with content, it reads from here when it is made
        os.environ.setdefault("ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE", "content")
    if "openai" in names:
        when_imported("openai", _openai.watch)
    if "streams" in names or "openai" in names:
        _streams.watch()
    if "asgi" in names:
        _asgi.watch()
    if "threads" in names:
        _threads.watch()
    if "http" in names:
        _http.watch(options.propagate_to)


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def _teller(name: str, tellers: tuple[str, ...]) -> Hook:
    def tell(module: ModuleType) -> None:
        if hasattr(module, "_tracing") or importlib.util.find_spec(f"{module.__name__}._tracing") is not None:
            return  # it tells of itself
        for teller in tellers:
            place, _, kind = teller.partition(":")
            try:
                instrumentor = getattr(importlib.import_module(place), kind)()
            except ImportError:
                continue
            if not instrumentor.is_instrumented_by_opentelemetry:
                instrumentor.instrument()
            return
        log.info("%s is not traced: pip install 'sightline[instrument]' brings what is missing", name)

    return tell
