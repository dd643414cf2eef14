"""Prefixes seen before, found in content: whichever convention brought it, within the lifetime, per model."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from sightline.measure.economics import prefixes
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.world import HOUR_NS, call, insert_events, price, put_prices, span

pytestmark = pytest.mark.anyio

SYSTEM = "You answer questions about invoices, politely and in one sentence. " * 60
TURNS = [("user", "What is on invoice 17? " * 40), ("assistant", "Apples and pears, 12 kg. " * 40), ("user", "And on invoice 18? " * 40)]


def genai(turns: list[tuple[str, str]]) -> dict[str, str]:
    messages = [{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in turns]
    return {"gen_ai.system_instructions": json.dumps([{"type": "text", "content": SYSTEM}]), "gen_ai.input.messages": json.dumps(messages)}


def flat(prefix: str, infix: str, turns: list[tuple[str, str]]) -> dict[str, str]:
    # More than ten turns, so that their order is one of numbers.
    padded = [("system", SYSTEM), *[("user", f"turn {i}") for i in range(11)], *turns]
    said = {
        f"{prefix}.{i}.{infix}{part}": value for i, turn in enumerate(padded) for part, value in zip(("role", "content"), turn, strict=True)
    }
    return dict(sorted(said.items()))


def one(key: str, turns: list[tuple[str, str]]) -> dict[str, str]:
    return {key: json.dumps([{"role": role, "content": text} for role, text in [("system", SYSTEM), *turns]])}


CONVENTIONS: dict[str, Callable[[list[tuple[str, str]]], dict[str, str]]] = {
    "genai": genai,
    "openinference": lambda turns: flat("llm.input_messages", "message.", turns),
    "openllmetry": lambda turns: flat("gen_ai.prompt", "", turns),
    "vercel": lambda turns: one("ai.prompt.messages", turns),
    "langfuse": lambda turns: one("langfuse.observation.input", turns),
    "pydantic": lambda turns: one("pydantic_ai.all_messages", turns),
    "raw": lambda turns: one("input.value", turns),
}


async def missed(engine: Engine, asked: Any, **said: Any) -> dict[str, Any]:
    return await prefixes(engine, asked, **({"lifetime_ns": HOUR_NS, "min_tokens": 1_024, "calls": 20_000} | said))


@pytest.mark.parametrize("convention", CONVENTIONS)
async def test_a_conversation_begins_as_its_last_turn_did(engine: Engine, put: Put, ask: Ask, convention: str) -> None:
    first, second = CONVENTIONS[convention](TURNS[:1]), CONVENTIONS[convention](TURNS)
    size, more = (len(re.findall(r"\w+|[^\w\s]", " ".join(content.values()))) for content in (first, second))
    put(
        call(0, at_s=0, input_tokens=2000, cache_read_tokens=0, content=first),
        call(1, at_s=60, input_tokens=round(2000 * more / size), cache_read_tokens=500, content=second),
    )
    found = await missed(engine, ask())
    assert found["seen_before_tokens"] == pytest.approx(2000, rel=0.05)
    assert found["avoidable_tokens"] == pytest.approx(found["seen_before_tokens"] - 500)
    assert (found["calls"], found["calls_without_content"], found["requests_avoidable"]) == (2, 0, 1)


@pytest.mark.parametrize("convention", ["openinference", "genai"])
async def test_a_call_without_content_has_that_of_the_span_that_wraps_it(engine: Engine, put: Put, ask: Ask, convention: str) -> None:
    said = CONVENTIONS[convention](TURNS)
    for i in range(3):
        wrapper = f"{1000 * (i + 1) + 1:016x}"
        # the last one has words of its own, and its wrapper others
        own = {"content": one("input.value", TURNS[:1])} if i == 2 else {}
        put(
            span(i, 1, at_s=i, kind="chain", usage_counted=False, input_tokens=2000, content=said),
            call(i, 2, at_s=i, input_tokens=2000, wrapper_span_id=wrapper, **own),  # type: ignore[arg-type]
        )
    found = await missed(engine, ask())
    assert (found["calls"], found["calls_without_content"]) == (3, 0)
    assert found["seen_before_tokens"] == pytest.approx(2000, rel=0.01), "the second began as the first; the third spoke for itself"


async def test_content_may_come_as_log_records_or_structured_values(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    said = genai(TURNS)
    put(
        call(0, at_s=0, input_tokens=2000, attr_other=said),
        call(1, at_s=1, input_tokens=2000),
        call(2, at_s=2, input_tokens=2000),
        call(3, at_s=3, input_tokens=2000),
    )
    insert_events(engine, project, 1, [("gen_ai.client.inference.operation.details", {"attr_other": said})])
    insert_events(engine, project, 2, [("gen_ai.client.inference.operation.details", {"attr_string": said})])
    found = await missed(engine, ask())
    assert (found["seen_before_tokens"], found["calls_without_content"]) == (4000, 1)


@pytest.mark.parametrize(
    ("again", "lifetime_ns", "seen"),
    [
        pytest.param({}, HOUR_NS, True, id="seen"),
        pytest.param({"at_s": 3_700}, HOUR_NS, False, id="forgotten"),
        pytest.param({"at_s": 3_700}, 2 * HOUR_NS, True, id="kept longer"),
        pytest.param({"model": "other"}, HOUR_NS, False, id="another model"),
        pytest.param({"provider": "azure"}, HOUR_NS, False, id="another provider"),
        pytest.param({"input_tokens": 1_000}, HOUR_NS, False, id="too short"),
        pytest.param({"content": genai([("user", "hello")])}, HOUR_NS, False, id="only a short beginning"),
    ],
)
async def test_what_counts_as_seen(engine: Engine, put: Put, ask: Ask, again: dict[str, Any], lifetime_ns: int, seen: bool) -> None:
    content = genai([("user", "hello " * 300)])
    common: dict[str, Any] = {"input_tokens": 1500, "content": content, "at_s": 60}
    if again.get("content"):
        common["content"] = {"gen_ai.input.messages": content["gen_ai.input.messages"]}
    put(call(0, **(common | {"at_s": 0})), call(1, **(common | again)))
    found = await missed(engine, ask(), lifetime_ns=lifetime_ns)
    assert (found["seen_before_tokens"] > 0) is seen


async def test_each_use_renews_a_prefix(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(call(i, at_s=3_000 * i, input_tokens=1500, content=genai(TURNS)) for i in range(4)))
    assert (await missed(engine, ask()))["seen_before_tokens"] == 4500


async def test_calls_before_the_window_are_earlier_ones_and_nothing_more(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(call(i, at_s=60 * i, input_tokens=1500, content=genai(TURNS)) for i in range(3)))
    found = await missed(engine, ask(from_s=30, to_s=100))
    assert (found["calls"], found["input_tokens"], found["seen_before_tokens"]) == (1, 1500, 1500)


async def test_the_list_says_which_prefix_since_when_and_for_how_much(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    put_prices(engine, price(f"m-{project}", 4e-6, 0.0, cache_read_usd=1e-6))
    names: dict[str, Any] = {"model": f"m-{project}", "request_model": f"m-{project}"}
    for i in range(6):  # the cache answers twice, then never again
        read = 1200 if i in (1, 2) else 0
        content = genai([("user", f"{i} is the question. " * 20)])
        put(call(i, at_s=60 * i, input_tokens=1500, cache_read_tokens=read, content=content, weight=2.0, **names))
    found = await missed(engine, ask())
    (row,) = found["prefixes"]
    assert row["preview"].startswith('[{"type": "text", "content": "You answer questions')
    assert (row["calls"], row["seen_before_calls"], row["read_calls"]) == (12, 10, 4)
    assert (row["last_hit"], row["missing_since"]) == ("2026-11-01T00:02:00Z", "2026-11-01T00:03:00Z")
    assert row["prefix_tokens"] == pytest.approx(1500 * len(SYSTEM) / (len(SYSTEM) + 500), rel=0.05)
    assert row["avoidable_usd"] == pytest.approx(row["avoidable_tokens"] * 3e-6)
    assert found["avoidable_usd"] == pytest.approx(row["avoidable_usd"])
    assert len(row["trace_ids"]) == 5


async def test_only_so_many_calls_are_compared_and_the_answer_says_so(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(call(i, at_s=i, input_tokens=1500, content=genai(TURNS)) for i in range(5)))
    found = await missed(engine, ask(), calls=2)
    assert (found["calls"], found["seen_before_tokens"]) == (2, 1500)
    assert "Only the newest 2 of 5 calls" in found["assumptions"][-1]


@pytest.mark.parametrize("text", ["", "é中文🙂" * 900, "\x00\x1e'\\" * 500, "x" * 5_000, "[" * 3_000])
async def test_any_text_is_a_prompt(engine: Engine, put: Put, ask: Ask, text: str) -> None:
    content = {"gen_ai.input.messages": text, "output.value": "yes"}
    put(*(call(i, at_s=i, input_tokens=1500, content=content) for i in range(2)))
    found = await missed(engine, ask())
    assert found["seen_before_tokens"] == (1500 if text else 0)
    assert found["calls_without_content"] == (0 if text else 2)


async def test_an_empty_window_knows_nothing(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0), call(1, kind="embedding", input_tokens=5))
    found = await missed(engine, ask())
    assert (found["calls"], found["prefixes"], found["avoidable_usd"], found["avoidable_rate"]) == (0, [], None, None)
