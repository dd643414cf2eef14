"""Evaluators that are code: quick, free and sure. A plugin adds its own under the entry point `sightline.evaluators`.

Each is a function of the material and its options and returns a Verdict, or None where the target has nothing to look at: no score then.
"""

import json
import re
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import jsonschema_rs

from sightline.errors import BadRequestError
from sightline.facts import REFUSALS
from sightline.judge.material import Json, Material
from sightline.judge.verdict import Verdict

Evaluate = Callable[..., Verdict | None]
PLUGINS = "sightline.evaluators"

_MOST_CHARS = 200_000  # of a text that patterns are sought in
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)
_CITATION = re.compile(r"\[(?:\^?\d{1,3}|[A-Za-z][\w-]*-?\d+)\]|\(source:|\bhttps?://", re.IGNORECASE)
_EMAIL = re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}\b")
_PHONE = re.compile(r"(?<![\w.])\+?\d{1,3}[ .-]?\(?\d{2,4}\)?(?:[ .-]\d{2,4}){2,3}(?![\w.])")
_CARD = re.compile(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
_IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
# A language's commonest short words, where few others have them.
_WORDS: Mapping[str, str] = {
    "en": "the and is of to you that it for with are this have not your from was can will our",
    "de": "der die das und ist nicht sie ich mit ein eine für auf den zu von wir auch können wird",
    "fr": "le la les et est des une pour vous que dans pas nous avec sur ce votre au qui sont",
    "es": "el los las y es que una para por con no su como pero más del usted está muy este",
    "it": "il di che è per una non sono con del della gli alla come più anche questo nel ha le",
    "pt": "o os e é que uma para com não do da em você seu mais como mas por são está",
    "nl": "de het een en is van dat niet voor met zijn je op te u ook wij naar bij kunt",
    "sv": "och att det är som en på för med inte av du den till vi kan ett din har om",
    "no": "og det er som en på for med ikke av du den til vi kan et din har om jeg",
    "da": "og det er som en på for med ikke af du den til vi kan et din har om jeg",
    "pl": "i w nie na się z do to jest że jak o za po czy dla są przez oraz ale",
    "tr": "ve bir bu için ile da de çok olarak daha en ne kadar gibi var sonra olan ancak değil mi",
}
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7af]"), ("zh", r"[\u4e00-\u9fff]"), ("ru", r"[\u0400-\u04ff]"),
    ("ar", r"[\u0600-\u06ff]"), ("he", r"[\u0590-\u05ff]"), ("el", r"[\u0370-\u03ff]"),
    ("hi", r"[\u0900-\u097f]"), ("th", r"[\u0e00-\u0e7f]"),
)  # fmt: skip


_COUNTS: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "words": lambda text: len(text.split()),
    "sentences": lambda text: len(re.findall(r"[^.!?]+[.!?]*", text.strip())),
}


def json_schema(found: Material, *, schema: Mapping[str, Any]) -> Verdict | None:
    """Whether the answer is JSON that fits `schema`; a code fence around it is forgiven."""
    if not found.answer:
        return None
    text = found.answer.strip()
    fence = _FENCE.match(text)
    try:
        value = json.loads(fence.group(1) if fence else text)
    except (ValueError, RecursionError) as error:
        return _failed(f"The answer is no JSON: {error}")
    fault = _fault(schema, value)
    return _passed("The answer fits the schema.") if fault is None else _failed(fault)


def regex(found: Material, *, pattern: str, absent: bool = False) -> Verdict | None:
    """Whether `pattern` is found in the answer, or with `absent` is not."""
    match = _pattern(pattern).search(found.answer[:_MOST_CHARS]) if found.answer else None
    if not found.answer:
        return None
    why = f"found {match.group(0)[:100]!r}" if match else "not found"
    return _decided((match is None) == absent, f"{pattern}: {why}")


def exact_match(found: Material, *, expected: str | None = None, ignore_case: bool = True) -> Verdict | None:
    """Whether the answer is `expected`, or the reference that came with the trace; spaces around and between don't count."""
    wanted = expected if expected is not None else found.reference
    if not wanted or not found.answer:
        return None
    said, right = _normal(found.answer, ignore_case), _normal(wanted, ignore_case)
    return _decided(said == right, "equal" if said == right else f"expected {wanted[:500]!r}")


def fuzzy_match(found: Material, *, expected: str | None = None, least: float = 0.8) -> Verdict | None:
    """How much of the answer and of `expected` (or the reference) is the same, 0 to 1; `least` passes."""
    wanted = expected if expected is not None else found.reference
    if not wanted or not found.answer:
        return None
    ratio = SequenceMatcher(None, _normal(found.answer, True)[:20_000], _normal(wanted, True)[:20_000], autojunk=False).ratio()
    return Verdict(ratio, "match" if ratio >= least else "no match", f"similarity {ratio:.2f}, needed {least:.2f}")


def length(found: Material, *, least: int = 1, most: int | None = None, of: str = "characters") -> Verdict | None:
    """Whether the answer has at least `least` and at most `most` characters, words or sentences."""
    if of not in _COUNTS:
        raise BadRequestError(f"length counts {', '.join(_COUNTS)}, not {of!r}.")
    count = _COUNTS[of](found.answer)
    return _decided(least <= count and (most is None or count <= most), f"{count} {of}")


def language(found: Material, *, expected: str = "question") -> Verdict | None:
    """Whether the answer is in the language `expected` (such as en), or in that of the question. None where a text is too short to tell."""
    said = language_of(found.answer)
    wanted = language_of(found.question) if expected == "question" else expected
    if said is None or wanted is None:
        return None
    return _decided(said == wanted, f"the answer is in {said}, expected was {wanted}")


def refusal(found: Material) -> Verdict | None:
    """Whether the answer helps instead of refusing, by the words that models refuse with."""
    if not found.answer:
        return None
    match = _refusals().search(found.answer[:400])
    return _decided(match is None, f"refuses: {match.group(0)!r}" if match else "no refusal")


def pii(found: Material, *, kinds: list[str] | None = None) -> Verdict | None:
    """Whether the answer is free of e-mail addresses, phone numbers, payment cards, IBANs, US social security numbers and IP addresses.

    `kinds` of them; cards and IBANs count when their check digits are right.
    """
    if not found.answer:
        return None
    wanted = kinds or list(_PII)
    if unknown := [kind for kind in wanted if kind not in _PII]:
        raise BadRequestError(f"pii knows {', '.join(_PII)}, not {unknown[0]!r}.")
    text = found.answer[:_MOST_CHARS]
    there = [kind for kind in wanted if any(_PII[kind][1](match.group(0)) for match in _PII[kind][0].finditer(text))]
    return _decided(not there, f"contains {', '.join(there)}" if there else "none found")


def citation(found: Material) -> Verdict | None:
    """Whether the answer cites a source: [1], [kb-12], a link, or the id of one of the retrieved documents."""
    if not found.answer:
        return None
    ids = [document.id for document in found.documents if document.id and len(document.id) > 2 and document.id in found.answer]
    match = _CITATION.search(found.answer[:_MOST_CHARS])
    cited = ids[0] if ids else match.group(0) if match else None
    return _decided(cited is not None, f"cites {cited}" if cited else "cites nothing")


def tool_arguments(found: Material) -> Verdict | None:
    """Whether the arguments of a tool call fit the schema that the tool was defined with; without one, whether they are an object."""
    if found.tool_name is None and found.tool_arguments is None:
        return None
    arguments = found.tool_arguments
    if not isinstance(arguments, dict):
        return _failed(f"the arguments are no object: {json.dumps(arguments)[:200]}")
    schema = _schema_of(found.tool_name, found.tool_definitions)
    if schema is None:
        return _passed("an object; the tool's schema is not known")
    fault = _fault(schema, arguments)
    return _passed("they fit the tool's schema") if fault is None else _failed(fault)


BUILT_IN: Mapping[str, Evaluate] = {
    made.__name__: made for made in (json_schema, regex, exact_match, fuzzy_match, length, language, refusal, pii, citation, tool_arguments)
}


def evaluator(name: str) -> Evaluate:
    """A built-in one, else a plugin's. Raises BadRequestError that lists what there is."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    found = _plugins().get(name)
    if found is None:
        raise BadRequestError(f"There is no evaluator {name!r}: there are {', '.join([*BUILT_IN, *_plugins()])}.")
    return found


def names() -> list[str]:
    """Every evaluator that is installed here."""
    return [*BUILT_IN, *_plugins()]


def evaluate(name: str, options: Mapping[str, Any], found: Material) -> Verdict | None:
    """Run one. Raises BadRequestError for options that it does not take, or can't use."""
    try:
        return evaluator(name)(found, **options)
    except (TypeError, ValueError, re.error) as error:
        raise BadRequestError(f"The evaluator {name} can't run with these options: {error}") from error


def language_of(text: str) -> str | None:
    """ISO 639-1 code of a text's language among some twenty, by script and commonest words. None where nothing speaks for one."""
    sample = text[:4_000]
    letters = sum(character.isalpha() for character in sample)
    for code, script in _SCRIPTS:
        if letters and len(re.findall(script, sample)) > letters * (0.1 if code == "ja" else 0.3):
            return code
    said = re.findall(r"[^\W\d_]+", sample.lower())
    if len(said) < 4:
        return None
    hits = {code: sum(word in known for word in said) for code, known in _known().items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] >= max(2, len(said) * 0.08) else None


@cache
def _known() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in _WORDS.items()}


@cache
def _plugins() -> Mapping[str, Evaluate]:
    return {point.name: point.load() for point in entry_points(group=PLUGINS)}


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema))


def _fault(schema: Mapping[str, Any], value: Json) -> str | None:
    """The first thing in which a value does not fit a schema, with where."""
    first = next(iter(_validator(json.dumps(schema, sort_keys=True)).iter_errors(value)), None)
    return None if first is None else f"{'/'.join(str(part) for part in first.instance_path) or 'the whole'}: {first.message}"


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _refusals() -> re.Pattern[str]:
    return re.compile("|".join(REFUSALS), re.IGNORECASE)


def _schema_of(name: str | None, definitions: tuple[Json, ...]) -> Mapping[str, Any] | None:
    for definition in definitions:
        one = definition.get("function", definition) if isinstance(definition, dict) else {}
        if one.get("name") == name:
            found = one.get("parameters") or one.get("input_schema") or one.get("inputSchema")
            return found if isinstance(found, dict) else None
    return None


def _luhn(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(digits) >= 13 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    bare = text.replace(" ", "")
    return 15 <= len(bare) <= 34 and int("".join(str(int(character, 36)) for character in bare[4:] + bare[:4])) % 97 == 1


def _always(_text: str) -> bool:
    return True


_PII: Mapping[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "email": (_EMAIL, _always),
    "phone": (_PHONE, _always),
    "card": (_CARD, _luhn),
    "iban": (_IBAN, _iban),
    "ssn": (_SSN, _always),
    "ip": (_IPV4, _always),
}


def _normal(text: str, ignore_case: bool) -> str:
    bare = " ".join(text.split())
    return bare.casefold() if ignore_case else bare


def _decided(passed: bool, why: str) -> Verdict:
    return Verdict(float(passed), "pass" if passed else "fail", why)


def _passed(why: str) -> Verdict:
    return _decided(True, why)


def _failed(why: str) -> Verdict:
    return _decided(False, why)
