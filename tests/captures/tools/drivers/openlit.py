"""OpenLIT's SDK over the OpenAI and Anthropic clients, message content captured, prices from a local file.

Needs: openlit openai anthropic
"""

# mypy: ignore-errors

import json
import pathlib

import anthropic
import openai
import openlit
from _case import ASK, CLAUDE, CLAUDE_TOOL, EMBEDDER, MODEL, OPENAI_TOOL, URL, case

PRICES = {
    "chat": {
        MODEL: {"promptPrice": 0.00015, "completionPrice": 0.0006},
        CLAUDE: {"promptPrice": 0.003, "completionPrice": 0.015},
    },
    "embeddings": {EMBEDDER: 0.00002},
}
pathlib.Path("prices.json").write_text(json.dumps(PRICES))

openlit.init(
    application_name="assistant",
    environment="test",
    otlp_endpoint=URL,
    pricing_json="prices.json",
    capture_message_content=True,
    disable_metrics=True,
)
chat = openai.OpenAI(max_retries=0).chat.completions
claude = anthropic.Anthropic(max_retries=0).messages
ask, tool = [{"role": "user", "content": ASK}], [{"role": "user", "content": "TOOL weather in Oslo?"}]
system = "You answer questions about refunds."

with case("chat"):
    chat.create(model=MODEL, messages=[{"role": "system", "content": system}, *ask], temperature=0.2)
with case("stream"):
    list(chat.create(model=MODEL, messages=ask, stream=True, stream_options={"include_usage": True}))
with case("stream_no_usage"):
    list(chat.create(model=MODEL, messages=ask, stream=True))
with case("tool"):
    chat.create(model=MODEL, messages=tool, tools=[OPENAI_TOOL])
with case("embedding"):
    openai.OpenAI(max_retries=0).embeddings.create(model=EMBEDDER, input=ASK)
with case("responses"):
    openai.OpenAI(max_retries=0).responses.create(model=MODEL, input=ASK)
with case("error429", expect=openai.RateLimitError):
    chat.create(model=MODEL, messages=[{"role": "user", "content": "ERR429"}])
with case("anthropic_chat"):
    claude.create(model=CLAUDE, max_tokens=100, system=system, messages=ask)
with case("anthropic_stream"):
    list(claude.create(model=CLAUDE, max_tokens=100, messages=ask, stream=True))
with case("anthropic_tool"):
    claude.create(model=CLAUDE, max_tokens=100, messages=tool, tools=[CLAUDE_TOOL])
with case("anthropic_error", expect=anthropic.RateLimitError):
    claude.create(model=CLAUDE, max_tokens=100, messages=[{"role": "user", "content": "ERR429"}])
