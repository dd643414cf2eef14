"""What failed, openly or silently, what was tried again, and whether the objectives are kept."""

from sightline.measure.asking import Asked
from sightline.measure.reliability.availability import availability
from sightline.measure.reliability.errors import errors, silent_failures
from sightline.measure.reliability.hops import hops
from sightline.measure.reliability.markers import deploys
from sightline.measure.reliability.retries import retries
from sightline.measure.reliability.sessions import sessions
from sightline.measure.reliability.standing import standing

__all__ = ["Asked", "availability", "deploys", "errors", "hops", "retries", "sessions", "silent_failures", "standing"]
