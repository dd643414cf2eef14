"""Where the money went: spend, caches, margins, waste, what would have been, and what has no price."""

from sightline.measure.asking import Asked
from sightline.measure.economics.cache import cache
from sightline.measure.economics.margin import margin, why
from sightline.measure.economics.prefixes import prefixes
from sightline.measure.economics.prices import prices
from sightline.measure.economics.spend import spend
from sightline.measure.economics.unpriced import unpriced
from sightline.measure.economics.waste import waste
from sightline.measure.economics.what_if import Catalogue, what_if

__all__ = ["Asked", "Catalogue", "cache", "margin", "prefixes", "prices", "spend", "unpriced", "waste", "what_if", "why"]
