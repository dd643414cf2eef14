"""LlamaIndex under OpenInference: a query over documents, streaming chat, an agent with a tool, an error.

Needs: llama-index-core llama-index-llms-openai llama-index-embeddings-openai openinference-instrumentation-llama-index
openinference-instrumentation-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

import asyncio
import os

import openai
from _case import ASK, DOCUMENTS, EMBEDDER, MODEL, case, export_traces, get_weather
from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from openinference.instrumentation import using_session, using_user
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

provider = export_traces()
LlamaIndexInstrumentor().instrument(tracer_provider=provider)
base = os.environ["OPENAI_BASE_URL"]
Settings.llm = OpenAI(model=MODEL, api_base=base, max_retries=0)
Settings.embed_model = OpenAIEmbedding(model_name=EMBEDDER, api_base=base, max_retries=0)
index = None

with case("index"):
    index = VectorStoreIndex.from_documents([Document(text=text, metadata={"file": f"kb/{n}.md"}) for n, text in enumerate(DOCUMENTS)])
with case("rag"), using_session("s-42"), using_user("u-17"):
    index.as_query_engine(similarity_top_k=2).query(ASK)
with case("chat"):
    Settings.llm.chat([ChatMessage(role="user", content=ASK)])
with case("stream"):
    list(Settings.llm.stream_chat([ChatMessage(role="user", content=ASK)]))
with case("stream_with_usage"):
    list(Settings.llm.stream_chat([ChatMessage(role="user", content=ASK)], stream_options={"include_usage": True}))
with case("agent"):

    async def run() -> None:
        """The agent decides on the tool, LlamaIndex calls it."""
        agent = FunctionAgent(tools=[FunctionTool.from_defaults(get_weather)], llm=Settings.llm, streaming=False)
        await agent.run("TOOL weather in Oslo?")

    asyncio.run(run())
with case("error429", expect=openai.RateLimitError):
    Settings.llm.chat([ChatMessage(role="user", content="ERR429")])

# The same calls once more with the OpenAI client instrumented as well: every call now stands there twice.
from openinference.instrumentation.openai import OpenAIInstrumentor

OpenAIInstrumentor().instrument(tracer_provider=provider)
with case("nested_rag"):
    index.as_query_engine(similarity_top_k=2).query(ASK)
with case("nested_stream"):
    list(Settings.llm.stream_chat([ChatMessage(role="user", content=ASK)]))
