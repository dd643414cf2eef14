"""Retrieval quality: what searches say of themselves, what they found, what is asked, and how relevant it is."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from sightline.facts.scores import ScoreSource
from sightline.measure import retrieval
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam
from sightline.serve.api.downloads import DOWNLOADS, FormatParam, download_models
from sightline.serve.api.economics import GroupByParam, IntervalParam, LimitParam, MoneyParamsDep
from sightline.serve.retrieval_models import (
    DocumentsResponse,
    DriftResponse,
    FoundDocument,
    RelevanceGroup,
    RelevanceResponse,
    RelevanceScores,
    RetrievalGroup,
    RetrievalResponse,
)

router = APIRouter(prefix="/retrieval", tags=["retrieval"])

KindParam = Annotated[Literal["retrieval", "rerank"], Query(description="Which searches: of an index, or the ordering after it.")]
SampleParam = Annotated[int, Query(ge=1, le=10_000, description="Searches whose documents are read at the most: whole traces, by hash.")]


@router.get("", response_model=RetrievalResponse, responses=DOWNLOADS, summary="Levels of searches")
async def get_retrieval(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    kind: KindParam = "retrieval",
    interval: IntervalParam = None,
    limit: LimitParam = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """How good the best documents' scores are and how far they stand out, how often nothing is found, and which index was searched; in
    all, by groups (by retriever, which is the stage, unless told otherwise) and over time."""
    asked = params.asked(["stage"] if group_by is None else group_by)
    found = await asker.answer(retrieval.levels(asker.reader, asked, kind=kind, interval=interval, limit=limit))
    if format == "json":
        return answer(found)
    work = download_models(asker.reader, found["groups"], RetrievalGroup, format, "retrieval", group_by=asked.group_by)
    return await asker.answer(work)


@router.get("/documents", response_model=DocumentsResponse, responses=DOWNLOADS, summary="What searches found")
async def get_documents(
    asker: AskerParam,
    params: MoneyParamsDep,
    kind: KindParam = "retrieval",
    sample: SampleParam = 1_000,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Documents that no answer uses, the same document twice, and the gap between the first and the second, of a sample."""
    found = await asker.answer(retrieval.documents(asker.reader, params.asked(), kind=kind, sample=sample, limit=limit))
    if format == "json":
        return answer(found)
    return await asker.answer(download_models(asker.reader, found["documents"], FoundDocument, format, "documents"))


@router.get("/drift", response_model=DriftResponse, summary="Drift of what is searched for")
async def get_drift(
    asker: AskerParam,
    params: MoneyParamsDep,
    kind: KindParam = "retrieval",
    embeddings: Annotated[int, Query(ge=0, le=2_000, description="Vectors of each window that are read at the most; 0: none.")] = 300,
) -> Response:
    """Whether the queries of the window are other than those of the window before, which ones the least like them, by hashed 3-grams and,
    where spans carry vectors, by embeddings."""
    return answer(await asker.answer(retrieval.drift(asker.reader, params.asked(), kind=kind, embeddings=embeddings)))


@router.get("/scores", response_model=RelevanceScores, summary="Scores of documents' relevance")
async def get_scores(asker: AskerParam, params: MoneyParamsDep) -> Response:
    """Which scores in the window say how relevant single documents are, and who says so."""
    return answer({"scores": await asker.answer(retrieval.judged_names(asker.reader, params.asked()))})


@router.get("/relevance", response_model=RelevanceResponse, responses=DOWNLOADS, summary="Relevance of what was found")
async def get_relevance(
    asker: AskerParam,
    params: MoneyParamsDep,
    name: Annotated[str, Query(min_length=1, max_length=200, description="The scores' name.")] = "context_relevance",
    source: Annotated[ScoreSource | None, Query(description="Only what a judge, a person … says.")] = None,
    k: Annotated[int, Query(ge=1, le=100, description="Documents that are looked at, from the first on.")] = 5,
    relevant: Annotated[float, Query(allow_inf_nan=False, description="The score from which on a document is relevant.")] = 1.0,
    group_by: GroupByParam = None,
    kind: KindParam = "retrieval",
    interval: IntervalParam = None,
    sample: SampleParam = 2_000,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Precision, nDCG, mean reciprocal rank and hit rate by scores on the searches' spans that name a document in their metadata, as
    `document_id` or `document_rank`, or say of several in `documents`, an object of id → score."""
    asked = params.asked(["stage"] if group_by is None else group_by)
    work = retrieval.relevance(
        asker.reader, asked, kind=kind, name=name, source=source, k=k, relevant=relevant, interval=interval, sample=sample
    )
    found = await asker.answer(work)
    if format == "json":
        return answer(found)
    made = download_models(asker.reader, found["groups"], RelevanceGroup, format, "relevance", group_by=asked.group_by)
    return await asker.answer(made)
