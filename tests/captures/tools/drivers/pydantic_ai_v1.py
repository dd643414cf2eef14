"""Pydantic AI at 1.0 with version 1 of its span format: messages as log events, then as one span attribute.

Needs: pydantic-ai-slim[openai]==1.0.0 openai<2 opentelemetry-sdk==1.35.0 opentelemetry-exporter-otlp-proto-http==1.35.0
"""

# mypy: ignore-errors

from _case import ASK, MODEL, case, export_traces, get_weather
from opentelemetry import _logs
from opentelemetry.sdk._events import EventLoggerProvider
from pydantic_ai import Agent, ModelRetry
from pydantic_ai.models.instrumented import InstrumentationSettings

export_traces(logs=True)
events = EventLoggerProvider(_logs.get_logger_provider())
Agent.instrument_all(InstrumentationSettings(version=1, event_mode="logs", event_logger_provider=events))
plain = Agent(f"openai:{MODEL}", instructions="You help.", name="helper")
forecaster = Agent(f"openai:{MODEL}", name="forecaster", tools=[get_weather])
tried: list[str] = []


@(moody := Agent(f"openai:{MODEL}", name="moody")).tool_plain
def unsure(city: str) -> str:
    """Works at the second try."""
    tried.append(city)
    if len(tried) == 1:
        raise ModelRetry("ask again")
    return get_weather(city)


with case("chat"):
    plain.run_sync(ASK)
with case("tool"):
    forecaster.run_sync("TOOL weather in Oslo?")
with case("tool_retry", expect=Exception):
    moody.run_sync("TOOL weather in Oslo?")
with case("error500", expect=Exception):
    plain.run_sync("ERR500")

Agent.instrument_all(InstrumentationSettings(version=1, event_mode="attributes"))
with case("chat_attributes"):
    plain.run_sync(ASK)
with case("tool_attributes"):
    forecaster.run_sync("TOOL weather in Oslo?")
