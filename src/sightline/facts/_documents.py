"""How many documents a retrieval found and how good they were, as `content` reads them: the SQL of three facts.

Documents are one JSON list, or spread over attributes, or told as the span's output, or in the lines of a reranker's prose.
"""

from collections.abc import Mapping

from sightline.facts._slots import quoted

_SEARCHED = "kind IN ('retrieval', 'rerank')"
_VALUES = (
    "output.value",
    "traceloop.entity.output",
    "langfuse.observation.output",
    "langfuse.trace.output",
    "final_result",
    "mlflow.spanOutputs",
    "gcp.vertex.agent.llm_response",
    "haystack.component.output",
)
"""Where documents may stand that are told as a span's output; the first that is there is asked."""
_FIELDS = ("documents", "results", "matches", "data", "nodes", "source_documents")
_SCORES = ("score", "relevance_score", "similarity_score", "similarity")
_IS_FLAT = "(startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'))"
_IS_LINE = "startsWith(k, 'gen_ai.completion.') AND endsWith(k, '.content') AND startsWith(v, 'Doc ')"


def document_columns() -> Mapping[str, str]:
    """fact → expression. A span that searches and says no documents at all leaves them unknown; an empty list is none."""
    keys = f"arrayFilter(k -> {_IS_FLAT}, mapKeys(attr_content))"
    flat = f"(arrayDistinct(arrayMap(k -> splitByChar('.', toString(k))[3], {keys})) AS flat)"
    lines = f"(arrayFilter((v, k) -> {_IS_LINE}, mapValues(attr_content), mapKeys(attr_content)) AS lines)"
    values = ", ".join(f"attr_content[{quoted(key)}]" for key in _VALUES)
    told = f"arrayFirst(t -> t != '', [attr_content['gen_ai.retrieval.documents'], if(empty(flat), '', ' '), {values}])"
    text = f"(if({_SEARCHED}, {told}, '') AS documents_text)"
    fields = ", ".join(f"JSONExtractArrayRaw(documents_text, {quoted(name)})" for name in _FIELDS)
    listed = f"if(startsWith(documents_text, '['), JSONExtractArrayRaw(documents_text), arrayFirst(d -> notEmpty(d), [{fields}]))"
    of_openinference = "has(text_values, 'RETRIEVER') OR has(text_values, 'RERANKER')"
    count = (
        f"multiIf(notEmpty({flat}) AND {text} = ' ', toUInt32(length(flat)), notEmpty(lines), toUInt32(length(lines)), "
        f"documents_text != '', toUInt32(length({listed})), {of_openinference}, 0, NULL)"
    )
    of_lines = "arrayMap(v -> toFloat64OrNull(extract(v, 'Score: ([-+.0-9e]+)')), lines)"
    scores = f"multiIf(notEmpty({lines}), {of_lines}, trim(documents_text) = '', {_flat_scores()}, arrayMap(d -> {_score('d')}, {listed}))"
    known = f"arrayMap(n -> assumeNotNull(n), arrayFilter(n -> ifNull(isFinite(n), false), {scores}))"
    return {
        "document_count": f"if({_SEARCHED}, {count}, NULL)",
        "top_score": f"if(notEmpty((if({_SEARCHED}, {known}, []) AS scores)), arrayMax(scores), NULL)",
        "mean_score": "if(notEmpty(scores), arrayAvg(scores), NULL)",
    }


def _flat_scores() -> str:
    is_score = f"(n, k) -> endsWith(k, '.document.score') AND {_IS_FLAT}"
    of = ", ".join(
        f"arrayFilter({is_score}, arrayMap(n -> toFloat64(n), mapValues({column})), mapKeys({column}))"
        for column in ("attr_double", "attr_int")
    )
    return f"arrayConcat({of})"


def _score(document: str) -> str:
    places = ", ".join(
        f"JSONExtract({document}, {path}, 'Nullable(Float64)')"
        for name in _SCORES
        for path in (f"'{name}'", f"'metadata', '{name}'", f"'meta', '{name}'")
    )
    return f"coalesce({places})"
