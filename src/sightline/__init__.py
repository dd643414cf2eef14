"""Sightline: observability for production GenAI systems."""

__version__ = "0.1.0"
