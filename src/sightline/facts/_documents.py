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
_RANKING = (
    "if(attr_other['ai.ranking'] = '', '', "
    "concat('[', arrayStringConcat(JSONExtract(attr_other['ai.ranking'], 'Array(String)'), ','), ']'))"
)
"""Vercel's reranker answers with an array of JSON texts."""
_NONE = "''"
_FIELDS = ("documents", "results", "matches", "data", "nodes", "source_documents")
_SCORES = ("score", "relevance_score", "similarity_score", "similarity", "relevanceScore")
_IS_FLAT = "(startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'))"
_IS_LINE = "startsWith(k, 'gen_ai.completion.') AND endsWith(k, '.content') AND startsWith(v, 'Doc ')"


def document_texts() -> Mapping[str, str]:
    """column → expression: where a span that searches tells of documents. Over a span's kind."""
    keys = f"arrayFilter(k -> {_IS_FLAT}, mapKeys(attr_content))"
    told = ", ".join((*(f"attr_content[{quoted(key)}]" for key in _VALUES), _RANKING))
    return {
        "flat": f"if({_SEARCHED}, arrayDistinct(arrayMap(k -> splitByChar('.', toString(k))[3], {keys})), [])",
        "lines": f"if({_SEARCHED}, arrayFilter((v, k) -> {_IS_LINE}, mapValues(attr_content), mapKeys(attr_content)), [])",
        "told": f"if({_SEARCHED}, arrayFirst(t -> t != '', [{told}]), '')",
    }


def document_scores() -> Mapping[str, str]:
    """column → expression: the documents as a list, and their scores. Over `document_texts`."""
    own = "attr_content['gen_ai.retrieval.documents']"
    listed = f"if({_SEARCHED} AND ({own} != '' OR empty(flat)), {_listed(f'if({own} != {_NONE}, {own}, told)')}, [])"
    of_lines = "arrayMap(v -> toFloat64OrNull(extract(v, 'Score: ([-+.0-9e]+)')), lines)"
    of_flat = f"if({own} = '' AND notEmpty(flat), {_flat_scores()}, [])"
    return {"listed": listed, "apart": f"multiIf(notEmpty(lines), {of_lines}, {_SEARCHED}, {of_flat}, [])"}


def document_columns() -> Mapping[str, str]:
    """fact → expression over `document_scores`. A span that searches and tells of no documents at all leaves them unknown."""
    own = "attr_content['gen_ai.retrieval.documents']"
    of_openinference = "has(text_values, 'RETRIEVER') OR has(text_values, 'RERANKER')"
    count = (
        f"multiIf({own} = '' AND notEmpty(flat), toUInt32(length(flat)), notEmpty(lines), toUInt32(length(lines)), "
        f"{own} != '' OR told != '', toUInt32(length(listed)), {of_openinference}, 0, NULL)"
    )
    scores = f"arrayFilter(n -> ifNull(isFinite(n), false), arrayConcat(apart, if(empty(lines), arrayMap(d -> {_score('d')}, listed), [])))"
    return {
        "document_count": f"if({_SEARCHED}, {count}, NULL)",
        "scores": f"if({_SEARCHED}, {scores}, [])",
    }


def score_columns() -> Mapping[str, str]:
    """fact → expression over `document_columns`."""
    return {
        "top_score": "if(empty(scores), NULL, arrayReduce('max', scores))",
        "mean_score": "if(empty(scores), NULL, arrayReduce('avg', scores))",
    }


def _listed(text: str) -> str:
    fields = ", ".join(f"JSONExtractArrayRaw(t, {quoted(name)})" for name in _FIELDS)
    found = f"if(startsWith(t, '['), JSONExtractArrayRaw(t), arrayFirst(d -> notEmpty(d), [{fields}]))"
    return f"arrayFlatten(arrayMap(t -> {found}, [{text}]))"


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
