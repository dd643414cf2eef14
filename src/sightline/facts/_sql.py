"""The conventions table as SQL: which of a span's attributes are facts, and one expression per fact.

Every attribute key that the table names has a slot: the number of its fact and its rank among the fact's sources. A span's known
attributes are sorted by slot once, so that for each fact the value to be believed stands first and one look-up among small numbers
finds it, however many conventions say it. That keeps both costs small: 0.03 µs a look-up, and few expressions for the engine to
analyse, which it does anew at every insert (measured: 93 ms with a look-up per source).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sightline.facts.conventions import (
    CONTENT_KEYS,
    CONTENT_PREFIXES,
    CONVENTIONS,
    ERRORS,
    FINISH_REASONS,
    KIND_KEYS,
    PROVIDERS,
    SOURCES,
    Source,
)
from sightline.facts.vocabulary import FACTS, KINDS

_PREVIEW = 200
_RANKS = 64
_NUMBERS_FROM = 400  # facts from here on are numbers or booleans
_RAW = (
    "error.type",
    "langfuse.observation.level",
    "langfuse.observation.status_message",
    "llm.invocation_parameters",
    "langfuse.observation.model.parameters",
    "langfuse.observation.usage_details",
    "metadata",
)
"""Attributes that expressions below read as they are."""


class _Slots(NamedTuple):
    first: Mapping[str, int]
    """key → slot"""
    second: Mapping[str, int]
    """key → slot, for keys that say two facts"""
    numbers: Mapping[str, int]
    """fact or raw key → its number"""
    scales: Mapping[int, float]


def _is_content(key: str) -> bool:
    return key in CONTENT_KEYS or key.startswith(CONTENT_PREFIXES)


def _sources(fact: str) -> Iterator[Source]:
    return (source for convention in CONVENTIONS for source in SOURCES[fact].get(convention, ()))


def _make_slots() -> _Slots:
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    numbers: dict[str, int] = {}
    scales: dict[int, float] = {}

    def place(key: str, slot: int) -> None:
        where = first if key not in first else second
        if key in where:
            raise AssertionError(f"{key!r} says three facts: the slots have room for two")
        where[key] = slot

    def numbered(name: str, *, number: bool) -> int:
        taken = sum((value >= _NUMBERS_FROM) == number for value in numbers.values())
        return numbers.setdefault(name, taken + (_NUMBERS_FROM if number else 1))

    for rank, (key, _) in enumerate(KIND_KEYS):
        place(key, numbered("kind", number=False) * _RANKS + rank)
    for key in _RAW:
        place(key, numbered(key, number=False) * _RANKS)
    for fact in SOURCES:
        slotted = [s for s in _sources(fact) if s.how in {"text", "number", "boolean"} and not s.only and not _is_content(s.key)]
        for rank, source in enumerate(slotted):
            slot = numbered(fact, number=source.how != "text") * _RANKS + rank
            place(source.key, slot)
            if source.scale != 1:
                scales[slot] = source.scale
    return _Slots(first, second, numbers, scales)


_SLOTS = _make_slots()


def content_key_sql(key: str) -> str:
    """SQL that says whether the attribute key in the expression `key` holds content."""
    names = ", ".join(_quoted(name) for name in CONTENT_KEYS)
    prefixes = " OR ".join(f"startsWith({key}, {_quoted(prefix)})" for prefix in CONTENT_PREFIXES)
    return f"({key} IN ({names}) OR {prefixes})"


def fact_slots() -> str:
    """The slot of every attribute, 0 for what no convention names: an array beside `keys`."""
    return _slot_of(_SLOTS.first)


def _slot_of(table: Mapping[str, int]) -> str:
    keys, slots = ", ".join(map(_quoted, table)), ", ".join(map(str, table.values()))
    return f"arrayMap(k -> toUInt16(transform(toString(k), [{keys}], [{slots}], 0)), keys)"


def fact_arrays() -> Mapping[str, str]:
    """column → expression over `keys`, `which`, `slots` and `vals` (the tuples of values): a span's known attributes, sorted by slot.

    `text_slots` are full slots, `*_facts` only the fact's number; `number_values` are scaled to the fact's unit.
    """
    again = _slot_of(_SLOTS.second)
    from_ = _NUMBERS_FROM * _RANKS
    texts = f"arrayFilter((v, w, s) -> w = 1 AND v != '' AND s > 0 AND s < {from_}, vals.string_value, which, slots)"
    slots = f"arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0 AND s < {from_}, slots, which, vals.string_value)"
    double = f"arrayFilter((v, w, s) -> w = 1 AND v != '' AND s > 0, vals.string_value, which, {again})"
    double_slots = f"arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0, {again}, which, vals.string_value)"
    number = (
        "multiIf(v.which = 'int_value', toFloat64(v.int_value), v.which = 'double_value', v.double_value, "
        "v.which = 'bool_value', toFloat64(v.bool_value), v.string_value = 'true', 1., v.string_value = 'false', 0., "
        "ifNull(toFloat64OrNull(v.string_value), nan))"
    )
    scale_slots, scales = ", ".join(map(str, _SLOTS.scales)), ", ".join(f"{scale:.1f}" for scale in _SLOTS.scales.values())
    numbers = (
        f"arrayMap((v, s) -> {number} * transform(s, [{scale_slots}], [{scales}], 1.), "
        f"arrayFilter((v, s) -> s >= {from_}, vals, slots), arrayFilter(s -> s >= {from_}, slots))"
    )
    number_slots = f"arrayFilter(s -> s >= {from_}, slots)"
    return {
        "text_slots": f"arraySort(arrayConcat({slots}, {double_slots}))",
        "text_facts": f"arrayMap(s -> toUInt16(intDiv(s, {_RANKS})), text_slots)",
        "text_values": f"arraySort((v, s) -> s, arrayConcat({texts}, {double}), arrayConcat({slots}, {double_slots}))",
        "number_facts": f"arrayMap(s -> toUInt16(intDiv(s, {_RANKS})), arraySort({number_slots}))",
        "number_values": f"arraySort((v, s) -> s, {numbers}, {number_slots})",
    }


def fact_columns() -> Mapping[str, str]:
    """fact → expression over `spans_decoded`, for every fact that a span can say of itself.

    Nothing here can fail for any input: what is not what it should be (prose for a number, infinity, a negative count) is NULL.
    """
    made = {name: _typed(name, _said(name)) for name in SOURCES}
    return {name: expression for name, expression in {**made, **_special(made)}.items() if name in FACTS or name.endswith("_preview")}


def _special(made: Mapping[str, str]) -> Mapping[str, str]:
    """Facts that more than one look-up decides."""
    return {
        "name": "name",
        "parent_span_id": "nullIf(parent_id, '')",
        "kind": f"multiIf(({_KIND} AS said_kind) != '', said_kind, "
        "parent_id = '' AND span_kind IN ('server', 'consumer'), 'request', 'other')",
        "stage": f"coalesce({_said('stage')}, name)",
        "task": f"coalesce({_said('task')}, if(parent_id = '', name, NULL))",
        "provider": _mapped(_said("provider"), PROVIDERS, other=None),
        "model": "coalesce(response_model, request_model)",
        "finish_reason": _mapped(_said("finish_reason"), FINISH_REASONS, other="other"),
        "status": "multiIf(status_code = 2, 'error', status_code = 1, 'ok', 'unset')",
        "status_message": "nullIf(status_message, '')",
        "duration_ns": "if(start_ns > 0 AND end_ns >= start_ns, end_ns - start_ns, NULL)",
        "streamed": f"coalesce({made['streamed']}, if(ttft_ns IS NOT NULL, true, NULL))",
        "output_tokens_per_second": (
            "if(output_tokens > 1 AND duration_ns > ttft_ns, (output_tokens - 1) / ((duration_ns - ttft_ns) / 1e9), NULL)"
        ),
        "error_type": _error_type(),
        "http_status": f"coalesce({made['http_status']}, {_status_in_error()})",
        "document_count": f"if(kind IN ('retrieval', 'rerank'), multiIf({_DOCUMENTS_TEXT} != '', toUInt32(length({_DOCUMENTS})), "
        f"has(text_values, 'RETRIEVER') OR has(text_values, 'RERANKER'), toUInt32(arrayUniq({_FLAT_DOCUMENTS})), NULL), NULL)",
        "top_score": f"if(kind IN ('retrieval', 'rerank') AND notEmpty(({_SCORES}) AS scores), arrayMax(scores), NULL)",
        "mean_score": "if(kind IN ('retrieval', 'rerank') AND notEmpty(scores), arrayAvg(scores), NULL)",
        "input_preview": _preview(_INPUT_TEXTS),
        "output_preview": _preview(_OUTPUT_TEXTS),
        **{name: "CAST(NULL, 'Nullable(Float64)')" for name in FACTS if FACTS[name].group == "money" and name not in made},
    }


def _preview(texts: str) -> str:
    return f"if(parent_id = '', nullIf(substringUTF8(arrayFirst(t -> t != '', [{texts}]), 1, {_PREVIEW}), ''), NULL)"


def _said(fact: str) -> str:
    """The first source that says anything, as text or number, whatever the fact's type."""
    parts: list[str] = []
    for source in _sources(fact):
        if source.how in {"text", "number", "boolean"} and not source.only and not _is_content(source.key):
            part = _slotted(fact)
        else:
            part = _READ[source.how](source)
        if part not in parts:
            parts.append(part)
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _slotted(name: str) -> str:
    number = _SLOTS.numbers[name]
    kind = "number" if number >= _NUMBERS_FROM else "text"
    return f"arrayElementOrNull({kind}_values, indexOf({kind}_facts, {number}))"


def _typed(fact: str, said: str) -> str:
    """`said` as the fact's type; NULL where it can't be."""
    column = FACTS[fact].column
    if column == "Bool":
        return f"if({said} IN (0, 1), {said} = 1, NULL)"
    if FACTS[fact].unit == "ns":  # seconds as a double are no whole number of nanoseconds
        return f"accurateCastOrNull(round({said}), '{column}')"
    if FACTS[fact].type in {"integer", "number"} and column != "Float64":
        return f"accurateCastOrNull({said}, '{column}')"
    if column == "Float64":
        return f"if(isFinite({said}), {said}, NULL)"
    return said


def _text_at(source: Source) -> str:
    found = (
        f"nullIf(attr_content[{_quoted(source.key)}], '')" if _is_content(source.key) else f"nullIf(attr_inline[{_quoted(source.key)}], '')"
    )
    return f"if(kind IN ({', '.join(map(_quoted, source.only))}), {found}, NULL)" if source.only else found


def _list_at(source: Source) -> str:
    """The first element of an array; a text stands for itself."""
    key = _quoted(source.key)
    return f"coalesce(nullIf(JSONExtractString(attr_other[{key}], 1), ''), nullIf(attr_inline[{key}], ''))"


def _map_at(source: Source) -> str:
    return f"nullIf(attr_other[{_quoted(source.key)}], '')"


def _json_text_at(source: Source) -> str:
    return f"nullIf(JSONExtractString({_slotted(source.key)}, {', '.join(map(_quoted, source.path))}), '')"


def _json_number_at(source: Source) -> str:
    return f"JSONExtract({_slotted(source.key)}, {', '.join(map(_quoted, source.path))}, 'Nullable(Float64)')"


def _event_at(source: Source) -> str:
    time = f"arrayElementOrNull(event_times, indexOf(event_names, {_quoted(source.key)}))"
    return f"if({time} >= start_ns AND start_ns > 0, toFloat64({time} - start_ns), NULL)"


def _resource_at(source: Source) -> str:
    return f"nullIf(resource_string[{_quoted(source.key)}], '')"


_READ = {
    "text": _text_at,
    "list": _list_at,
    "map_text": _map_at,
    "json_text": _json_text_at,
    "json_number": _json_number_at,
    "event": _event_at,
    "resource": _resource_at,
}


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _mapped(said: str, table: Mapping[str, str], *, other: str | None) -> str:
    """`said` through a table of words; what is in none is `other`, or stays as said."""
    words, meanings = ", ".join(map(_quoted, table)), ", ".join(map(_quoted, table.values()))
    if other is None:
        return f"transform({said}, [{words}], [{meanings}], {said})"
    return f"if({said} IS NULL, NULL, transform({said}, [{words}], [{meanings}], {_quoted(other)}))"


def _kind() -> str:
    """The first kind that a span's words have, asked in the order of KIND_KEYS: '' where none has."""
    words: dict[str, str] = {}
    for rank, (_, table) in enumerate(KIND_KEYS):
        words |= {f"{rank} {said}": kind for said, kind in (table or {kind: kind for kind in KINDS}).items()}
    known, kinds = ", ".join(map(_quoted, words)), ", ".join(map(_quoted, words.values()))
    number = _SLOTS.numbers["kind"]
    said = f"concat(toString(s % {_RANKS}), ' ', v)"
    return (
        f"arrayFirst(k -> k != '', arrayMap((v, s) -> if(intDiv(s, {_RANKS}) = {number}, "
        f"transform({said}, [{known}], [{kinds}], ''), ''), text_values, text_slots))"
    )


_KIND = _kind()


def _text_of(*keys: str) -> str:
    """The first of these that is there, as text, '' if none is."""
    found = [f"attr_content[{_quoted(key)}]" if _is_content(key) else f"ifNull({_slotted(key)}, '')" for key in keys]
    return found[0] if len(found) == 1 else f"arrayFirst(t -> t != '', [{', '.join(found)}])"


_EXCEPTION = "arrayElementOrNull(event_attrs, indexOf(event_names, 'exception'))"
_FAILED = f"(status_code = 2 OR {_text_of('error.type')} != '' OR {_text_of('langfuse.observation.level')} = 'ERROR')"
_FAILURE = (
    f"lower(concat({_text_of('error.type')}, ' ', ifNull(status_message, ''), ' ', {_text_of('langfuse.observation.status_message')}, ' ', "
    f"toString(ifNull({_slotted('http_status')}, 0)), ' ', "
    f"if(has(event_names, 'exception'), concat({_EXCEPTION}['exception.type'], ' ', "
    f"substring({_EXCEPTION}['exception.message'], 1, 2000)), '')))"
)


def _error_type() -> str:
    """Only a failure has a type: the first pattern of ERRORS that is found in what was said of it."""
    patterns = ", ".join(_quoted(pattern) for _, pattern in ERRORS)
    numbers, names = ", ".join(str(n) for n in range(1, len(ERRORS) + 1)), ", ".join(_quoted(name) for name, _ in ERRORS)
    first = f"arrayMin(multiMatchAllIndices({_FAILURE}, [{patterns}]))"
    return f"if({_FAILED}, transform({first}, [{numbers}], [{names}], if(kind = 'tool', 'tool_error', 'other')), NULL)"


def _status_in_error() -> str:
    found = r"extract(ifNull(status_message, ''), '(?i)(?:error code|status code|status|http):? ([1-5]\\d\\d)\\b')"
    return f"if(status_code = 2, toUInt16OrNull({found}), NULL)"


_DOCUMENTS_TEXT = _text_of("gen_ai.retrieval.documents")
_DOCUMENTS = f"JSONExtractArrayRaw({_DOCUMENTS_TEXT})"
_FLAT = "(startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'))"
_FLAT_DOCUMENTS = f"arrayMap(k -> splitByChar('.', toString(k))[3], arrayFilter(k -> {_FLAT}, mapKeys(attr_content)))"
_FLAT_SCORES = ", ".join(
    f"arrayFilter((n, k) -> endsWith(k, '.document.score') AND {_FLAT}, arrayMap(n -> toFloat64(n), mapValues({of})), mapKeys({of}))"
    for of in ("attr_double", "attr_int")
)
_SCORES = (
    f"arrayFilter(n -> isFinite(n), if({_DOCUMENTS_TEXT} = '', arrayConcat({_FLAT_SCORES}), "
    f"arrayMap(d -> JSONExtract(d, 'score', 'Float64'), arrayFilter(d -> JSONHas(d, 'score'), {_DOCUMENTS}))))"
)


def _last_text(key: str, role: str) -> str:
    """Text of the last message of a role, from GenAI's JSON."""
    messages = f"JSONExtract({_text_of(key)}, 'Array(Tuple(role String, parts Array(Tuple(type String, content String))))')"
    return f"arrayElement(arrayLast(m -> m.role = '{role}', {messages}).parts.content, 1)"


def _last_flat(prefix: str) -> str:
    found = f"k -> startsWith(k, '{prefix}') AND (endsWith(k, '.content') OR endsWith(k, '.text'))"
    return f"mapValues(attr_content)[arrayLastIndex({found}, mapKeys(attr_content))]"


_INPUT_TEXTS = ", ".join(
    (
        _last_text("gen_ai.input.messages", "user"),
        _last_flat("llm.input_messages."),
        _text_of("input.value", "traceloop.entity.input", "langfuse.observation.input", "ai.prompt", "mlflow.spanInputs"),
        _last_flat("gen_ai.prompt."),
    )
)
_OUTPUT_TEXTS = ", ".join(
    (
        _last_text("gen_ai.output.messages", "assistant"),
        _last_flat("llm.output_messages."),
        _text_of(
            "output.value",
            "traceloop.entity.output",
            "langfuse.observation.output",
            "ai.response.text",
            "mlflow.spanOutputs",
            "final_result",
        ),
        _last_flat("gen_ai.completion."),
    )
)
