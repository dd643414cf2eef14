"""The conventions table as SQL: one expression per fact, over a span's attributes as they were sent.

Attributes come as maps whose keys are low-cardinality: looking a constant key up in the array of keys compares small numbers, not
text, and costs about 0.03 µs a span, a fifth of a map look-up (measured). So every fact asks the same few arrays, named by
`fact_sources`, and the sources of a fact that stand next to each other and are read alike share one look-up.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sightline.facts.conventions import (
    CONTENT_KEYS,
    CONTENT_PREFIXES,
    CONVENTIONS,
    ERRORS,
    FINISH_REASONS,
    KIND_KEYS,
    PROVIDERS,
    SOURCES,
    How,
    Source,
)
from sightline.facts.vocabulary import FACTS, KINDS

_ARRAYS: Mapping[str, str] = {
    "text_keys": "mapKeys(attr_string)",
    "texts": "mapValues(attr_string)",
    "number_keys": "arrayConcat(mapKeys(attr_int), mapKeys(attr_double))",
    "numbers": "arrayConcat(arrayMap(n -> toFloat64(n), mapValues(attr_int)), mapValues(attr_double))",
    "boolean_keys": "mapKeys(attr_bool)",
    "booleans": "mapValues(attr_bool)",
    "other_keys": "mapKeys(attr_other)",
    "others": "mapValues(attr_other)",
    "resource_keys": "mapKeys(resource_string)",
    "resources": "mapValues(resource_string)",
}
_PREVIEW = 200


def fact_sources() -> Mapping[str, str]:
    """alias → expression: what `fact_columns` is written in terms of."""
    return _ARRAYS


def content_key_sql(key: str) -> str:
    """SQL that says whether the attribute key in the expression `key` holds content."""
    names = ", ".join(_quoted(name) for name in CONTENT_KEYS)
    prefixes = " OR ".join(f"startsWith({key}, {_quoted(prefix)})" for prefix in CONTENT_PREFIXES)
    return f"({key} IN ({names}) OR {prefixes})"


def fact_columns() -> Mapping[str, str]:
    """fact → expression, for every fact that a span can say of itself.

    Nothing here can fail for any input: what is not what it should be (prose for a number, infinity, a negative count) is NULL.
    """
    made = {name: _typed(name, _said(name)) for name in SOURCES}
    return {name: expression for name, expression in {**made, **_special(made)}.items() if name in FACTS or name.endswith("_preview")}


def _special(made: Mapping[str, str]) -> Mapping[str, str]:
    """Facts that more than one look-up decides."""
    first_user_text = "arrayFirst(t -> t != '', [{}])"
    return {
        "name": "name",
        "parent_span_id": "nullIf(parent_id, '')",
        "kind": f"coalesce({_KIND}, if(parent_id = '' AND span_kind IN ('server', 'consumer'), 'request', 'other'))",
        "stage": f"coalesce({_said('stage')}, name)",
        "task": f"coalesce({_said('task')}, if(parent_id = '', name, NULL))",
        "provider": _mapped(_said("provider"), PROVIDERS, other=None),
        "model": f"coalesce({_said('response_model')}, {_said('request_model')})",
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
        "document_count": f"multiIf(notEmpty({_DOCUMENTS}), toUInt32(length({_DOCUMENTS})), "
        f"notEmpty({_FLAT_DOCUMENTS}), toUInt32(arrayUniq({_FLAT_DOCUMENTS})), kind = 'retrieval' AND {_HAS_DOCUMENTS}, 0, NULL)",
        "top_score": f"if(notEmpty({_SCORES}), arrayMax({_SCORES}), NULL)",
        "mean_score": f"if(notEmpty({_SCORES}), arrayAvg({_SCORES}), NULL)",
        "input_preview": f"if(parent_id = '', nullIf(substringUTF8({first_user_text.format(_INPUT_TEXTS)}, 1, {_PREVIEW}), ''), NULL)",
        "output_preview": f"if(parent_id = '', nullIf(substringUTF8({first_user_text.format(_OUTPUT_TEXTS)}, 1, {_PREVIEW}), ''), NULL)",
        **{name: "CAST(NULL, 'Nullable(Float64)')" for name in FACTS if FACTS[name].group == "money" and name not in made},
    }


def _said(fact: str) -> str:
    """The first source that says anything, as text or number, whatever the fact's type."""
    sources = [source for convention in CONVENTIONS for source in SOURCES[fact].get(convention, ())]
    parts = [part for (how, _, only), group in groupby(sources, _alike) for part in _READ[how](list(group), only)]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _alike(source: Source) -> tuple[How, float, tuple[str, ...]]:
    return source.how, source.scale, source.only


def _typed(fact: str, said: str) -> str:
    """`said` as the fact's type; NULL where it can't be."""
    column = FACTS[fact].column
    if FACTS[fact].type in {"integer", "number"} and column != "Float64":
        return f"accurateCastOrNull({said}, '{column}')"
    if column == "Float64":
        return f"if(isFinite({said}), {said}, NULL)"
    return said


def _index(keys: str, names: Sequence[str]) -> str:
    """Where the first of `names` stands in the array `keys`; 0 if none does."""
    *before, last = (f"indexOf({keys}, {_quoted(name)})" for name in names)
    if not before:
        return last
    return "multiIf(" + ", ".join(f"{found} > 0, {found}" for found in before) + f", {last})"


def _text_at(sources: Sequence[Source], only: tuple[str, ...]) -> Iterator[str]:
    found = f"nullIf(arrayElementOrNull(texts, {_index('text_keys', [s.key for s in sources])}), '')"
    yield f"if(kind IN ({', '.join(map(_quoted, only))}), {found}, NULL)" if only else found


def _number_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    names, scale = [s.key for s in sources], sources[0].scale
    scaled = "" if scale == 1 else f" * {scale:g}"
    yield f"arrayElementOrNull(numbers, {_index('number_keys', names)}){scaled}"
    yield f"toFloat64OrNull(arrayElementOrNull(texts, {_index('text_keys', names)})){scaled}"


def _boolean_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    names = [s.key for s in sources]
    yield f"arrayElementOrNull(booleans, {_index('boolean_keys', names)})"
    yield f"transform(lower(arrayElementOrNull(texts, {_index('text_keys', names)})), ['true', 'false'], [true, false], NULL)"


def _list_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    for source in sources:
        yield f"nullIf(JSONExtractString(arrayElementOrNull(others, {_index('other_keys', [source.key])}), 1), '')"
        yield f"nullIf(arrayElementOrNull(texts, {_index('text_keys', [source.key])}), '')"


def _map_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    yield f"arrayElementOrNull(others, {_index('other_keys', [s.key for s in sources])})"


def _json_text_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    for source in sources:
        path = ", ".join(map(_quoted, source.path))
        yield f"nullIf(JSONExtractString(arrayElementOrNull(texts, {_index('text_keys', [source.key])}), {path}), '')"


def _json_number_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    for source in sources:
        path = ", ".join(map(_quoted, source.path))
        text = f"arrayElementOrNull(texts, {_index('text_keys', [source.key])})"
        yield f"JSONExtract({text}, {path}, 'Nullable(Float64)')"


def _event_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    time = f"arrayElementOrNull(event_times, {_index('event_names', [s.key for s in sources])})"
    yield f"if({time} >= start_ns AND start_ns > 0, toFloat64({time} - start_ns), NULL)"


def _resource_at(sources: Sequence[Source], _: tuple[str, ...]) -> Iterator[str]:
    yield f"nullIf(arrayElementOrNull(resources, {_index('resource_keys', [s.key for s in sources])}), '')"


_READ = {
    "text": _text_at,
    "number": _number_at,
    "boolean": _boolean_at,
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
    parts = []
    for key, table in KIND_KEYS:
        words = table or {kind: kind for kind in KINDS}
        said = f"arrayElementOrNull(texts, indexOf(text_keys, {_quoted(key)}))"
        senders, kinds = ", ".join(map(_quoted, words)), ", ".join(map(_quoted, words.values()))
        parts.append(f"transform({said}, [{senders}], [{kinds}], CAST(NULL, 'Nullable(String)'))")
    return f"coalesce({', '.join(parts)})"


_KIND = _kind()


def _text_of(*keys: str) -> str:
    return f"ifNull(arrayElementOrNull(texts, {_index('text_keys', keys)}), '')"


_EXCEPTION = "arrayElementOrNull(event_attrs, indexOf(event_names, 'exception'))"
_FAILED = f"(status_code = 2 OR has(text_keys, 'error.type') OR {_text_of('langfuse.observation.level')} = 'ERROR')"
_FAILURE = (
    f"lower(concat({_text_of('error.type')}, ' ', ifNull(status_message, ''), ' ', {_text_of('langfuse.observation.status_message')}, ' ', "
    f"toString(ifNull(arrayElementOrNull(numbers, {_index('number_keys', ['http.response.status_code', 'http.status_code'])}), 0)), "
    "' ', "
    f"if(has(event_names, 'exception'), concat({_EXCEPTION}['exception.type'], ' ', "
    f"substring({_EXCEPTION}['exception.message'], 1, 2000)), '')))"
)


def _error_type() -> str:
    """Only a failure has a type. Words are compared without their separators' case, numbers as whole words."""
    cases = ", ".join(f"match(failure, {_quoted(pattern)}), {_quoted(name)}" for name, pattern in ERRORS)
    found = f"multiIf({cases}, kind = 'tool', 'tool_error', 'other')".replace("failure", _FAILURE)
    return f"if({_FAILED}, {found}, NULL)"


def _status_in_error() -> str:
    found = r"extract(ifNull(status_message, ''), '(?i)(?:error code|status code|status|http):? ([1-5]\\d\\d)\\b')"
    return f"if(status_code = 2, toUInt16OrNull({found}), NULL)"


_DOCUMENTS_TEXT = _text_of("gen_ai.retrieval.documents")
_DOCUMENTS = f"JSONExtractArrayRaw({_DOCUMENTS_TEXT})"
_FLAT = "(startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'))"
_FLAT_DOCUMENTS = f"arrayMap(k -> splitByChar('.', k)[3], arrayFilter(k -> {_FLAT}, text_keys))"
_HAS_DOCUMENTS = "(has(text_keys, 'gen_ai.retrieval.documents') OR has(text_keys, 'openinference.span.kind'))"
_SCORES = (
    f"if({_DOCUMENTS_TEXT} = '', arrayFilter((n, k) -> endsWith(k, '.document.score') AND {_FLAT}, numbers, number_keys), "
    f"arrayFilter(n -> isFinite(n), arrayMap(d -> JSONExtract(d, 'score', 'Float64'), "
    f"arrayFilter(d -> JSONHas(d, 'score'), {_DOCUMENTS}))))"
)


def _last_text(json: str, role: str) -> str:
    """Text of the last message of a role, from GenAI's JSON."""
    messages = f"JSONExtract({json}, 'Array(Tuple(role String, parts Array(Tuple(type String, content String))))')"
    return f"arrayElement(arrayLast(m -> m.role = '{role}', {messages}).parts.content, 1)"


def _last_flat(prefix: str) -> str:
    return f"texts[arrayLastIndex(k -> startsWith(k, '{prefix}') AND (endsWith(k, '.content') OR endsWith(k, '.text')), text_keys)]"


_INPUT_TEXTS = ", ".join(
    (
        _last_text(_text_of("gen_ai.input.messages"), "user"),
        _last_flat("llm.input_messages."),
        _text_of("input.value", "traceloop.entity.input", "langfuse.observation.input", "ai.prompt", "mlflow.spanInputs"),
        _last_flat("gen_ai.prompt."),
    )
)
_OUTPUT_TEXTS = ", ".join(
    (
        _last_text(_text_of("gen_ai.output.messages"), "assistant"),
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
