"""MLflow's autologging of OpenAI and Anthropic, and its decorator around a retriever, exported over OTLP.

Needs: mlflow openai anthropic opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = os.environ["STAND_IN_URL"] + "/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf"
os.environ["MLFLOW_USE_DEFAULT_TRACER_PROVIDER"] = "false"  # the process-wide provider, which `case` can flush

import anthropic
import mlflow
import openai
from _case import ASK, CLAUDE, CLAUDE_TOOL, DOCUMENTS, EMBEDDER, MODEL, OPENAI_TOOL, case, get_weather
from mlflow.entities import Document

mlflow.openai.autolog()
mlflow.anthropic.autolog()
client = openai.OpenAI(max_retries=0)
claude = anthropic.Anthropic(max_retries=0).messages
ask, tool = [{"role": "user", "content": ASK}], [{"role": "user", "content": "TOOL weather in Oslo?"}]


@mlflow.trace(span_type="RETRIEVER")
def search(question: str) -> list[Document]:
    """Three documents, the first the best."""
    return [
        Document(page_content=text, metadata={"doc_uri": f"kb/{n}.md", "score": 0.9 - n / 10}, id=str(n))
        for n, text in enumerate(DOCUMENTS)
    ]


@mlflow.trace(span_type="CHAIN")
def answer(question: str, user: str | None = None) -> str | None:
    """Documents first, then the model, for a user in a session."""
    if user:
        mlflow.update_current_trace(metadata={"mlflow.trace.user": user, "mlflow.trace.session": "s-42"}, tags={"plan": "gold"})
    found = "\n".join(document.page_content for document in search(question))
    messages = [{"role": "system", "content": found}, {"role": "user", "content": question}]
    return client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content


@mlflow.trace(span_type="AGENT")
def agent(question: str) -> str | None:
    """A tool call and what the model made of it."""
    messages = [{"role": "user", "content": question}]
    call = client.chat.completions.create(model=MODEL, messages=messages, tools=[OPENAI_TOOL]).choices[0].message
    weather = mlflow.trace(get_weather, span_type="TOOL")("Oslo")
    messages += [call, {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": weather}]
    return client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content


with case("chat"):
    client.chat.completions.create(model=MODEL, messages=ask, temperature=0.2)
with case("stream"):
    list(client.chat.completions.create(model=MODEL, messages=ask, stream=True, stream_options={"include_usage": True}))
with case("tool"):
    client.chat.completions.create(model=MODEL, messages=tool, tools=[OPENAI_TOOL])
with case("agent"):
    agent("TOOL weather in Oslo?")
with case("rag"):
    answer(ASK)
with case("rag_user"):
    answer(ASK, "u-17")
with case("embedding"):
    client.embeddings.create(model=EMBEDDER, input=ASK)
with case("responses"):
    client.responses.create(model=MODEL, input=ASK)
with case("error429", expect=openai.RateLimitError):
    client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "ERR429"}])
with case("anthropic_chat"):
    claude.create(model=CLAUDE, max_tokens=100, messages=ask)
with case("anthropic_stream"):
    list(claude.create(model=CLAUDE, max_tokens=100, messages=ask, stream=True))
with case("anthropic_tool"):
    claude.create(model=CLAUDE, max_tokens=100, messages=tool, tools=[CLAUDE_TOOL])
