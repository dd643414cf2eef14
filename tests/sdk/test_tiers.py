"""With `keep_content` below 1 ordinary requests send their facts alone; errors, slow and flagged ones keep everything."""

import json
from collections.abc import Iterator

import pytest

import sightline
from sightline.facts.conventions import CONTENT_KEYS as SERVERS_CONTENT
from sightline.facts.conventions import CONTENT_PREFIXES as SERVERS_PREFIXES
from sightline.sdk._tiers import CONTENT, CONTENT_PREFIXES
from tests.sdk.sink import Sink


@pytest.fixture(autouse=True)
def _keeping_little(sink: Sink) -> Iterator[None]:
    sightline.init(keep_content=0.0, slow_s=0.2)
    yield
    sightline.init(keep_content=1.0)


def request(name: str) -> "sightline.Step":
    """A request with content in its root; children are the test's."""
    return sightline.step(name, kind="request")


def test_an_ordinary_request_sends_its_facts_alone(sink: Sink) -> None:
    with request("usual"), sightline.step("call", kind="llm") as call:
        call.messages("the question", "the answer")
        call.usage(input_tokens=10, output_tokens=5)
        call.decision("a", reason="the reason")
        with sightline.step("search", kind="retrieval") as search:
            search.documents([{"id": "d1", "score": 0.5, "content": "the text"}], query="the query")
    call_span = sink.span("call")
    assert "the " not in str([span.attributes for span in sink.spans])
    assert call_span.attributes["sightline.input_tokens"] == 10
    assert (call_span.attributes["sightline.content_kept"], call_span.attributes["sightline.content_rate"]) == ("no", 0.0)
    assert json.loads(sink.span("search").attributes["gen_ai.retrieval.documents"]) == [{"id": "d1", "score": 0.5}]


def test_an_error_anywhere_keeps_the_whole_requests_content(sink: Sink) -> None:
    with request("failing"):
        with sightline.step("before") as before:
            before.input("the question")
        with pytest.raises(ValueError, match="no"), sightline.step("broken"):
            raise ValueError("no")
    said = sink.span("before").attributes
    assert (said["input.value"], said["sightline.content_kept"], said["sightline.content_rate"]) == ("the question", "error", 1.0)


def test_a_slow_request_keeps_it(sink: Sink) -> None:
    import time

    with request("slow") as slow:
        slow.input("the question")
        time.sleep(0.21)
    assert sink.span("slow").attributes["sightline.content_kept"] == "slow"


def test_a_flagged_request_keeps_it(sink: Sink) -> None:
    with request("flagged"), sightline.step("inside") as inside:
        inside.input("the question")
        sightline.current().keep_content()
    assert sink.span("inside").attributes["input.value"] == "the question"


def test_the_rate_draws_whole_requests(sink: Sink) -> None:
    sightline.init(keep_content=0.5)
    for _ in range(200):
        with request("one") as root, sightline.step("inside") as inside:
            root.input("x")
            inside.input("y")
    sightline.flush(10)
    kept = {span.trace_id for span in sink.spans if "input.value" in span.attributes}
    whole = {span.trace_id for span in sink.spans if span.attributes["sightline.content_kept"] == "sample"}
    assert len(sink.spans) == 400
    assert kept == whole
    assert 60 <= len(kept) <= 140  # binomial(200, 0.5): beyond 5.6 standard deviations otherwise
    assert all(sum(span.trace_id == one and "input.value" in span.attributes for span in sink.spans) == 2 for one in kept)


def test_what_ends_after_its_request_follows_it(sink: Sink) -> None:
    with request("usual"):
        late = sightline.step("late")
        late.__enter__().input("the question")
        late_context = late
    late_context.__exit__(None, None, None)
    assert "input.value" not in sink.span("late").attributes


def test_what_has_not_ended_is_let_go_with_its_content(sink: Sink) -> None:
    with request("open"):
        with sightline.step("done") as done:
            done.input("the question")
        assert sightline.flush(10)
        assert sink.span("done").attributes["sightline.content_kept"] == "undecided"


def test_the_sdk_leaves_out_only_what_the_server_holds_for_content() -> None:
    unknown = {key for key in CONTENT if key not in SERVERS_CONTENT and not key.startswith(SERVERS_PREFIXES)}
    assert unknown <= {
        "sightline.query",
        "gen_ai.retrieval.query.text",
        "exception.stacktrace",
        "gen_ai.prompt",
        "gen_ai.completion",
        "tool.parameters",
    }
    assert set(CONTENT_PREFIXES) <= set(SERVERS_PREFIXES)
