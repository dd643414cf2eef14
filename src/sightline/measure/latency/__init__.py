"""How long it took, where the user feels it: percentiles, their shape, what was waited for, and what moved."""

from sightline.measure.latency.asking import MEASURES, Asked, Of
from sightline.measure.latency.compare import compare
from sightline.measure.latency.heatmap import heatmap
from sightline.measure.latency.lost import lost
from sightline.measure.latency.percentiles import percentiles
from sightline.measure.latency.stages import stages
from sightline.measure.latency.tokens import tokens

__all__ = ["MEASURES", "Asked", "Of", "compare", "heatmap", "lost", "percentiles", "stages", "tokens"]
