"""What the views' SQL has in common, written once: `{{maps:s.attributes}}` in views/*.sql becomes five typed maps.

OTLP attributes arrive as an array of (key, value) tuples, `value.which` naming the field that was set. Everything here turns
such an array, given as an SQL expression, into map expressions.
"""

import re
from collections.abc import Callable, Mapping

_MACRO = re.compile(r"\{\{(\w+)(?::([^}]+))?\}\}")


def expand(sql: str, values: Mapping[str, str]) -> str:
    """`sql` with every `{{name}}` taken from `values` and every `{{macro:argument}}` from the table below.

    Raises KeyError for a name that neither has: a view that half expands must not reach the engine.
    """

    def one(match: re.Match[str]) -> str:
        name, argument = match.group(1), match.group(2)
        if argument is None:
            return expand(values[name], values)
        if name in values:
            return values[name].replace("$", argument)
        return expand(_MACROS[name](argument), values)

    return _MACRO.sub(one, sql)


def _typed_map(kv: str, which: str, field: str) -> str:
    return (
        f"mapFromArrays(arrayFilter((k, w) -> w = '{which}', {kv}.key, {kv}.value.which), "
        f"arrayFilter((v, w) -> w = '{which}', {kv}.value.{field}, {kv}.value.which))"
    )


def _string_map(kv: str) -> str:
    return _typed_map(kv, "string_value", "string_value")


def _scalar_json(value: str) -> str:
    """JSON text of a primitive: 64-bit integers as they are, NaN and infinities as text."""
    return (
        f"multiIf({value}.which = 'string_value', toJSONString({value}.string_value), "
        f"{value}.which = 'int_value', toString({value}.int_value), "
        f"{value}.which = 'bool_value', if({value}.bool_value, 'true', 'false'), {value}.which = 'double_value', "
        f"if(isFinite({value}.double_value), toString({value}.double_value), concat('\"', toString({value}.double_value), '\"')), "
        f"{value}.which = 'bytes_value', concat('{{\"$bytes\":\"', base64Encode({value}.bytes_value), '\"}}'), 'null')"
    )


def _json_value(value: str) -> str:
    """JSON text of any value. Maps and arrays of arrays were made JSON by the door."""
    return (
        f"multiIf({value}.which = 'json_value', {value}.json_value, {value}.which = 'array_value', "
        f"concat('[', arrayStringConcat(arrayMap(x -> {_scalar_json('x')}, {value}.array_value.values), ','), ']'), {_scalar_json(value)})"
    )


def _as_json(kv: str, condition: str) -> str:
    return (
        f"mapFromArrays(arrayFilter((k, w) -> {condition}, {kv}.key, {kv}.value.which), "
        f"arrayMap(v -> {_json_value('v')}, arrayFilter((v, w) -> {condition}, {kv}.value, {kv}.value.which)))"
    )


def _other_map(kv: str) -> str:
    """Arrays, nested maps, bytes and null, as JSON text."""
    return _as_json(kv, "w IN ('array_value', 'json_value', 'bytes_value', 'none')")


def _rest_map(kv: str) -> str:
    """Everything but text, as JSON text: a resource's attributes need no types of their own."""
    return _as_json(kv, "w != 'string_value'")


def _text_map(kv: str) -> str:
    """Every attribute as JSON text: for the few that nobody filters on."""
    return f"mapFromArrays({kv}.key, arrayMap(v -> {_json_value('v')}, {kv}.value))"


def _maps(kv: str) -> str:
    return ",\n  ".join(
        (
            f"{_string_map(kv)} AS attr_string",
            f"{_typed_map(kv, 'int_value', 'int_value')} AS attr_int",
            f"{_typed_map(kv, 'double_value', 'double_value')} AS attr_double",
            f"{_typed_map(kv, 'bool_value', 'bool_value')} AS attr_bool",
            f"{_other_map(kv)} AS attr_other",
        )
    )


_POINT = (
    ("name", "String", "m.name"),
    ("unit", "String", "m.unit"),
    ("description", "String", "m.description"),
    ("type", "String", "'{kind}'"),
    ("temporality", "Int32", "0"),
    ("monotonic", "Bool", "false"),
    ("time_ns", "UInt64", "d.time_unix_nano"),
    ("start_ns", "UInt64", "d.start_time_unix_nano"),
    ("value", "Nullable(Float64)", "NULL"),
    ("value_int", "Nullable(Int64)", "NULL"),
    ("count", "Nullable(UInt64)", "NULL"),
    ("sum", "Nullable(Float64)", "NULL"),
    ("min", "Nullable(Float64)", "NULL"),
    ("max", "Nullable(Float64)", "NULL"),
    ("bounds", "Array(Float64)", "[]"),
    ("bucket_counts", "Array(UInt64)", "[]"),
    ("scale", "Nullable(Int32)", "NULL"),
    ("zero_count", "Nullable(UInt64)", "NULL"),
    ("positive_offset", "Nullable(Int32)", "NULL"),
    ("negative_offset", "Nullable(Int32)", "NULL"),
    ("negative_counts", "Array(UInt64)", "[]"),
    ("quantiles", "Array(Tuple(quantile Float64, value Float64))", "[]"),
)
_NUMBER = {
    "value": "if(d.which = 'as_double', d.as_double, NULL)",
    "value_int": "if(d.which = 'as_int', d.as_int, NULL)",
}
_DISTRIBUTION = {"count": "d.count", "sum": "d.sum"}
_POINT_KINDS: Mapping[str, Mapping[str, str]] = {
    "gauge": _NUMBER,
    "sum": _NUMBER | {"temporality": "m.sum.aggregation_temporality", "monotonic": "m.sum.is_monotonic"},
    "histogram": _DISTRIBUTION
    | {
        "temporality": "m.histogram.aggregation_temporality",
        "min": "d.min",
        "max": "d.max",
        "bounds": "d.explicit_bounds",
        "bucket_counts": "d.bucket_counts",
    },
    "exponential_histogram": _DISTRIBUTION
    | {
        "temporality": "m.exponential_histogram.aggregation_temporality",
        "min": "d.min",
        "max": "d.max",
        "bucket_counts": "d.positive.bucket_counts",
        "scale": "d.scale",
        "zero_count": "d.zero_count",
        "positive_offset": "d.positive.offset",
        "negative_offset": "d.negative.offset",
        "negative_counts": "d.negative.bucket_counts",
    },
    "summary": _DISTRIBUTION | {"quantiles": "d.quantile_values"},
}


def _metric_point(kind: str) -> str:
    """One data point of the OTLP kind as a tuple of the shape that all five share."""
    said = _POINT_KINDS[kind]
    values = ", ".join(said.get(name, default.format(kind=kind)) for name, _, default in _POINT)
    shape = ", ".join(f"{name} {type_}" for name, type_, _ in _POINT)
    return f"CAST(({values}), 'Tuple({shape})')"


_MACROS: Mapping[str, Callable[[str], str]] = {
    "maps": _maps,
    "string_map": _string_map,
    "rest_map": _rest_map,
    "text_map": _text_map,
    "json_value": _json_value,
    "metric_point": _metric_point,
}
