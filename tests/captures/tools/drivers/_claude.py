"""The Anthropic client's cases, for whoever instruments it: imported after the instrumentation is on."""

# mypy: ignore-errors

import anthropic
from _case import ASK, CLAUDE, CLAUDE_TOOL, case

claude = anthropic.Anthropic(max_retries=0).messages
ask, tool = [{"role": "user", "content": ASK}], [{"role": "user", "content": "TOOL weather in Oslo?"}]
cached = [{"type": "text", "text": "You answer questions about refunds.", "cache_control": {"type": "ephemeral"}}]


def record() -> None:
    """Every case once."""
    with case("chat"):
        claude.create(model=CLAUDE, max_tokens=100, messages=ask)
    with case("stream"):
        list(claude.create(model=CLAUDE, max_tokens=100, messages=ask, stream=True))
    with case("stream_helper"), claude.stream(model=CLAUDE, max_tokens=100, messages=ask) as stream:
        stream.get_final_message()
    with case("tool"):
        claude.create(model=CLAUDE, max_tokens=100, messages=tool, tools=[CLAUDE_TOOL])
    with case("tool_stream"):
        list(claude.create(model=CLAUDE, max_tokens=100, messages=tool, tools=[CLAUDE_TOOL], stream=True))
    with case("cache"):
        claude.create(model=CLAUDE, max_tokens=100, system=cached, messages=ask)
    with case("error429", expect=anthropic.RateLimitError):
        claude.create(model=CLAUDE, max_tokens=100, messages=[{"role": "user", "content": "ERR429"}])
