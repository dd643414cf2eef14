"""Traceloop's SDK: its decorators around the OpenAI and Anthropic clients, with association properties.

Needs: traceloop-sdk openai anthropic httpx
"""

# mypy: ignore-errors

import anthropic
import openai
from _case import ASK, CLAUDE, MODEL, OPENAI_TOOL, URL, case, get_weather
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, task, tool, workflow

Traceloop.init(app_name="assistant", api_endpoint=URL, api_key="none", disable_batch=False, telemetry_enabled=False)
chat = openai.OpenAI(max_retries=0).chat.completions
claude = anthropic.Anthropic(max_retries=0).messages
weather = tool(name="get_weather")(get_weather)


@task(name="draft_answer")
def draft_answer(question: str) -> str:
    """One chat completion."""
    found = chat.create(model=MODEL, messages=[{"role": "user", "content": question}])
    return found.choices[0].message.content or ""


@task(name="check_answer")
def check_answer(question: str) -> str:
    """One Anthropic message, its system prompt cached."""
    system = [{"type": "text", "text": "You check answers.", "cache_control": {"type": "ephemeral"}}]
    found = claude.create(model=CLAUDE, max_tokens=100, system=system, messages=[{"role": "user", "content": question}])
    return found.content[0].text


@workflow(name="support_request", version=3)
def support_request(question: str) -> str:
    """A draft and a check of it, both on behalf of one user."""
    Traceloop.set_association_properties({"user_id": "u-17", "session_id": "s-42", "plan": "gold"})
    return check_answer(draft_answer(question))


@agent(name="weather_agent")
def weather_agent(question: str) -> str:
    """A tool call and what the model made of it."""
    messages = [{"role": "user", "content": question}]
    call = chat.create(model=MODEL, messages=messages, tools=[OPENAI_TOOL]).choices[0].message
    result = {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": weather("Oslo")}
    final = chat.create(model=MODEL, messages=[*messages, call, result], tools=[OPENAI_TOOL])
    return final.choices[0].message.content or ""


@workflow(name="weather_request")
def weather_request(question: str) -> str:
    """An agent within a workflow."""
    return weather_agent(question)


with case("workflow"):
    support_request(ASK)
with case("agent"):
    weather_request("TOOL weather in Oslo?")
with case("anthropic_cache"):
    check_answer(ASK)
with case("anthropic_stream"):
    list(claude.create(model=CLAUDE, max_tokens=100, messages=[{"role": "user", "content": ASK}], stream=True))
with case("error429", expect=openai.RateLimitError):
    support_request("ERR429")
