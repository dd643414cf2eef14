"""What the API says of retrieval. Every number may be null where it is unknown; shares lie between 0 and 1."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sightline.serve.economics_models import Number
from sightline.serve.models import Model
from sightline.serve.reliability_models import Tally, Window


class Mean(Model):
    """A mean with its 95 % interval, the searches of one trace being one observation."""

    value: Number
    interval: tuple[float, float] | None = Field(description="null below two traces.")
    n: Number = Field(description="Searches (or traces) that it is the mean of.")
    enough: bool = Field(description="From 30 traces on; below, show the interval.")


class RetrievalMeasures(Model):
    retrievals: int
    empty: Tally = Field(description="Of the searches that say how many documents they found: those that found none.")
    top_score: Mean = Field(description="The best document's score.")
    gap: Mean = Field(description="The best document's score less the mean of all that were found.")


class RetrievalTotal(RetrievalMeasures):
    traces: int
    documents: Number = Field(description="Found by a search on average.")
    empty_trace_ids: list[str]


class RetrievalGroup(RetrievalTotal):
    group: list[str | None]
    filter: str | None = Field(description="Selects the group's searches; null where the filter language can't say it.")


class RetrievalPoint(RetrievalMeasures):
    time: datetime
    group: list[str | None]


class IndexVersion(Model):
    retriever: str
    index_version: str
    first: datetime = Field(description="In the window or the 30 days before it.")
    last: datetime
    retrievals: float = Field(description="In the window.")


class Stale(Tally):
    trace_ids: list[str]


class RetrievalResponse(Model):
    window: Window
    interval: str
    total: RetrievalTotal
    stale: Stale = Field(description="Searches of an index version that the same retriever had replaced more than an hour before.")
    groups: list[RetrievalGroup]
    more_groups: int
    series: list[RetrievalPoint] = Field(description="Of the first eight groups.")
    versions: list[IndexVersion]


class Duplicates(Tally):
    trace_ids: list[str]


class FoundDocument(Model):
    document: str = Field(description="Its id, else how its text begins.")
    found: int
    used: Tally
    mean_rank: float
    content: str
    trace_ids: list[str]


class DocumentsResponse(Model):
    window: Window
    retrievals: int = Field(description="In the window.")
    read: int = Field(description="Of them: those that were read; whole traces, by a hash of their ids.")
    duplicates: Duplicates = Field(description="Searches that found the same document twice.")
    first_gap: Mean = Field(description="The best document's score less the second's.")
    answered: int = Field(description="Of those read: with an answer that could be read.")
    using: Tally = Field(description="Of them: those whose answer uses a document. Where none does, 'never used' says nothing.")
    known_documents: int
    never_used: int
    documents: list[FoundDocument] = Field(description="Those least used first, by the upper end of the interval.")


class Moved(Model):
    distance: float
    expected: float = Field(description="What blocks of time exchanged at random come to on average.")
    high: float = Field(description="What they exceed once in twenty times.")
    p_value: float
    blocks: int
    enough: bool = Field(description="Whether each window has five blocks or more.")
    moved: bool = Field(description="p_value is 0.02 or less, of enough blocks.")


class MovedEmbeddings(Moved):
    vectors: int


class UnusualQuery(Model):
    query: str
    times: int
    more: float = Field(description="How many times as frequent its 3-grams have become, on average.")
    trace_id: str


class DriftResponse(Model):
    window: Window
    previous: Window | None
    queries: int
    previous_queries: int
    block: Literal["day", "hour", "minute"]
    drift: Moved = Field(description="Of the queries' hashed 3-grams; the distance is Jensen–Shannon's, 0 to 1.")
    unusual: list[UnusualQuery]
    embeddings: MovedEmbeddings | None = Field(description="null where no span carries a vector; the distance is an MMD.")


class RelevanceScore(Model):
    name: str
    source: str
    author: str
    retrievals: int
    documents: int
    highest: float


class RelevanceScores(Model):
    scores: list[RelevanceScore]


class Relevance(Model):
    retrievals: int
    precision: Mean = Field(description="Of the first k judged documents: those that are relevant.")
    ndcg: Mean
    reciprocal_rank: Mean = Field(description="Its mean is the MRR.")
    hit: Mean = Field(description="Searches with a relevant document among the first k judged ones.")
    judged: Number = Field(description="Of the first k documents: those that were judged.")


class RelevanceGroup(Relevance):
    group: list[str | None]
    filter: str | None
    worst_trace_ids: list[str] = Field(description="By nDCG.")


class RelevancePoint(Relevance):
    time: datetime
    group: list[str | None]


class Voice(Model):
    source: str
    author: str
    documents: int


class RelevanceResponse(Model):
    window: Window
    interval: str
    name: str
    k: int
    relevant: float
    sources: list[Voice] = Field(description="Who says so.")
    known_retrievals: int = Field(description="Searches of which something is known.")
    total: Relevance
    groups: list[RelevanceGroup]
    series: list[RelevancePoint]
