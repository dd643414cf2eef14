"""Service level objectives: a share that has to be good, the error budget that is left of it, and how fast it burns."""

from sightline.measure.reliability.slos.burning import BURN_WINDOWS_S, alerts_of
from sightline.measure.reliability.slos.status import status
from sightline.measure.reliability.slos.terms import check

__all__ = ["BURN_WINDOWS_S", "alerts_of", "check", "status"]
