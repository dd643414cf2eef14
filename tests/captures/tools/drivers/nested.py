"""LangChain and the OpenAI client beneath it, both under OpenInference: the same call stands there twice, one in the other.

Needs: numpy langchain langchain-openai openai openinference-instrumentation-langchain openinference-instrumentation-openai
opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import openai
from _case import ASK, DOCUMENTS, EMBEDDER, MODEL, case, export_traces, get_weather
from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from openinference.instrumentation.langchain import LangChainInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = export_traces()
LangChainInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)
llm = ChatOpenAI(model=MODEL, max_retries=0)
store = InMemoryVectorStore(OpenAIEmbeddings(model=EMBEDDER, check_embedding_ctx_length=False))

with case("chat"):
    llm.invoke(ASK)
with case("stream"):
    list(llm.stream(ASK, stream_usage=True))
with case("chat_in_request"), provider.get_tracer("app").start_as_current_span("request"):
    llm.invoke(ASK)
with case("agent"):
    create_agent(llm, [get_weather]).invoke({"messages": [("user", "TOOL weather in Oslo?")]})
with case("rag"):
    store.add_documents([Document(text) for text in DOCUMENTS])
    found = store.as_retriever(search_kwargs={"k": 2}).invoke(ASK)
    llm.invoke([("system", "\n".join(document.page_content for document in found)), ("user", ASK)])
with case("error429", expect=openai.RateLimitError):
    llm.invoke("ERR429")
