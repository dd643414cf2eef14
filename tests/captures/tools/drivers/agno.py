"""Agno under OpenInference: an agent with a tool, a team, a stream, an error.

Needs: agno openai openinference-instrumentation-agno opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ["AGNO_TELEMETRY"] = "false"

from _case import ASK, MODEL, case, export_traces, get_weather
from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.team import Team
from openinference.instrumentation.agno import AgnoInstrumentor

AgnoInstrumentor().instrument(tracer_provider=export_traces())
who = {"user_id": "u-17", "session_id": "s-42"}


def agent(name: str = "helper", *tools: object) -> Agent:
    """An agent without retries."""
    model = OpenAIChat(id=MODEL, base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    return Agent(name=name, model=model, instructions="You help.", tools=list(tools), telemetry=False)


with case("chat"):
    agent().run(ASK, **who)
with case("stream"):
    list(agent().run(ASK, stream=True, **who))
with case("tool"):
    agent("forecaster", get_weather).run("TOOL=get_weather weather in Oslo?", **who)
with case("team"):
    model = OpenAIChat(id=MODEL, base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)
    Team(name="desk", model=model, members=[agent("forecaster", get_weather)], telemetry=False).run(ASK, **who)
with case("error429", expect=Exception):
    agent().run("ERR429", **who)
