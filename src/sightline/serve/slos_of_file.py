"""Objectives that stand in the configuration file, as those that are kept in the database look."""

from collections.abc import Iterable
from hashlib import sha256

from sightline.errors import BadRequestError, SettingsError
from sightline.measure.reliability import slos
from sightline.settings import SloSetting
from sightline.store import Slo

FILE = "file:"


def slos_of_file(said: Iterable[SloSetting]) -> list[Slo]:
    """Each with an id that follows its project and name."""
    return [
        Slo(
            project=one.project,
            name=one.name,
            of=one.of,
            good=one.good,
            objective=one.objective,
            among=one.among,
            window_days=one.window_days,
            id=FILE + sha256(f"{one.project}\0{one.name}".encode()).hexdigest()[:24],
        )
        for one in said
    ]


def check_slos(said: Iterable[SloSetting]) -> None:
    """Raises SettingsError that names the first objective whose filters can't be asked, or that is there twice."""
    seen: set[str] = set()
    for slo in slos_of_file(said):
        if slo.id in seen:
            raise SettingsError(f"slos: there are two objectives {slo.name!r} in project {slo.project!r}: give one another name.")
        seen.add(slo.id)
        try:
            slos.check(slo)
        except BadRequestError as error:
            raise SettingsError(f"slos: the objective {slo.name!r} can't be asked: {error}") from error
