"""Budgets: what was spent of each, where it will end, and how fast it burns."""

from sightline.measure.economics.budgets.status import BURN_WINDOWS_S, status
from sightline.measure.economics.budgets.terms import check

__all__ = ["BURN_WINDOWS_S", "check", "status"]
