"""The configuration as the other rooms see it: one attribute a topic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sightline.store.config.budgets import Budgets
from sightline.store.config.calibrations import Calibrations
from sightline.store.config.database import ConfigOptions, Database, opened
from sightline.store.config.datasets import Datasets, Experiments
from sightline.store.config.judges import Judges
from sightline.store.config.live_tests import LiveTests
from sightline.store.config.markers import Markers
from sightline.store.config.reviews import Reviews
from sightline.store.config.slos import Slos


class Configuration:
    """What people have decided."""

    def __init__(self, database: Database) -> None:
        self.budgets = Budgets(database)
        self.calibrations = Calibrations(database)
        self.datasets = Datasets(database)
        self.experiments = Experiments(database)
        self.live_tests = LiveTests(database)
        self.judges = Judges(database)
        self.markers = Markers(database)
        self.reviews = Reviews(database)
        self.slos = Slos(database)


@asynccontextmanager
async def open_config(options: ConfigOptions) -> AsyncIterator[Configuration]:
    """The configuration, its schema up to date.

    Raises StoreNewerError when a newer version wrote it, SettingsError for a URL that can't be used, StoreError when it can't be
    created or opened.
    """
    async with opened(options) as database:
        yield Configuration(database)
