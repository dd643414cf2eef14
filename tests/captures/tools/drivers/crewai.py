"""CrewAI under OpenInference: a crew of one with a tool, an error.

Needs: crewai openinference-instrumentation-crewai opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ |= {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "false", "CREWAI_TRACING_ENABLED": "false"}

from _case import ASK, MODEL, case, export_traces, get_weather
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation.crewai import CrewAIInstrumentor

CrewAIInstrumentor().instrument(tracer_provider=export_traces())


@tool("get_weather")
def weather(city: str) -> str:
    """The weather in a city."""
    return get_weather(city)


def crew(text: str) -> Crew:
    """One agent, one task."""
    llm = LLM(model=f"openai/{MODEL}", base_url=os.environ["OPENAI_BASE_URL"], api_key="none")
    agent = Agent(role="helper", goal="help", backstory="a helper", llm=llm, tools=[weather], max_iter=2, max_retry_limit=0)
    return Crew(agents=[agent], tasks=[Task(description=text, expected_output="an answer", agent=agent)])


with case("chat"):
    crew(ASK).kickoff()
with case("tool"):
    crew("TOOL weather in Oslo?").kickoff(inputs={"plan": "gold"})
with case("error500", expect=Exception):
    crew("ERR500").kickoff()
