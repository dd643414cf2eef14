"""The conventions table as SQL: one expression per fact, over what `spans_decode` makes of a span.

Nothing here can fail for any input: what is not what it should be (prose for a number, infinity, a negative count) is NULL.
"""

from collections.abc import Mapping, Sequence
from zlib import crc32

from sightline.facts._documents import document_columns, document_scores, document_texts, score_columns
from sightline.facts._json import TYPES, JsonShape
from sightline.facts._slots import RANKS, Slots, is_content, is_slotted, quoted, sources_of
from sightline.facts.conventions import (
    BESIDE,
    CONTENT_KEYS,
    CONTENT_PREFIXES,
    ERRORS,
    ESTIMATES,
    FINISH_REASONS,
    KIND_KEYS,
    LATE_CLOCKS,
    NAMED_KINDS,
    NO_CALLS,
    PROVIDERS,
    SOURCES,
    Source,
    Sources,
)
from sightline.facts.vocabulary import FACTS, KINDS

_PREVIEW = 200
_MADE = frozenset(
    {
        *(
            "parent_span_id",
            "name",
            "kind",
            "stage",
            "task",
            "provider",
            "request_model",
            "response_model",
            "model",
            "tool_name",
            "service_tier",
        ),
        *("finish_reason", "status", "status_message", "duration_ns", "error_type", "http_status", "reported_cost_usd", "input_tokens"),
        *(
            "output_tokens",
            "ttft_ns",
            "config_hash",
            "streamed",
            "output_tokens_per_second",
            "time_per_output_token_ns",
            "document_count",
            "top_score",
            "mean_score",
        ),
        *(name for name, fact in FACTS.items() if fact.group == "money" and name not in SOURCES),
    }
)
"""Facts that more than one look-up decides."""
_THOUSAND = 1000
_CALLED = "replaceRegexpOne(name, '^(execute_tool |running tool:? |handoff to |tools/call )|(\\\\.__call__|\\\\.tool|\\\\.a?call)$', '')"
"""A tool's name out of its span's, where nothing says it."""
_FIRST_SYSTEM = r"""^\s*\[\s*\{\s*"role"\s*:\s*"system"\s*,\s*"parts"\s*:\s*(\[.*?\}\s*\])"""
"""The parts of the first message, should it be the system's: `config_hash` needs no more of a conversation."""
_DATED = r"[-@]20\d\d-?[01]\d-?[0-3]\d"
"""The day in a model's name: only the provider's own answer is sure to have it."""
_MOST_TOKENS = 10**15
"""A count beyond this is somebody's mistake; sums of three of them still fit the column."""


_COUNTS = r"_tokens?(_count)?(=|': )\d"
_WHOLE = r"(?s)^[A-Z]\w*\(.*\)$"
_USAGE = r"\b(?:token_)?usage(?:_metadata)?=\w+\(|'(?:token_)?usage(?:_metadata)?': \{"
_USAGE_SHOWN = rf"^(?:{_USAGE})"
_WORDS_SHOWN = r"'([^']*)'$"
_TEXT = r"'(?:[^'\\]|\\.)*'"
_SHOWN = rf"""{_USAGE}|{_TEXT}(?:: (?:-?\d+\b|{_TEXT}))?|"(?:[^"\\]|\\.)*"|\b\w+=(?:-?\d+\b|{_TEXT})"""
"""What Python shows of an object, cut into its texts, its simple named values and where its usage begins: what stands inside a text is
never a name, and what the model gave a tool stands before the usage."""


def content_key_sql(key: str) -> str:
    """SQL that says whether the attribute key in the expression `key` holds content."""
    names = ", ".join(quoted(name) for name in CONTENT_KEYS)
    prefixes = " OR ".join(f"startsWith({key}, {quoted(prefix)})" for prefix in CONTENT_PREFIXES)
    return f"({key} IN ({names}) OR {prefixes})"


def finish_reason_sql(said: str) -> str:
    """SQL of a sender's word for why an answer ended, as one of ours."""
    return _mapped(said, FINISH_REASONS, other="other")


def scoped_sql(scopes: Sequence[str]) -> str:
    """SQL that says whether a span was made by one of these instrumentations."""
    return "(" + " OR ".join(f"scope_name LIKE {quoted(scope)}" for scope in scopes) + ")"


class FactSql:
    """A table of sources as SQL."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._slots = Slots(sources)
        self._json: dict[str, JsonShape] = {}
        self._json_only: dict[str, tuple[str, ...]] = {}
        for fact in sources:
            for source in sources_of(fact, sources):
                if source.how in TYPES and source.path:
                    self._look_for(source)
        for places in BESIDE.values():
            for key, path in places:
                self._json.setdefault(key, JsonShape()).add(path, TYPES["json_number"])

    def _look_for(self, source: Source) -> None:
        shape = self._json.setdefault(source.key, JsonShape())
        shape.add(source.path, TYPES[source.how])
        if source.unless:
            shape.add(source.unless, TYPES["json_text"])
        self._json_only[source.key] = tuple(dict.fromkeys((*self._json_only.get(source.key, ()), *source.only)))

    def slots(self) -> str:
        """The slot of every attribute, 0 for what no convention names: an array beside `keys`."""
        return self._slots.first()

    def arrays(self) -> Mapping[str, str]:
        """column → expression: a span's known attributes, sorted by slot."""
        return self._slots.arrays()

    def columns(self) -> Sequence[str]:
        """The facts that a span can say of itself."""
        return [name for name in FACTS if name in self._sources or name in _MADE] + ["input_preview", "output_preview"]

    def steps(self) -> Sequence[Mapping[str, str]]:
        """column → expression, step by step over `spans_decoded`: each step sees the columns of those before it.

        The engine analyses an expression anew wherever its name is used inside the same step, so nothing that is long is used there twice.
        """
        said = {f"said_{name}": self._said(name) for name in self._sources}
        late = {"said_request_model", "said_response_model"}
        return (
            {"failed": self._failed(), "said_kind": self._said_kind(), "shown": self._shown()},
            {"kind": self._kind(), "shown_usage": f"arrayFirstIndex(t -> match(t, {quoted(_USAGE_SHOWN)}), shown)"},
            {
                **self._read_json(),
                **document_texts(),
                "shown_names": self._shown_names(),
            },
            {
                **{name: sql for name, sql in said.items() if name not in late},
                **document_scores(),
                "said_request_model": said["said_request_model"],
            },
            {**{name: _typed(name) for name in self._sources if name not in _MADE}, **self._first()},
            self._second(),
            self._third(),
        )

    def _read_json(self) -> Mapping[str, str]:
        """JSON that was sent as text, as a tuple of what is looked for in it: read once a span, and only where it may hold."""
        made = {}
        for number, (key, shape) in enumerate(self._json.items()):
            # an array would fill a tuple by position
            conditions = [f"startsWith({self._raw(key)}, '{shape.opening}')"]
            if only := self._json_only.get(key, ()):
                conditions.insert(0, f"kind IN ({', '.join(map(quoted, only))})")
            way = "".join(f"{name}, " if isinstance(name, int) else f"{quoted(name)}, " for name in shape.trunk)
            made[f"json_{number}"] = f"JSONExtract(if({' AND '.join(conditions)}, {self._raw(key)}, ''), {way}'{shape.type()}')"
        return made

    def _shown(self) -> str:
        """An answer that a library sends as Python shows it, inside JSON of its own making: its texts and named values, the last first.

        A text generator's replies are the model's own words; it tells of them in `meta` beside.
        """
        value = "attr_content['output.value']"
        texts = f"[JSONExtractString({value}, 'raw'), if(JSONHas({value}, 'meta'), '', JSONExtractString({value}, 'replies', 1))]"
        may = f"startsWith({value}, '{{') AND match({value}, {quoted(_COUNTS)})"
        return f"arrayReverse(extractAll(arrayFirst(t -> match(t, {quoted(_WHOLE)}), if({may}, {texts}, [])), {quoted(_SHOWN)}))"

    def _shown_names(self) -> str:
        """Beside `shown`, the first of a source's names where one of them is: numbers only of the usage, which is shown last."""
        pythons = [source for fact in self._sources for source in sources_of(fact, self._sources) if source.how.startswith("python_")]
        first = {str(name): str(source.path[0]) for source in pythons for name in source.path}
        names, firsts = ", ".join(map(quoted, first)), ", ".join(map(quoted, first.values()))
        name = f"transform(extract(t, '^\\'?(\\\\w+)'), [{names}], [{firsts}], '')"
        return f"arrayMap((t, n) -> if(n < shown_usage OR endsWith(t, '\\''), {name}, ''), shown, arrayEnumerate(shown))"

    def version(self) -> int:
        """A number that changes when any expression does: rows say by which one their facts were made."""
        steps = (self.arrays(), *self.steps())
        return crc32("\n".join((self.slots(), *(sql for step in steps for sql in step.values()))).encode())

    def _first(self) -> Mapping[str, str]:
        """Facts that what is said decides."""
        return {
            "parent_span_id": "nullIf(parent_id, '')",
            "stage": "coalesce(said_stage, name)",
            "task": "coalesce(said_task, if(parent_id = '', name, NULL))",
            "provider": f"nullIf({_mapped('said_provider', PROVIDERS, other=None)}, '')",
            "request_model": "said_request_model",
            "tool_name": f"coalesce(said_tool_name, if(kind = 'tool', {_CALLED}, NULL))",
            "service_tier": "lower(said_service_tier)",
            "finish_reason": finish_reason_sql("said_finish_reason"),
            "status": "multiIf(status_code = 2, 'error', status_code = 1, 'ok', 'unset')",
            "status_message": "nullIf(status_message, '')",
            "duration_ns": "if(start_ns > 0 AND end_ns >= start_ns, end_ns - start_ns, NULL)",
            "counted_input_tokens": _typed("input_tokens"),
            "counted_output_tokens": _typed("output_tokens"),
            **{part: _counted(part) for part in ("cache_read_tokens", "cache_write_tokens", "reasoning_tokens")},
            "first_token": _typed("ttft_ns"),
            "estimated": f"{scoped_sql(ESTIMATES)} AND ifNull(said_streamed = 1, false) AND said_cache_read_tokens IS NULL",
            "error_type": self._error_type(),
            "http_status": f"coalesce({_typed('http_status')}, {_status_in_error()})",
            "reported_cost_usd": "if(isFinite(said_reported_cost_usd), nullIf(said_reported_cost_usd, 0), NULL)",
            **document_columns(),
            "input_preview": _preview(_INPUT_TEXTS),
            "output_preview": _preview(_OUTPUT_TEXTS),
            **{
                name: f"CAST(NULL, 'Nullable({'String' if fact.type == 'string' else 'Float64'})')"
                for name, fact in FACTS.items()
                if fact.group == "money" and name not in self._sources
            },
        }

    def _second(self) -> Mapping[str, str]:
        """Facts that others decide."""
        return {
            "said_response_model": self._said("response_model"),
            "input_tokens": self._including("input_tokens", "cache_read_tokens", "cache_write_tokens"),
            "output_tokens": self._including("output_tokens", "reasoning_tokens"),
            # of an answer in one piece the first token is the last; none comes after the end, and some say milliseconds for seconds
            "ttft_ns": f"multiIf(said_streamed = 0 OR {scoped_sql(LATE_CLOCKS)}, NULL, first_token <= duration_ns + 1000000, first_token, "
            f"first_token <= duration_ns * {_THOUSAND} AND first_token >= {10**9 * 10}, intDiv(first_token, {_THOUSAND}), NULL)",
            "config_hash": self._config_hash(),
            **score_columns(),
        }

    def _third(self) -> Mapping[str, str]:
        return {
            # some repeat the name that was asked for when nothing answered
            "response_model": "if(failed AND said_response_model = request_model, NULL, said_response_model)",
            "model": "coalesce(if(failed AND said_response_model = request_model, NULL, said_response_model), request_model)",
            "streamed": "multiIf(said_streamed = 1, true, said_streamed = 0, false, ttft_ns IS NOT NULL, true, NULL)",
            "time_per_output_token_ns": (
                f"coalesce({_typed('time_per_output_token_ns')}, "
                "if(output_tokens > 1 AND duration_ns > ttft_ns, intDiv(duration_ns - ttft_ns, output_tokens - 1), NULL))"
            ),
            "output_tokens_per_second": (
                "if(output_tokens > 1 AND duration_ns > ttft_ns, (output_tokens - 1) / ((duration_ns - ttft_ns) / 1e9), NULL)"
            ),
        }

    def _said(self, fact: str) -> str:
        """The first source that says anything, as text or number, whatever the fact's type."""
        parts: list[str] = []
        events = [source.key for source in sources_of(fact, self._sources) if source.how == "event"]
        for source in sources_of(fact, self._sources):
            part = self._slots.found(fact) if is_slotted(source) else self._read(source, events)
            if part not in parts:
                parts.append(part)
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _read(self, source: Source, events: Sequence[str]) -> str:
        """What one source says; NULL if nothing. The events of all sources are one."""
        sql = _since_start(events) if source.how == "event" else self._looked_up(source)
        conditions = [f"kind IN ({', '.join(map(quoted, source.only))})"] if source.only else []
        # a name that is the one asked for may be no more than that
        dated = f"match(ifNull({sql}, ''), {quoted(_DATED)})"
        conditions += {
            "": [],
            "failed": ["failed"],
            "answered": ["NOT failed", f"{sql} IS DISTINCT FROM request_model"],
            "snapshot": ["NOT failed", dated],
            "alias": [f"(failed OR NOT {dated})"],
        }[source.when]
        if source.unless:
            conditions.append(f"{self._inside(source.key, source.unless)} IS NULL")
        return f"if({' AND '.join(conditions)}, {sql}, NULL)" if conditions else sql

    def _looked_up(self, source: Source) -> str:
        key = quoted(source.key)
        match source.how:
            case "text" if source.when:
                return f"nullIf({self._raw(source.key)}, '')"
            case "text" | "number" | "boolean":
                return f"nullIf({'attr_content' if is_content(source.key) else 'attr_inline'}[{key}], '')"
            case "list":
                texts = f"coalesce(nullIf(attr_other[{key}], ''), attr_inline[{key}])"
                return f"nullIf(if(startsWith({texts}, '['), JSONExtractString({texts}, 1), {texts}), '')"
            case "map_text":
                return f"nullIf(attr_other[{key}], '')"
            case "json_text" if not source.path:
                return f"nullIf(JSONExtractString({self._raw(source.key)}), '')"
            case "json_text":
                return f"nullIf({self._inside(source.key, source.path)}, '')"
            case "json_number":
                return self._inside(source.key, source.path)
            case "json_boolean":
                return f"toFloat64({self._inside(source.key, source.path)})"
            case "json_true":
                return f"if({self._inside(source.key, source.path)}, 1., NULL)"
            case "pattern":
                return f"toFloat64OrNull(extract({self._raw(source.key)}, {quoted(str(source.path[0]))}))"
            case "python_text":
                return f"nullIf(extract({_named(source)}, {quoted(_WORDS_SHOWN)}), '')"
            case "python_number":
                return f"toFloat64OrNull(extract({_named(source)}, '[0-9]+$'))"
            case "words":
                return f"if({self._raw(source.key)} IN ({', '.join(map(quoted, source.words))}), 1., NULL)"
            case "moment":
                time = f"toUnixTimestamp64Nano(parseDateTime64BestEffortOrNull(trim(BOTH '\"' FROM {self._raw(source.key)}), 9, 'UTC'))"
                return f"if({time} >= start_ns AND start_ns > 0, toFloat64({time} - start_ns), NULL)"
            case "resource":
                return f"nullIf(resource_string[{key}], '')"
        raise AssertionError(source.how)

    def _raw(self, key: str) -> str:
        return f"attr_content[{quoted(key)}]" if is_content(key) else f"ifNull({self._slots.found(key)}, '')"

    def _inside(self, key: str, path: tuple[str | int, ...]) -> str:
        """A value inside an attribute's JSON, which is read once a span and only where some source of it may hold."""
        return self._json[key].at(f"json_{list(self._json).index(key)}", path)

    def _kind(self) -> str:
        silently = f" AND {self._slots.found('input_tokens')} IS NULL AND NOT failed"
        not_calls = " OR ".join(
            f"(said_kind = 'llm' AND scope_name LIKE {quoted(scope)} AND name LIKE {quoted(name)}{silently if silent else ''})"
            for scope, name, silent in NO_CALLS
        )
        by_name = ", ".join(
            f"scope_name = {quoted(scope)} AND ({of}) LIKE {quoted(name)}, {quoted(kind)}" for scope, of, name, kind in NAMED_KINDS
        )
        return (
            f"multiIf({not_calls}, 'chain', said_kind != '', said_kind, {by_name}, "
            "parent_id = '' AND span_kind IN ('server', 'consumer'), 'request', 'other')"
        )

    def _said_kind(self) -> str:
        """The first kind that a span's words have, asked in the order of KIND_KEYS: '' where none has."""
        words: dict[str, str] = {}
        for rank, (_, table) in enumerate(KIND_KEYS):
            words |= {f"{rank} {said}": kind for said, kind in (table or {kind: kind for kind in KINDS}).items()}
        known, kinds = ", ".join(map(quoted, words)), ", ".join(map(quoted, words.values()))
        number = self._slots.numbers["kind"]
        said = f"concat(toString(s % {RANKS}), ' ', v)"
        return (
            f"arrayFirst(k -> k != '', arrayMap((v, s) -> if(intDiv(s, {RANKS}) = {number}, "
            f"transform({said}, [{known}], [{kinds}], ''), ''), text_values, text_slots))"
        )

    def _including(self, count: str, *parts: str) -> str:
        """A count that includes its parts. A call that read nothing and wrote nothing did not count its tokens: no prompt is empty."""
        said = f"counted_{count}"
        more = " + ".join(f"ifNull({part}, 0)" for part in parts)
        beside = " OR ".join(f"{self._inside(key, path)} IS NOT NULL" for key, path in BESIDE[count])
        nothing = "ifNull(counted_input_tokens, 0) = 0 AND ifNull(counted_output_tokens, 0) = 0"
        return (
            f"multiIf(({said} = 0 AND {nothing} AND kind = 'llm') OR estimated, NULL, "
            f"{said} < {_MOST_TOKENS} AND {more} < {_MOST_TOKENS} AND (({beside}) OR {more} > {said}), {said} + {more}, {said})"
        )

    def _failed(self) -> str:
        return f"status_code = 2 OR {self._raw('error.type')} != '' OR {self._raw('langfuse.observation.level')} = 'ERROR'"

    def _error_type(self) -> str:
        """Only a failure has a type: the first pattern of ERRORS that is found in what was said of it."""
        said_type, message, rpc = map(self._raw, ("error.type", "langfuse.observation.status_message", "rpc.response.status_code"))
        exception = "arrayElementOrNull(event_attrs, indexOf(event_names, 'exception'))"
        failure = (
            f"lower(concat({said_type}, ' ', ifNull(status_message, ''), ' ', {message}, ' ', "
            f"toString(ifNull({self._slots.found('http_status')}, 0)), ' ', if({rpc} = '', '', concat('grpc:', {rpc})), "
            f"ifNull(concat(' grpc:', toString({self._slots.found('rpc.grpc.status_code')})), ''), ' ', if(has(event_names, 'exception'), "
            f"concat({exception}['exception.type'], ' ', substring({exception}['exception.message'], 1, 2000)), '')))"
        )
        patterns = ", ".join(quoted("|".join(found)) for _, found in ERRORS)
        numbers, names = ", ".join(str(n) for n in range(1, len(ERRORS) + 1)), ", ".join(quoted(name) for name, _ in ERRORS)
        first = f"arrayMin(multiMatchAllIndices({failure}, [{patterns}]))"
        return f"if(failed, transform({first}, [{numbers}], [{names}], if(kind = 'tool', 'tool_error', 'other')), NULL)"

    def _config_hash(self) -> str:
        """Of an LLM call: the template or else the system prompt, the tools, the model that was asked for and how."""
        system = (
            "arrayFirst(t -> t != '', [attr_content['llm.prompt_template.template'], attr_content['gen_ai.system_instructions'], "
            "if(attr_content['llm.input_messages.0.message.role'] = 'system', attr_content['llm.input_messages.0.message.content'], ''), "
            f"extract(attr_content['gen_ai.input.messages'], {quoted(_FIRST_SYSTEM)})])"
        )
        tools = (
            "concat(attr_content['gen_ai.tool.definitions'], arrayStringConcat(arrayFilter((v, k) -> startsWith(k, 'llm.tools.'), "
            "mapValues(attr_content), mapKeys(attr_content))))"
        )
        parts = (
            "ifNull(request_model, ''), ifNull(temperature, -1), ifNull(max_tokens, 0), ifNull(prompt_name, ''), ifNull(prompt_version, '')"
        )
        return f"if(kind = 'llm', lower(hex(cityHash64({parts}, {system}, {tools}))), NULL)"


def _named(source: Source) -> str:
    """The last value of one of a source's names in what Python shows: an answer tells of itself after its words."""
    return f"shown[indexOf(shown_names, {quoted(str(source.path[0]))})]"


def _since_start(events: Sequence[str]) -> str:
    """Time from the span's start to the first of its events that has one of the names, in ns."""
    time = f"arrayElementOrNull(event_times, arrayFirstIndex(n -> n IN ({', '.join(map(quoted, events))}), event_names))"
    return f"if({time} >= start_ns AND start_ns > 0, toFloat64({time} - start_ns), NULL)"


def _counted(part: str) -> str:
    """A part of a count. Who counted no tokens of a call did not count none of them cached either."""
    nothing = f"said_{part} = 0 AND said_input_tokens = 0 AND said_output_tokens = 0 AND kind = 'llm'"
    return f"if({nothing}, NULL, {_typed(part)})"


def _typed(fact: str) -> str:
    """What is said as the fact's type; NULL where it can't be."""
    said, column = f"said_{fact}", FACTS[fact].column
    if column == "Bool":
        return f"if({said} IN (0, 1), {said} = 1, NULL)"
    if FACTS[fact].unit == "ns":  # seconds as a double are no whole number of nanoseconds
        return f"accurateCastOrNull(round({said}), '{column}')"
    if FACTS[fact].type in {"integer", "number"} and column != "Float64":
        return f"accurateCastOrNull({said}, '{column}')"
    if column == "Float64":
        return f"if(isFinite({said}), {said}, NULL)"
    return said


def _mapped(said: str, table: Mapping[str, str], *, other: str | None) -> str:
    """`said` through a table of words; what is in none is `other`, or stays as said."""
    words, meanings = ", ".join(map(quoted, table)), ", ".join(map(quoted, table.values()))
    if other is None:
        return f"transform({said}, [{words}], [{meanings}], {said})"
    return f"if({said} IS NULL, NULL, transform({said}, [{words}], [{meanings}], {quoted(other)}))"


def _status_in_error() -> str:
    found = r"extract(ifNull(status_message, ''), '(?i)(?:error code|status.code|status|http):? ([1-5]\\d\\d)\\b')"
    return f"if(status_code = 2, toUInt16OrNull({found}), NULL)"


def _preview(texts: str) -> str:
    return f"if(parent_id = '', nullIf(substringUTF8(arrayFirst(t -> t != '', [{texts}]), 1, {_PREVIEW}), ''), NULL)"


def _content(*keys: str) -> str:
    """The first of these that is there, '' if none is."""
    return f"arrayFirst(t -> t != '', [{', '.join(f'attr_content[{quoted(key)}]' for key in keys)}])"


def _last_text(key: str, role: str) -> str:
    """Text of the last message of a role, from GenAI's JSON."""
    messages = f"JSONExtract({_content(key)}, 'Array(Tuple(role String, parts Array(Tuple(type String, content String))))')"
    return f"arrayElement(arrayLast(m -> m.role = '{role}', {messages}).parts.content, 1)"


def _last_flat(prefix: str) -> str:
    found = f"k -> startsWith(k, '{prefix}') AND (endsWith(k, '.content') OR endsWith(k, '.text'))"
    return f"mapValues(attr_content)[arrayLastIndex({found}, mapKeys(attr_content))]"


_INPUT_TEXTS = ", ".join(
    (
        _last_text("gen_ai.input.messages", "user"),
        _last_flat("llm.input_messages."),
        _content("input.value", "traceloop.entity.input", "langfuse.observation.input", "ai.prompt", "mlflow.spanInputs"),
        _last_flat("gen_ai.prompt."),
    )
)
_OUTPUT_TEXTS = ", ".join(
    (
        _last_text("gen_ai.output.messages", "assistant"),
        _last_flat("llm.output_messages."),
        _content(
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
