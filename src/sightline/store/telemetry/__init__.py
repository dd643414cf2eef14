"""The telemetry half of the store: the engine, its schema, loading, settling and retention."""
