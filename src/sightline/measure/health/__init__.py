"""How Sightline itself is doing: what arrived, what waits to be settled, how much is stored."""

from sightline.measure.health.state import Health, health

__all__ = ["Health", "health"]
