"""Microsoft's Agent Framework with its own spans, content included: an agent with a tool, a stream, an error.

Needs: agent-framework-core agent-framework-openai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import asyncio

from _case import ASK, MODEL, case, export_traces, get_weather
from agent_framework import Agent
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatClient, OpenAIChatCompletionClient

export_traces(logs=True)
enable_instrumentation(enable_sensitive_data=True)
loop = asyncio.Runner()


def agent(client: object, *tools: object) -> Agent:
    """An agent of the given API."""
    return Agent(client, name="helper", instructions="You help.", tools=list(tools))


async def streamed() -> None:
    """One answer as it comes."""
    async for _ in agent(OpenAIChatCompletionClient(MODEL)).run(ASK, stream=True):
        pass


async def run(made: Agent, text: str) -> None:
    """One answer."""
    await made.run(text)


with case("chat"):
    loop.run(run(agent(OpenAIChatCompletionClient(MODEL)), ASK))
with case("stream"):
    loop.run(streamed())
with case("tool"):
    loop.run(run(agent(OpenAIChatCompletionClient(MODEL), get_weather), "TOOL weather in Oslo?"))
with case("responses"):
    loop.run(run(agent(OpenAIChatClient(MODEL)), ASK))
with case("error500", expect=Exception):
    loop.run(run(agent(OpenAIChatCompletionClient(MODEL)), "ERR500"))
