"""Strands Agents with its own OpenTelemetry spans, over OpenAI's chat completions: an agent with a tool.

Needs: strands-agents[openai,otel]
"""

# mypy: ignore-errors

import asyncio
import os

from _case import ASK, MODEL, case, export_traces, get_weather
from strands import Agent, tool
from strands.models.openai import OpenAIModel
from strands.telemetry import tracer

export_traces()


@tool
def broken(city: str) -> str:
    """Never works."""
    raise RuntimeError(f"no weather for {city}")


def agent(*tools: object) -> Agent:
    """An agent on behalf of one user."""
    model = OpenAIModel(client_args={"base_url": os.environ["OPENAI_BASE_URL"], "api_key": "none", "max_retries": 0}, model_id=MODEL)
    attributes = {"session.id": "s-42", "user.id": "u-17"}
    return Agent(
        model=model, name="helper", system_prompt="You help.", tools=list(tools), trace_attributes=attributes, callback_handler=None
    )


async def streamed() -> None:
    """One turn whose events are read as they come."""
    async for _ in agent().stream_async(ASK):
        pass


with case("chat"):
    agent()(ASK)
with case("stream"):
    asyncio.run(streamed())
with case("tool"):
    agent(tool(get_weather))("TOOL weather in Oslo?")
with case("tool_error"):
    agent(broken)("TOOL weather in Oslo?")
with case("error500", expect=Exception):
    agent()("ERR500")

# The conventions' newer form: one event with all the messages.
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
tracer._tracer_instance = None  # it reads the variable once
with case("tool_latest"):
    agent(tool(get_weather))("TOOL weather in Oslo?")
