"""What was for nothing: each kind by arithmetic, and no call counted twice."""

import json
from typing import Any

import pytest

from sightline.measure.economics import waste
from sightline.query import Filter, ListQuestion, list_traces
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.world import call, price, put_prices, span

pytestmark = pytest.mark.anyio

SOME = (0.6, 0.0, 0.0, 0.4)


def said(text: str, *, system: str = "", answer: str = "yes") -> dict[str, str]:
    content = {
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": text}]}]),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": answer}]}]),
    }
    return content | ({"gen_ai.system_instructions": system} if system else {})


async def wasted(engine: Engine, asked: Any) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    found = await waste(engine, asked)
    return found, {kind["kind"]: kind for kind in found["kinds"]}


async def test_failed_requests_are_those_whose_root_failed(engine: Engine, put: Put, ask: Ask) -> None:
    put(span(0, status="error"), call(0, parts=SOME), call(0, 2, status="error"), span(1), call(1, parts=SOME, status="error"))
    found, kinds = await wasted(engine, ask())
    failed = kinds["failed_requests"]
    assert (failed["usd"], failed["calls"], failed["requests"], failed["share"]) == (1, 2, 1, 0.5)
    assert (found["spend_usd"], found["waste_usd"]) == (2, 1)
    page = await list_traces(engine, ListQuestion(ask().scene, Filter.parse(failed["filter"])))
    assert [row["trace_id"] for row in page.rows] in ([], failed["trace_ids"])


async def test_retries_cost_what_was_superseded(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0),
        call(0, 1, at_s=1, attempt=1, status="error", parts=SOME),
        call(0, 2, at_s=2, attempt=2, status="error"),  # not billed
        call(0, 3, at_s=3, attempt=3, parts=SOME),
        # Another model stood in: the first answer was paid for and thrown away.
        span(1),
        call(1, 1, at_s=1, attempt=1, status="error", parts=SOME),
        call(1, 2, at_s=2, attempt=1, model="other", parts=SOME, fallback_of=f"{2 * 1000 + 1:016x}"),
    )
    found, kinds = await wasted(engine, ask())
    assert (kinds["retries"]["usd"], kinds["retries"]["calls"]) == (2, 3)
    assert found["waste_usd"] == 2


async def test_abandoned_streams(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, streamed=True, status="error", error_type="cancelled", parts=SOME),
        call(1, streamed=True, status="error", error_type="server_error", parts=SOME),
        call(2, streamed=True, parts=SOME),  # its convention has no finish reason
        call(3, streamed=False, status="error", error_type="cancelled", parts=SOME),
    )
    _, kinds = await wasted(engine, ask())
    assert kinds["abandoned_streams"]["calls"] == 2


@pytest.mark.parametrize(
    ("again", "repeated"),
    [
        pytest.param({}, 1, id="again"),
        pytest.param({"content": said("what?!")}, 0, id="another question"),
        pytest.param({"model": "other"}, 0, id="another model"),
        pytest.param({"temperature": 0.5}, 0, id="another temperature"),
        pytest.param({"at_s": 90_000}, 0, id="a day later"),
        pytest.param({"served_from_cache": True}, 0, id="answered by the cache"),
    ],
)
async def test_repeated_requests(engine: Engine, put: Put, ask: Ask, again: dict[str, Any], repeated: int) -> None:
    common: dict[str, Any] = {"parts": SOME, "input_tokens": 10, "content": said("what?"), "at_s": 3_600}
    put(call(0, **(common | {"at_s": 0})), call(1, **(common | again)))
    found, kinds = await wasted(engine, ask(from_s=1_800, to_s=100_000))  # the first was before the window
    assert (kinds["repeated_requests"]["calls"], kinds["repeated_requests"]["usd"]) == (repeated, repeated)
    assert found["waste_usd"] == (repeated or None)


async def test_a_failure_is_not_what_was_repeated(engine: Engine, put: Put, ask: Ask) -> None:
    common: dict[str, Any] = {"parts": SOME, "input_tokens": 10, "content": said("what?")}
    put(call(0, status="error", **common), call(1, at_s=5, **common))
    assert (await wasted(engine, ask()))[1]["repeated_requests"]["calls"] == 0


async def test_output_that_was_cut_off_costs_its_output(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, finish_reason="length", parts=SOME, weight=2.0))
    found, kinds = await wasted(engine, ask())
    assert (kinds["truncated_output"]["usd"], kinds["truncated_output"]["calls"], found["waste_usd"]) == (0.8, 2, 0.8)


async def test_a_call_counts_for_its_first_kind_only(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0, status="error"),
        call(0, finish_reason="length", streamed=True, status="error", error_type="cancelled", parts=SOME),
        call(1, finish_reason="length", parts=SOME),
    )
    found, kinds = await wasted(engine, ask())
    assert [kinds[kind]["usd"] for kind in ("failed_requests", "abandoned_streams", "truncated_output")] == [1, 1, pytest.approx(0.8)]
    assert found["waste_usd"] == pytest.approx(1 + 0.4)
    assert "A call counts once" in found["how_added"]


async def test_documents_that_the_answer_shows_no_trace_of(engine: Engine, put: Put, ask: Ask) -> None:
    cited, quoted, unused = (f"{word} " * 40 for word in ("alpha", "beta", "gamma"))
    documents = [{"id": "doc-1", "content": cited}, {"id": "doc-2", "content": quoted}, {"id": "doc-3", "content": unused}]
    content = said(cited + quoted + unused, answer=f"As [doc-1] says, {quoted[:100]}")
    put(
        span(0, task="t"),
        span(0, 1, kind="retrieval", content={"gen_ai.retrieval.documents": json.dumps(documents)}),
        call(0, 2, parts=(1, 0, 0, 0), input_tokens=1000, content=content, task="t"),
        # A task that never cites anything says nothing.
        span(1, task="u"),
        span(1, 1, kind="retrieval", content={f"retrieval.documents.0.document.{k}": v for k, v in documents[2].items()}),
        call(1, 2, parts=(1, 0, 0, 0), input_tokens=1000, content=said(unused), task="u"),
    )
    found, kinds = await wasted(engine, ask())
    part = len(unused) / len(content["gen_ai.input.messages"])
    assert kinds["uncited_documents"]["usd"] == pytest.approx(part)
    assert (kinds["uncited_documents"]["calls"], kinds["uncited_documents"]["estimate"]) == (1, True)
    assert kinds["uncited_documents"]["share"] == pytest.approx(part / 2)
    assert found["waste_usd"] == pytest.approx(part)


async def test_system_instructions_are_a_share_and_not_in_the_sum(engine: Engine, put: Put, ask: Ask) -> None:
    content = said("x", system="s" * 300)
    size = len(content["gen_ai.system_instructions"]) + 1 + len(content["gen_ai.input.messages"])
    put(call(0, parts=(0.9, 0.01, 0, 0), input_tokens=1000, cache_read_tokens=100, content=content))
    found, kinds = await wasted(engine, ask())
    head = 1000 * 300 / size - 100
    assert kinds["system_prompt"]["usd"] == pytest.approx(head * 0.001)
    assert kinds["system_prompt"]["share"] == pytest.approx(head / 1000)
    assert (kinds["system_prompt"]["added"], found["waste_usd"]) == (False, None)


async def test_contexts_nearly_full(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    put_prices(engine, price(f"m-{project}", 1e-6, 1e-6, context_tokens=1000))
    names: dict[str, Any] = {"model": f"m-{project}", "request_model": f"m-{project}", "parts": SOME}
    put(call(0, input_tokens=901, **names), call(1, input_tokens=900, **names))
    _, kinds = await wasted(engine, ask())
    assert (kinds["near_full_context"]["calls"], kinds["near_full_context"]["usd"], kinds["near_full_context"]["added"]) == (1, 1, False)
    assert kinds["near_full_context"]["filter"] == f"trace_id in ('{kinds['near_full_context']['trace_ids'][0]}')"


async def test_an_empty_window_wastes_nothing_known(engine: Engine, ask: Ask) -> None:
    found, kinds = await wasted(engine, ask())
    assert (found["spend_usd"], found["waste_usd"]) == (None, None)
    assert all((kind["usd"], kind["calls"], kind["trace_ids"]) == (None, 0, []) for kind in kinds.values())
    assert len(kinds) == 8
