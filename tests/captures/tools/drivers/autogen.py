"""AutoGen's agent chat with its own spans: an assistant with a tool, an error.

Needs: autogen-agentchat autogen-ext[openai] opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import asyncio
import os

from _case import ASK, MODEL, case, export_traces, get_weather
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

export_traces()


async def weather(city: str) -> str:
    """The weather in a city."""
    return get_weather(city)


def agent() -> AssistantAgent:
    """An assistant with a tool, which it reflects on."""
    client = OpenAIChatCompletionClient(model=MODEL, base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    return AssistantAgent("helper", client, tools=[weather], reflect_on_tool_use=True)


with case("chat"):
    asyncio.run(agent().run(task=ASK))
with case("tool"):
    asyncio.run(agent().run(task="TOOL weather in Oslo?"))
with case("team"):
    asyncio.run(RoundRobinGroupChat([agent()], termination_condition=MaxMessageTermination(2)).run(task=ASK))
with case("error429", expect=Exception):
    asyncio.run(agent().run(task="ERR429"))
