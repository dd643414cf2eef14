"""How well searches find: scores and gaps, nothing found, the same twice, what is never used, old indexes, drift; and relevance."""

from sightline.measure.retrieval.documents import documents
from sightline.measure.retrieval.drift import drift
from sightline.measure.retrieval.levels import levels
from sightline.measure.retrieval.relevance import judged_names, relevance

__all__ = ["documents", "drift", "judged_names", "levels", "relevance"]
