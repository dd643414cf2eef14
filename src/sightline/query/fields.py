"""What can be asked about, and as what: every fact, its `*_ms` and `*_s` forms, and what only a whole trace or session has.

This table is the only way from a name in a question to SQL: an expression in a query comes from here, never from outside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from sightline.errors import UnknownFactError
from sightline.facts.scores import COPIED_FACTS, SCORE_SOURCES, SCORE_TARGETS, SCORE_TYPES
from sightline.facts.vocabulary import ERROR_TYPES, FACTS, FINISH_REASONS, KINDS, SILENT_FAILURES, STATUSES, Fact

FieldType = Literal["string", "integer", "number", "boolean", "time", "json", "list"]

# What one unit of a field asked for in ms or s is in the ns that are stored.
TIME_UNITS: Mapping[str, int] = MappingProxyType({"ns": 1, "ms": 1_000_000, "s": 1_000_000_000})
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kind": KINDS,
        "status": STATUSES,
        "error_type": ERROR_TYPES,
        "finish_reason": FINISH_REASONS,
        "silent_failure": SILENT_FAILURES,
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column under a name. `unit` is the asked one; `factor` of it make one of what is stored (1,000,000 for ms).

    `words` are the values that may stand without quotes, if the field has a fixed set. `counted`: sums leave out
    spans that repeat another's usage.
    """

    name: str
    sql: str
    type: FieldType
    unit: str | None = None
    factor: int = 1
    words: tuple[str, ...] = ()
    nullable: bool = True
    counted: bool = False
    group: str = "trace"
    meaning: str = ""

    @property
    def numeric(self) -> bool:
        """Whether sums and means of it make sense."""
        return self.type in ("integer", "number")

    @property
    def value_sql(self) -> str:
        """The value in the asked unit: an integer stays one only in the stored unit."""
        return self.sql if self.factor == 1 else f"({self.sql} / {self.factor})"


def _of_fact(fact: Fact) -> Field:
    return Field(
        fact.name,
        fact.name,
        fact.type,
        fact.unit,
        words=WORDS.get(fact.name, ()),
        nullable=fact.nullable,
        counted=fact.group in ("tokens", "money") and fact.name != "usage_counted",
        group=fact.group,
        meaning=fact.meaning,
    )


def _with_times(fields: Iterable[Field]) -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    for field in fields:
        found[field.name] = field
        if field.unit == "ns":
            stem = field.name.removesuffix("_ns")
            for unit in ("ms", "s"):
                found[f"{stem}_{unit}"] = replace(field, name=f"{stem}_{unit}", type="number", unit=unit, factor=TIME_UNITS[unit])
    return MappingProxyType(found)


def _shared(*names: str) -> list[Field]:
    """Facts that a trace has too, under the same name; the sums over spans are made already."""
    return [replace(_of_fact(FACTS[name]), counted=False, nullable=True) for name in names]


_SETTLED = Field("settled", "settled", "boolean", nullable=False, meaning="false while more of the trace may still arrive")

_BAND_EDGES = (0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 1_000_000)
_BELOW = ", ".join(f"input_tokens < {above}, '{below}-{above}'" for below, above in pairwise(_BAND_EDGES))
_BANDS = f"multiIf({_BELOW}, input_tokens >= {_BAND_EDGES[-1]}, '{_BAND_EDGES[-1]} and more', NULL)"

# What facts say together: asked like facts, stored nowhere.
_DERIVED = (
    Field("input_band", _BANDS, "string", group="tokens", meaning="the length of the input, in bands of input_tokens"),
    Field(
        "cache_hit", "CAST(cache_read_tokens > 0, 'Nullable(Bool)')", "boolean", group="tokens",
        meaning="whether the provider's cache was read; unknown where the call says nothing of it",
    ),
    Field(
        "waited_on", "if(self_ns < duration_ns, 'app time', stage)", "string", group="time",
        meaning="what critical_ns is spent on: the stage, or 'app time' between the spans that it encloses",
    ),
)  # fmt: skip

SPAN_FIELDS: Mapping[str, Field] = _with_times([*(_of_fact(fact) for fact in FACTS.values()), *_DERIVED, _SETTLED])

TRACE_FIELDS: Mapping[str, Field] = _with_times(
    [
        *_shared("project", "trace_id", "name", "kind", "task", "service", "environment", "release", "user_id", "session_id"),
        *_shared("tenant", "feature", "start", "received", "duration_ns", "ttft_ns", "status", "input_tokens", "output_tokens"),
        *_shared("cost_usd", "cache_read_tokens", "revenue_usd", "served_from_cache"),
        Field("margin_usd", "(revenue_usd - cost_usd)", "number", "USD", meaning="what the request earned less what it cost"),
        Field(
            "unpriced_count", "unpriced_count", "integer", "spans", nullable=False, meaning="its calls with known usage and no known price"
        ),
        Field("root_span_id", "root_span_id", "string", meaning="span_id of the root"),
        Field("span_count", "span_count", "integer", "spans", nullable=False, meaning="how many spans the trace has"),
        Field("error_count", "error_count", "integer", "spans", nullable=False, meaning="its spans with status error"),
        Field("llm_count", "llm_count", "integer", "spans", nullable=False, meaning="its counted LLM calls"),
        Field("models", "models", "list", nullable=False, meaning="the models of its LLM calls: models has 'gpt-4o'"),
        Field("input_preview", "input_preview", "string", meaning="the first characters of what went in"),
        Field("output_preview", "output_preview", "string", meaning="the first characters of what came out"),
        _SETTLED,
    ]
)

# Names that only a trace has need no prefix: `models has 'gpt-4o'` asks the span's trace.
TRACE_ONLY: frozenset[str] = frozenset(TRACE_FIELDS) - frozenset(SPAN_FIELDS)

SESSION_FIELDS: Mapping[str, Field] = _with_times(
    [
        *_shared("project", "session_id", "name", "kind", "task", "service", "environment", "release", "user_id", "tenant", "feature"),
        *_shared("start", "duration_ns", "status", "input_tokens", "output_tokens", "cost_usd", "revenue_usd"),
        Field("margin_usd", "(revenue_usd - cost_usd)", "number", "USD", meaning="what the session earned less what it cost"),
        Field("trace_count", "trace_count", "integer", "traces", nullable=False, meaning="how many of its traces match"),
        Field("span_count", "span_count", "integer", "spans", nullable=False, meaning="how many spans the trace has"),
        Field("error_count", "error_count", "integer", "spans", nullable=False, meaning="its spans with status error"),
        Field("llm_count", "llm_count", "integer", "spans", nullable=False, meaning="its counted LLM calls"),
    ]
)


SCORE_FIELDS: Mapping[str, Field] = _with_times(
    [
        _shared("project")[0],
        Field("id", "id", "string", nullable=False, meaning="digest of what makes it this score"),
        Field("target", "target", "string", words=SCORE_TARGETS, nullable=False, meaning="what is scored: span, trace or session"),
        *(Field(name, f"nullIf({name}, '')", "string", meaning="of what is scored") for name in ("trace_id", "span_id", "session_id")),
        Field("name", "name", "string", nullable=False, meaning="what is scored, such as groundedness"),
        Field("source", "source", "string", words=SCORE_SOURCES, nullable=False, meaning="judge, code, person, user or external"),
        Field("author", "nullIf(author, '')", "string", meaning="the judge, evaluator, rater or library that says so"),
        Field("version", "nullIf(version, '')", "string", meaning="the author's version"),
        Field("type", "type", "string", words=SCORE_TYPES, nullable=False, meaning="binary, categorical, ordinal or numeric"),
        Field("value", "value", "number", meaning="its number; 1 passed and 0 failed if binary"),
        Field("label", "label", "string", meaning="its word"),
        Field("explanation", "nullIf(explanation, '')", "string", meaning="why, in the author's words"),
        Field("confidence", "confidence", "number", meaning="how sure the author is, 0 to 1"),
        Field("probability", "probability", "number", meaning="the probability with which its target was selected"),
        Field("judge_trace_id", "nullIf(judge_trace_id, '')", "string", meaning="the trace of the judge's own call"),
        Field("cost_usd", "cost_usd", "number", "USD", meaning="what the verdict cost"),
        Field("latency_ns", "latency_ns", "integer", "ns", meaning="how long the verdict took"),
        Field("start", "start", "time", nullable=False, meaning="when what is scored began; when the score came while that is unknown"),
        Field("received", "received", "time", nullable=False, meaning="when the score came"),
        _SETTLED,
        *_shared(*COPIED_FACTS),
    ]
)


def find(name: str, fields: Mapping[str, Field], *, column: int | None = None) -> Field:
    """The field under a name. Raises UnknownFactError, which suggests the nearest."""
    field = fields.get(name)
    if field is None:
        raise UnknownFactError(name, known=fields.keys(), column=column)
    return field
