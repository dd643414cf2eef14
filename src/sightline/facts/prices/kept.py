"""The catalogue of a data directory as its file stands: read again when somebody changes it, by `sightline prices update` or by hand."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from sightline.errors import SettingsError
from sightline.facts.prices.catalogue import FILE_NAME, Catalogue
from sightline.money import ExchangeRate, PriceOverride

log = structlog.get_logger(__name__)


class KeptCatalogue:
    """`current` is the catalogue in use; `look_again` takes a changed file into use. No network."""

    def __init__(self, data: Path, *, overrides: Iterable[PriceOverride] = (), currencies: Sequence[ExchangeRate] = ()) -> None:
        """Raises SettingsError for a file that can't be used."""
        self._data = data
        self._overrides = tuple(overrides)
        self._currencies = currencies
        self._seen = self._looks()
        self.current = self._read()

    def look_again(self) -> Catalogue:
        """The catalogue as the file stands now. One that can't be used is logged once, and the one in use stays."""
        looks = self._looks()
        if looks != self._seen:
            self._seen = looks
            try:
                self.current = self._read()
            except SettingsError as error:
                log.warning("catalogue_refused", error=str(error))
            else:
                log.info("catalogue_read_again", digest=self.current.digest)
        return self.current

    def _read(self) -> Catalogue:
        return Catalogue.of(self._data, overrides=self._overrides, currencies=self._currencies)

    def _looks(self) -> tuple[int, int, int] | None:
        """What differs between two versions of the file without reading it; None where there is none."""
        try:
            found = (self._data / FILE_NAME).stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns)
