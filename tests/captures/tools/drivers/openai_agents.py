"""OpenAI's Agents SDK under OpenInference: a tool, a handoff, an error; over the responses API and over chat completions.

Needs: openai-agents openinference-instrumentation-openai-agents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import asyncio

import openai
from _case import ASK, MODEL, case, export_traces, get_weather
from agents import Agent, OpenAIChatCompletionsModel, RunConfig, Runner, custom_span, function_tool, set_default_openai_client, trace
from openai import AsyncOpenAI
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

OpenAIAgentsInstrumentor().instrument(tracer_provider=export_traces())
weather = function_tool(get_weather)


@function_tool(failure_error_function=None)
def broken(city: str) -> str:
    """Never works."""
    raise RuntimeError(f"no weather for {city}")


loop, client = asyncio.Runner(), AsyncOpenAI(max_retries=0)
set_default_openai_client(client, use_for_tracing=False)
forecaster = Agent(name="forecaster", instructions="You know the weather.", model=MODEL, tools=[weather])
triage = Agent(name="triage", instructions="You pass questions on.", model=MODEL, handoffs=[forecaster])
classic = OpenAIChatCompletionsModel(model=MODEL, openai_client=client)


def run(agent: Agent, text: str) -> None:
    """One run of an agent."""
    loop.run(Runner.run(agent, text, run_config=RunConfig(workflow_name="support", group_id="s-42")))


async def streamed() -> None:
    """One run whose events are read as they come."""
    found = Runner.run_streamed(Agent(name="helper", model=MODEL), ASK)
    async for _ in found.stream_events():
        pass


with case("chat"):
    run(Agent(name="helper", instructions="You help.", model=MODEL), ASK)
with case("stream"):
    loop.run(streamed())
with case("tool"):
    run(forecaster, "TOOL weather in Oslo?")
with case("handoff"):
    run(triage, "TOOL=transfer_to_forecaster weather in Oslo?")
with case("tool_chat_completions"):
    run(Agent(name="forecaster", model=classic, tools=[weather]), "TOOL weather in Oslo?")
with case("tool_error", expect=Exception):
    run(Agent(name="forecaster", model=MODEL, tools=[broken]), "TOOL weather in Oslo?")
with case("error429", expect=openai.RateLimitError):
    run(Agent(name="helper", model=MODEL), "ERR429")
with case("custom_span"), trace("nightly", group_id="s-42", metadata={"plan": "gold"}), custom_span("load", {"rows": 3}):
    pass
