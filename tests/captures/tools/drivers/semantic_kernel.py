"""Semantic Kernel with its own spans, content included: chat, stream, a function call, an error.

Needs: semantic-kernel opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors
# ruff: noqa: E402

import asyncio
import logging
import os

os.environ["SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE"] = "true"

from _case import ASK, MODEL, case, export_traces, get_weather
from opentelemetry import _logs
from opentelemetry.sdk._logs import LoggingHandler

export_traces(logs=True)
handler = LoggingHandler(logger_provider=_logs.get_logger_provider())
logging.getLogger("semantic_kernel").addHandler(handler)
logging.getLogger("semantic_kernel").setLevel(logging.INFO)

from openai import AsyncOpenAI
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory
from semantic_kernel.functions import kernel_function

kernel = Kernel()
service = OpenAIChatCompletion(ai_model_id=MODEL, async_client=AsyncOpenAI(max_retries=0))
kernel.add_service(service)
kernel.add_function("weather", kernel_function(get_weather, name="get_weather"))
loop = asyncio.Runner()


def ask(text: str, **settings: object) -> None:
    """One answer."""
    history = ChatHistory(system_message="You help.")
    history.add_user_message(text)
    wanted = OpenAIChatPromptExecutionSettings(**settings)
    loop.run(service.get_chat_message_contents(history, wanted, kernel=kernel))


async def stream(text: str) -> None:
    """One answer as it comes."""
    history = ChatHistory()
    history.add_user_message(text)
    async for _ in service.get_streaming_chat_message_contents(history, OpenAIChatPromptExecutionSettings()):
        pass


with case("chat"):
    ask(ASK, temperature=0.2)
with case("stream"):
    loop.run(stream(ASK))
with case("tool"):
    ask("TOOL weather in Oslo?", function_choice_behavior=FunctionChoiceBehavior.Auto())
with case("error429", expect=Exception):
    ask("ERR429")
