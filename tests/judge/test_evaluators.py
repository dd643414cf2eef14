"""Code evaluators, on answers whose verdict is plain."""

from typing import Any

import pytest

from sightline.errors import BadRequestError
from sightline.facts.content import Document
from sightline.judge.evaluators import evaluate, language_of, names
from sightline.judge.material import Material

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOL = {"type": "function", "function": {"name": "find", "parameters": SCHEMA}}
CARD, NO_CARD = "4111 1111 1111 1111", "4111 1111 1111 1112"
IBAN, NO_IBAN = "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01"


def called(arguments: dict[str, Any]) -> Material:
    return Material(tool_name="find", tool_arguments=arguments, tool_definitions=(TOOL,))


@pytest.mark.parametrize(
    ("name", "options", "found", "value"),
    [
        pytest.param("json_schema", {"schema": SCHEMA}, Material(answer='```json\n{"n": 1}\n```'), 1, id="json_in_a_fence"),
        pytest.param("json_schema", {"schema": SCHEMA}, Material(answer='{"n": "1"}'), 0, id="json_that_does_not_fit"),
        pytest.param("json_schema", {"schema": SCHEMA}, Material(answer="n is 1"), 0, id="no_json"),
        pytest.param("json_schema", {"schema": SCHEMA}, Material(), None, id="no_answer_no_score"),
        pytest.param("regex", {"pattern": r"\d{4}"}, Material(answer="in 1986"), 1, id="regex_found"),
        pytest.param("regex", {"pattern": r"\d{4}", "absent": True}, Material(answer="in 1986"), 0, id="regex_to_be_absent"),
        pytest.param("exact_match", {"expected": "The  Hague"}, Material(answer=" the hague "), 1, id="spaces_and_case_do_not_count"),
        pytest.param("exact_match", {}, Material(answer="Rome", reference="Paris"), 0, id="against_the_reference"),
        pytest.param("exact_match", {}, Material(answer="Rome"), None, id="without_a_reference_no_score"),
        pytest.param("fuzzy_match", {"expected": "abcd"}, Material(answer="abcx"), 0.75, id="three_of_four_letters"),
        pytest.param("length", {"most": 2, "of": "words"}, Material(answer="one two three"), 0, id="too_many_words"),
        pytest.param("length", {"most": 2, "of": "sentences"}, Material(answer="One. Two!"), 1, id="two_sentences"),
        pytest.param("length", {}, Material(answer=""), 0, id="an_empty_answer_is_too_short"),
        pytest.param(
            "language",
            {},
            Material(question="How long does it take to get my money back?", answer="Die Rückgabe ist kostenlos und das Geld kommt."),
            0,
            id="answers_in_another_language",
        ),
        pytest.param("language", {"expected": "fr"}, Material(answer="Vous pouvez le retourner et nous vous remboursons."), 1, id="french"),
        pytest.param("language", {}, Material(question="ok?", answer="ok"), None, id="too_short_to_tell"),
        pytest.param("refusal", {}, Material(answer="I'm sorry, but I can't help with that."), 0, id="refuses"),
        pytest.param("refusal", {}, Material(answer="You can return it within 30 days."), 1, id="helps"),
        pytest.param("pii", {}, Material(answer="write to jo@example.org"), 0, id="email"),
        pytest.param("pii", {"kinds": ["card"]}, Material(answer=f"it is {CARD}"), 0, id="card"),
        pytest.param("pii", {"kinds": ["card"]}, Material(answer=f"it is {NO_CARD}"), 1, id="card_with_a_wrong_check_digit"),
        pytest.param("pii", {"kinds": ["iban"]}, Material(answer=f"to {IBAN}."), 0, id="iban"),
        pytest.param("pii", {"kinds": ["iban"]}, Material(answer=f"to {NO_IBAN}."), 1, id="iban_with_wrong_check_digits"),
        pytest.param("pii", {"kinds": ["ip"]}, Material(answer="version 1.2.3 of 10.0.0.300"), 1, id="no_ip"),
        pytest.param("pii", {}, Material(answer="Our 3 shops opened in 2014 and sold 120,000 boots."), 1, id="plain_numbers"),
        pytest.param("citation", {}, Material(answer="It is free [kb-12]."), 1, id="cites"),
        pytest.param("citation", {}, Material(answer="see policy-a", documents=(Document(1, "policy-a"),)), 1, id="cites_a_documents_id"),
        pytest.param("citation", {}, Material(answer="It is free."), 0, id="cites_nothing"),
        pytest.param("tool_arguments", {}, called({"n": 1}), 1, id="arguments_fit"),
        pytest.param("tool_arguments", {}, called({"m": 1}), 0, id="arguments_do_not_fit"),
        pytest.param("tool_arguments", {}, Material(tool_name="find", tool_arguments="{'n'"), 0, id="arguments_are_no_object"),
    ],
)  # fmt: skip
def test_an_evaluator(name: str, options: dict[str, Any], found: Material, value: float | None) -> None:
    verdict = evaluate(name, options, found)
    assert (verdict.value if verdict else None) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("nonsense", {}, "json_schema"),
        ("regex", {}, "pattern"),
        ("regex", {"pattern": "("}, "can't run"),
        ("length", {"of": "bytes"}, "characters, words, sentences"),
        ("pii", {"kinds": ["shoe"]}, "email"),
        ("json_schema", {"schema": {"type": "nonsense"}}, "can't run"),
    ],
)
def test_options_that_can_not_be_used_are_told(name: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequestError, match=says):
        evaluate(name, options, Material(answer="{}"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("これは日本語の文章です", "ja"),
        ("Это русский текст", "ru"),
        ("这是中文的句子", "zh"),
        ("αυτό είναι ελληνικά", "el"),
        ("x1 y2 z3", None),
    ],
)
def test_a_language_is_told_by_its_script(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_plugins_stand_beside_the_built_in_ones() -> None:
    assert names()[:2] == ["json_schema", "regex"]
