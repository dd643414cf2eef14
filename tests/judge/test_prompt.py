"""Prompts and verdicts: what is fenced stays fenced, what is no verdict is told."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.facts.content import Document
from sightline.judge.definition import Definition, Model, Output
from sightline.judge.fence import fence_word, fenced, outside
from sightline.judge.library import library
from sightline.judge.material import Material, material
from sightline.judge.prompt import BadVerdictError, most_prompt_bytes, prompt, read_verdict, together
from sightline.judge.verdict import Verdict
from tests.judge.standin import understood

MODEL = Model(model="m", endpoint="http://localhost:1/v1")


def defined(**said: Any) -> Definition:
    return Definition(model=MODEL, rubric="Be fair.", **said)


@given(content=st.text(), name=st.sampled_from(["answer", "question"]), after=st.text(alphabet="abc \n"))
def test_no_content_closes_its_fence(content: str, name: str, after: str) -> None:
    word = fence_word([content])
    assert outside(word, f"before\n{fenced(word, name, content)}\nafter {after}") == f"before\nafter {after}"


@given(st.lists(st.text(alphabet=st.sampled_from("FENCE-0123456789abcdef begin end\n"), max_size=200), min_size=1, max_size=5), st.data())
def test_a_word_that_the_content_knows_is_not_taken(contents: list[str], data: st.DataObject) -> None:
    known = data.draw(st.sampled_from(["00", "01"]))
    words = iter([known, "ff"])
    content = [*contents, f"FENCE-{known} end answer"]
    word = fence_word(content, random=lambda: next(words))
    assert word == "FENCE-ff" or all(word not in one for one in content)
    assert all(word not in one for one in content)


@given(
    question=st.text(max_size=3_000), answer=st.text(max_size=3_000), documents=st.lists(st.text(max_size=2_000), max_size=5),
    most=st.integers(1_000, 6_000),
)  # fmt: skip
def test_everything_from_the_trace_is_fenced_and_no_prompt_is_longer_than_its_limit(
    question: str, answer: str, documents: list[str], most: int
) -> None:
    definition = defined(max_input_bytes=most)
    found = Material(question=question, answer=answer, documents=tuple(Document(i, content=text) for i, text in enumerate(documents, 1)))
    made = prompt(definition, found)
    said = outside(made.fence, made.user)
    assert said.strip().startswith("The material has ended.")
    assert len((made.system + made.user + json.dumps(made.schema)).encode("utf-8", "replace")) <= most_prompt_bytes(definition)
    body = {"messages": [{"content": made.system}, {"content": made.user}], "model": "m"}
    whole = understood(body | {"response_format": {"json_schema": {"schema": {}}}})
    if len(question.encode("utf-8", "replace")) + len(answer.encode("utf-8", "replace")) + 600 < most and not documents:
        assert (whole.sections.get("question", ""), whole.sections.get("answer", "")) == (question, answer)


def test_two_prompts_for_one_target_have_two_fences() -> None:
    assert prompt(defined(), Material(answer="x")).fence != prompt(defined(), Material(answer="x")).fence


def test_what_is_too_long_is_cut_in_its_middle() -> None:
    made = prompt(defined(max_input_bytes=1_000), Material(question="short?", answer="begin " + "x" * 5_000 + " end"))
    assert "short?" in made.user
    assert "begin " in made.user
    assert " end\n" in made.user
    assert "bytes …]" in made.user


@pytest.mark.parametrize(
    ("output", "text", "verdict"),
    [
        (Output(), '{"reasoning": "r", "verdict": "pass", "confidence": 0.9}', Verdict(1.0, "pass", "r", 0.9)),
        (Output(), 'Sure!\n```json\n{"reasoning": "", "verdict": "fail", "confidence": 1}\n```', Verdict(0.0, "fail", "", 1.0)),
        (
            Output(type="ordinal", levels=("bad", "so", "good")),
            '{"reasoning": "r", "verdict": "so", "confidence": 0}',
            Verdict(2.0, "so", "r", 0.0),
        ),
        (
            Output(type="categorical", levels=("a", "b")),
            '{"reasoning": "r", "verdict": "b", "confidence": 0}',
            Verdict(None, "b", "r", 0.0),
        ),
        (Output(type="numeric", low=0, high=10), '{"reasoning": "r", "verdict": 7.5, "confidence": 0.5}', Verdict(7.5, None, "r", 0.5)),
    ],
)
def test_an_answer_becomes_a_verdict(output: Output, text: str, verdict: Verdict) -> None:
    assert read_verdict(defined(output=output), text) == verdict


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ('{"reasoning": "r", "verdict": "maybe", "confidence": 1}', "verdict"),
        ('{"reasoning": "r", "verdict": "pass"}', "confidence"),
        ('{"reasoning": "r", "verdict": "pass", "confidence": 7}', "confidence"),
        ('{"reasoning": "r", "verdict": "pa', "no JSON"),
    ],
)
def test_what_is_no_verdict_is_told(text: str, says: str) -> None:
    with pytest.raises(BadVerdictError, match=says):
        read_verdict(defined(), text)


def test_claims_are_counted_one_by_one() -> None:
    text = json.dumps({"claims": [{"claim": "a", "supported": True, "evidence": "e"}, {"claim": "b", "supported": False, "evidence": ""}],
                       "reasoning": "", "confidence": 0.8})  # fmt: skip
    found = read_verdict(defined(form="claims", output=Output(levels=("not grounded", "grounded"))), text)
    assert (found.value, found.label, found.metadata) == (0.0, "not grounded", {"claims": "2", "supported": "1"})
    assert "✗ b" in found.explanation
    assert read_verdict(defined(form="claims", output=Output(type="numeric")), text).value == 0.5
    nothing = '{"claims": [], "reasoning": "", "confidence": 1}'
    assert read_verdict(defined(form="claims"), nothing).value == 1.0


def test_documents_are_judged_one_by_one() -> None:
    said = [{"rank": 1, "relevance": 3}, {"rank": 2, "relevance": 0}, {"rank": 3, "relevance": 2}]
    text = json.dumps({"documents": said, "reasoning": "", "confidence": 1})
    found = read_verdict(defined(form="documents", output=Output(type="numeric")), text)
    assert found.value == pytest.approx(2 / 3)
    assert json.loads(found.metadata["relevance"]) == {"1": 3, "2": 0, "3": 2}


@pytest.mark.parametrize(
    ("labels", "label", "agreed"), [(["pass", "pass", "fail"], "pass", 2 / 3), (["pass", "fail"], "fail", 1 / 2), (["fail"] * 3, "fail", 1)]
)
def test_a_jury_says_what_most_of_it_say_and_of_as_many_the_worse(labels: list[str], label: str, agreed: float) -> None:
    found = together(Output(), [Verdict(None, one) for one in labels])
    assert found.label == label
    assert found.confidence == pytest.approx(agreed)


@pytest.mark.parametrize("rubric", library(), ids=lambda rubric: rubric.name)
def test_a_rubric_of_the_library_is_a_definition(rubric: Any) -> None:
    definition = Definition.model_validate({**rubric.definition, "model": {"model": "m"}})
    assert len(definition.rubric) > 300
    assert definition.rubric in prompt(definition, Material(answer="x", question="y")).system


def span(kind: str, said: Mapping[str, Any], *, id_: str, parent: str | None = "r", start: int = 1) -> dict[str, Any]:
    return {
        "trace_id": "t",
        "span_id": id_,
        "parent_span_id": parent,
        "name": kind,
        "kind": kind,
        "start_ns": start,
        "attributes": said,
        "events": [],
    }


def said(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def test_a_span_is_judged_with_what_its_request_asked_and_found() -> None:
    spans = [
        span("request", {"input.value": "what?", "output.value": "that"}, id_="r", parent=None, start=0),
        span("retrieval", {"retrieval.documents.0.document.content": "doc"}, id_="s"),
        span(
            "llm",
            {"gen_ai.output.messages": said("assistant", "that"), "gen_ai.input.messages": said("user", "doc\nwhat?")},
            id_="l",
            start=2,
        ),
    ]
    found = material("span", "l", spans)
    assert (found.question, found.answer, [document.content for document in found.documents]) == ("what?", "that", ["doc"])
    whole = material("trace", "", spans)
    assert (whole.question, whole.answer, [name for name, _ in whole.steps]) == ("what?", "that", ["search retrieval", "model call llm"])
    session = material(
        "session", "", [*spans, span("request", {"input.value": "and now?", "output.value": "this"}, id_="r2", parent=None, start=9)]
    )
    assert session.conversation == (("user", "what?"), ("assistant", "that"), ("user", "and now?"), ("assistant", "this"))
