"""LiteLLM's own `otel` callback.

Needs: litellm opentelemetry-api opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os
import time

os.environ |= {"OTEL_EXPORTER": "otlp_http", "OTEL_ENDPOINT": os.environ["STAND_IN_URL"] + "/v1/traces"}
os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "ANTHROPIC_API_BASE": os.environ["STAND_IN_URL"]}

import litellm
from _case import ASK, CLAUDE, EMBEDDER, MODEL, OPENAI_TOOL, case

litellm.callbacks = ["otel"]
litellm.telemetry = False
ask, tool = [{"role": "user", "content": ASK}], [{"role": "user", "content": "TOOL weather in Oslo?"}]
metadata = {"user_id": "u-17", "session_id": "s-42", "tags": ["gold"]}


def settled() -> None:
    """LiteLLM calls back from another thread."""
    time.sleep(1.5)


with case("chat"):
    litellm.completion(model=f"openai/{MODEL}", messages=ask, temperature=0.2, metadata=metadata, user="u-17")
    settled()
with case("stream"):
    list(litellm.completion(model=f"openai/{MODEL}", messages=ask, stream=True, stream_options={"include_usage": True}))
    settled()
with case("tool"):
    litellm.completion(model=f"openai/{MODEL}", messages=tool, tools=[OPENAI_TOOL])
    settled()
with case("embedding"):
    litellm.embedding(model=f"openai/{EMBEDDER}", input=[ASK])
    settled()
with case("responses"):
    litellm.responses(model=f"openai/{MODEL}", input=ASK)
    settled()
with case("error429", expect=litellm.RateLimitError):
    litellm.completion(model=f"openai/{MODEL}", messages=[{"role": "user", "content": "ERR429"}], num_retries=0, max_retries=0)
with case("anthropic_chat"):
    litellm.completion(model=f"anthropic/{CLAUDE}", messages=ask, max_tokens=100)
    settled()
with case("anthropic_stream"):
    list(litellm.completion(model=f"anthropic/{CLAUDE}", messages=ask, max_tokens=100, stream=True))
    settled()
with case("anthropic_tool"):
    litellm.completion(model=f"anthropic/{CLAUDE}", messages=tool, tools=[OPENAI_TOOL], max_tokens=100)
    settled()
