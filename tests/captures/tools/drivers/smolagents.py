"""Smolagents under OpenInference: a tool-calling agent, a tool that fails, an error.

Needs: smolagents[openai] openinference-instrumentation-smolagents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os
from typing import ClassVar

from _case import ASK, MODEL, case, export_traces, get_weather
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIServerModel, Tool, ToolCallingAgent

SmolagentsInstrumentor().instrument(tracer_provider=export_traces())


class Weather(Tool):
    """The tool as smolagents wants it."""

    name, description, output_type = "get_weather", "The weather in a city", "string"
    inputs: ClassVar = {"city": {"type": "string", "description": "a city"}}

    def forward(self, city: str) -> str:
        """Rain."""
        return get_weather(city)


class Broken(Weather):
    """Never works."""

    name = "broken"

    def forward(self, city: str) -> str:
        """No weather at all."""
        raise RuntimeError(f"no weather for {city}")


model = OpenAIServerModel(MODEL, api_base=os.environ["OPENAI_BASE_URL"], api_key="none", retry=False, client_kwargs={"max_retries": 0})


def agent(tool: Tool) -> ToolCallingAgent:
    """Two steps at most: the stand-in never calls `final_answer`."""
    return ToolCallingAgent(tools=[tool], model=model, max_steps=1, verbosity_level=0)


with case("model"):
    model([{"role": "user", "content": [{"type": "text", "text": ASK}]}])
with case("tool"):
    agent(Weather()).run("TOOL=get_weather weather in Oslo?")
with case("tool_error"):
    agent(Broken()).run("TOOL=broken weather in Oslo?")
with case("error500", expect=Exception):
    agent(Weather()).run("ERR500")
