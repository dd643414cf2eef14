"""Google's Agent Development Kit with its own OpenTelemetry spans: a Gemini agent with a tool, and a sub-agent.

Needs: google-adk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import asyncio
import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"

from _case import ASK, case, export_traces, get_weather
from google.adk.agents import Agent
from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.runners import InMemoryRunner
from google.genai import types

export_traces(logs=True)


def broken(city: str) -> str:
    """Never works."""
    raise RuntimeError(f"no weather for {city}")


async def run(agent: Agent, text: str, mode: StreamingMode = StreamingMode.NONE) -> None:
    """One turn of one user's session."""
    runner = InMemoryRunner(agent=agent, app_name="assistant")
    session = await runner.session_service.create_session(app_name="assistant", user_id="u-17", session_id="s-42")
    message = types.Content(role="user", parts=[types.Part(text=text)])
    config = RunConfig(streaming_mode=mode)
    async for _ in runner.run_async(user_id="u-17", session_id=session.id, new_message=message, run_config=config):
        pass


model = "gemini-2.5-flash"
with case("chat"):
    asyncio.run(run(Agent(name="helper", model=model, instruction="You help."), ASK))
with case("stream"):
    asyncio.run(run(Agent(name="helper", model=model), ASK, StreamingMode.SSE))
with case("tool"):
    asyncio.run(run(Agent(name="forecaster", model=model, tools=[get_weather]), "TOOL=get_weather weather in Oslo?"))
with case("tool_error", expect=Exception):
    asyncio.run(run(Agent(name="forecaster", model=model, tools=[broken]), "TOOL=broken weather in Oslo?"))
with case("error429", expect=Exception):
    asyncio.run(run(Agent(name="helper", model=model), "ERR429"))
