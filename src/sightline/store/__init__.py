"""The only room that knows how to reach the engine and the configuration database."""

from sightline.store.telemetry.engine import EngineError
from sightline.store.telemetry.settling import SettlingOptions
from sightline.store.telemetry.store import Store, StoreOptions, open_store

__all__ = ["EngineError", "SettlingOptions", "Store", "StoreOptions", "open_store"]
