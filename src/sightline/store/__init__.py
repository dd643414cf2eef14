"""The only room that knows how to reach the engine and the configuration database."""

from sightline.store.config.budgets import PERIODS, Budget, BudgetTerms, Period
from sightline.store.config.calibrations import CalibrationRun
from sightline.store.config.config import Configuration, open_config
from sightline.store.config.database import ConfigOptions
from sightline.store.config.datasets import Dataset, DatasetVersion, Experiment, ExperimentTerms
from sightline.store.config.judges import Backfill, BackfillState, Ended, Judge, JudgeVersion, Spend
from sightline.store.config.live_tests import LiveTest, LiveTestTerms
from sightline.store.config.markers import MARKER_KINDS, Marker, MarkerKind, MarkerTerms
from sightline.store.config.reviews import (
    TARGETS,
    Anchor,
    Did,
    Drawn,
    QueueState,
    ReviewItem,
    ReviewPlan,
    Reviews,
    Target,
    Turn,
    Unit,
)
from sightline.store.config.slos import Slo, SloOf, SloTerms
from sightline.store.keeping import DatasetKeeper, DatasetLimits, NewItem
from sightline.store.telemetry.collecting import ResultRow
from sightline.store.telemetry.engine import EngineError
from sightline.store.telemetry.pricing import PriceShelf
from sightline.store.telemetry.rollups import GAMMA, RollupOptions, bin_sql
from sightline.store.telemetry.scoring import NewScore
from sightline.store.telemetry.settling import SettlingOptions
from sightline.store.telemetry.store import Store, StoreOptions, open_store

__all__ = [
    "GAMMA",
    "MARKER_KINDS",
    "PERIODS",
    "TARGETS",
    "Anchor",
    "Backfill",
    "BackfillState",
    "Budget",
    "BudgetTerms",
    "CalibrationRun",
    "ConfigOptions",
    "Configuration",
    "Dataset",
    "DatasetKeeper",
    "DatasetLimits",
    "DatasetVersion",
    "Did",
    "Drawn",
    "Ended",
    "EngineError",
    "Experiment",
    "ExperimentTerms",
    "Judge",
    "JudgeVersion",
    "LiveTest",
    "LiveTestTerms",
    "Marker",
    "MarkerKind",
    "MarkerTerms",
    "NewItem",
    "NewScore",
    "Period",
    "PriceShelf",
    "QueueState",
    "ResultRow",
    "ReviewItem",
    "ReviewPlan",
    "Reviews",
    "RollupOptions",
    "SettlingOptions",
    "Slo",
    "SloOf",
    "SloTerms",
    "Spend",
    "Store",
    "StoreOptions",
    "Target",
    "Turn",
    "Unit",
    "bin_sql",
    "open_config",
    "open_store",
]
