"""Dagster's own history, which grows with every run: what is kept of it, and the job that deletes the rest.

What a run materialized goes with it, and a partition whose last materialization is gone looks as if it had never been
built. So a run is kept, however old, while any partition was last materialized by it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from wrapped_assets.settings import Settings

EVENTS_AT_ONCE = 500


@dg.op
def delete_old_runs(context: dg.OpExecutionContext) -> None:
    """Delete every run that ended, is older than WRAPPED_HISTORY_DAYS, and is nobody's last materialization."""
    before = datetime.now(UTC) - timedelta(days=Settings.load().history_days)
    old = superseded(context.instance, before)
    for run_id in old:
        context.instance.compute_log_manager.delete_logs(prefix=[run_id])
        context.instance.delete_run(run_id)
    context.log.info(f"Deleted {len(old)} runs from before {before:%Y-%m-%d %H:%M} UTC.")


@dg.job(
    description="Deletes Dagster's runs that are older than WRAPPED_HISTORY_DAYS and show no partition's present state."
)
def forget_old_runs() -> None:
    delete_old_runs()


def superseded(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """The ids of the runs that ended, were created before this instant, and materialized nothing that is still the newest."""
    old = set(instance.get_run_ids(dg.RunsFilter(statuses=FINISHED_STATUSES, created_before=before)))
    return sorted(old - set(_newest(instance))) if old else []


def _newest(instance: dg.DagsterInstance) -> Iterator[str]:
    """The run that last materialized each asset, and each partition of it."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    for key in instance.all_asset_keys():
        latest = instance.get_latest_materialization_event(key)
        if latest is not None:
            yield latest.run_id
        ids = sorted(instance.event_log_storage.get_latest_storage_id_by_partition(key, kind).values())
        for first in range(0, len(ids), EVENTS_AT_ONCE):
            wanted = dg.AssetRecordsFilter(key, storage_ids=ids[first : first + EVENTS_AT_ONCE])
            for record in instance.fetch_materializations(wanted, limit=EVENTS_AT_ONCE).records:
                yield record.run_id
