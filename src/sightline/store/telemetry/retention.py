"""Retention: whole partitions dropped when the last of their rows has outlived its class. Nothing is ever rewritten for it."""

import structlog
from clickhouse_connect.driver.client import Client

from sightline.store.telemetry.engine import guarded

log = structlog.get_logger(__name__)

RETENTION_DAYS = (7, 30, 90, 400)
"""The classes: a project's rows are stamped with one of them."""

_EXPIRED = """
SELECT DISTINCT table, partition_id, partition FROM system.parts
WHERE database = currentDatabase() AND active AND match(partition, '^\\\\(\\\\d+,.\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d.\\\\)$')
  AND toDate(extract(partition, '\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d')) + toUInt16(extract(partition, '^\\\\((\\\\d+),')) < today()
"""


_INDEXED = """
SELECT DISTINCT partition_id FROM system.parts
WHERE database = currentDatabase() AND active AND table = 'call_index' AND toDate(partition) < today() - 2
"""
"""Calls are told of twice within minutes; their answers' ids are not needed for longer."""


def drop_expired(client: Client) -> int:
    """Drop every partition (class, day) whose day lies further back than its class; returns how many. Raises StoreError."""
    expired = guarded(lambda: client.query(_EXPIRED).result_rows)
    for table, partition_id, partition in expired:
        guarded(lambda table=table, partition_id=partition_id: client.command(f"ALTER TABLE {table} DROP PARTITION ID '{partition_id}'"))  # type: ignore[misc]
        log.info("partition_expired", table=table, partition=partition)
    for (partition_id,) in guarded(lambda: client.query(_INDEXED).result_rows):
        guarded(lambda partition_id=partition_id: client.command(f"ALTER TABLE call_index DROP PARTITION ID '{partition_id}'"))  # type: ignore[misc]
    return len(expired)
