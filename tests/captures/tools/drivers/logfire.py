"""Logfire's instrumentation of the OpenAI and Anthropic clients, sent to an OTLP receiver instead of its own service.

Needs: logfire openai anthropic opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ["OTEL_RESOURCE_ATTRIBUTES"] = "host.name=example,host.id=example,os.version=example"  # else Logfire asks the machine

import anthropic
import logfire
import openai
from _case import ASK, CLAUDE, CLAUDE_TOOL, EMBEDDER, MODEL, OPENAI_TOOL, case

logfire.configure(send_to_logfire=False, console=False, inspect_arguments=False)
client, claude_client = openai.OpenAI(max_retries=0), anthropic.Anthropic(max_retries=0)
logfire.instrument_openai(client)
logfire.instrument_anthropic(claude_client)
chat, claude = client.chat.completions, claude_client.messages
ask, tool = [{"role": "user", "content": ASK}], [{"role": "user", "content": "TOOL weather in Oslo?"}]

with case("chat"), logfire.span("request of {user}", user="u-17"):
    chat.create(model=MODEL, messages=[{"role": "system", "content": "You help."}, *ask])
with case("stream"):
    list(chat.create(model=MODEL, messages=ask, stream=True, stream_options={"include_usage": True}))
with case("stream_in_request"), logfire.span("request of {user}", user="u-17"):
    list(chat.create(model=MODEL, messages=ask, stream=True, stream_options={"include_usage": True}))
with case("tool"):
    chat.create(model=MODEL, messages=tool, tools=[OPENAI_TOOL])
with case("embedding"):
    client.embeddings.create(model=EMBEDDER, input=ASK)
with case("responses"):
    client.responses.create(model=MODEL, input=ASK)
with case("responses_stream"):
    list(client.responses.create(model=MODEL, input=ASK, stream=True))
with case("error429", expect=openai.RateLimitError):
    chat.create(model=MODEL, messages=[{"role": "user", "content": "ERR429"}])
with case("anthropic_chat"):
    claude.create(model=CLAUDE, max_tokens=100, system="You help.", messages=ask)
with case("anthropic_stream"):
    list(claude.create(model=CLAUDE, max_tokens=100, messages=ask, stream=True))
with case("anthropic_tool"):
    claude.create(model=CLAUDE, max_tokens=100, messages=tool, tools=[CLAUDE_TOOL])
