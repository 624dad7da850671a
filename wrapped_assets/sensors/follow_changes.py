"""Follow-up: refreshes whatever the warehouse itself says is stale, layer by layer, in few runs.

The stale tables are written in the transactions that changed something, so nothing is lost when a run
dies: its partitions are still stale at the next tick. Late data needs no rule of its own.
"""

import time
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.families import FAMILIES
from wrapped_assets.jobs import (
    refresh_days,
    refresh_editions,
    refresh_hours_and_days,
    refresh_identities,
    refresh_months,
    refresh_raw,
    refresh_weeks,
)
from wrapped_assets.partitions import days as day_calendar
from wrapped_assets.periods import MONTHLY, WEEKLY, Span
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing
from wrapped_assets.resources.warehouse import Pending, Warehouse
from wrapped_assets.sensors.runs import in_flight, ranges, retry_at, run_over

# Rows of today arrive every few minutes; merging them costs a run, so today waits this long between two.
LIVE_DAY_EVERY = timedelta(minutes=30)

DAY_LAYERS = ("raw", "hourly", "daily")


def due(pending: Pending, covered: Span, now: datetime, live_day_refreshed: datetime | None) -> Pending:
    """What of the stale partitions to refresh now: inside the calendar, and today only every 30 minutes."""
    today_waits = live_day_refreshed is not None and now < live_day_refreshed + LIVE_DAY_EVERY
    partitions = {}
    for (layer, family), stale in pending.partitions.items():
        held = {day for day in stale if layer in ("weekly", "monthly") or day in covered}
        if layer == "raw" and today_waits:
            held.discard(now.date())
        if held:
            partitions[layer, family] = held
    years = {
        year for year in pending.years if covered.start.year <= year <= (covered.end - timedelta(days=1)).year
    }
    return Pending(partitions, pending.dimensions, pending.identities, years)


def next_runs(stale: Pending, failures: int) -> list[dg.RunRequest]:
    """The runs for the lowest layers that are stale; what follows from them is asked for once they are done.

    After a failure raw runs apart, so that a day that cannot be merged holds up no other layer.
    """
    if stale.days(*DAY_LAYERS):
        jobs = {"refresh_raw": ("raw",), "refresh_hours_and_days": ("hourly", "daily")}
        layers = jobs if failures else {"refresh_days": DAY_LAYERS}
        return [
            run_over(job, span, "follow")
            for job, names in layers.items()
            for span in ranges(stale.days(*names))
        ]
    requests = [
        run_over(job, span, "follow", level)
        for job, level in (("refresh_weeks", WEEKLY), ("refresh_months", MONTHLY))
        for span in ranges(stale.days(level.name), level)
    ]
    return requests or _wrapped_runs(stale)


def _wrapped_runs(stale: Pending) -> list[dg.RunRequest]:
    if stale.identities or stale.dimensions:
        return [dg.RunRequest(job_name="refresh_identities", tags={REFRESH_TAG: "follow"})]
    if not stale.years:
        return []
    tags = {
        "dagster/asset_partition_range_start": str(min(stale.years)),
        "dagster/asset_partition_range_end": str(max(stale.years)),
    }
    return [dg.RunRequest(job_name="refresh_editions", tags={**tags, REFRESH_TAG: "follow"})]


@dg.sensor(
    name="follow_changes",
    jobs=[
        refresh_days,
        refresh_raw,
        refresh_hours_and_days,
        refresh_weeks,
        refresh_months,
        refresh_identities,
        refresh_editions,
    ],
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=5,
    description="Refreshes every partition that the warehouse's own stale tables name, however old its day.",
)
def follow_changes(
    context: dg.SensorEvaluationContext, warehouse: dg.ResourceParam[Warehouse]
) -> dg.SensorResult | dg.SkipReason:
    if running := in_flight(context.instance, "follow"):
        return dg.SkipReason(f"Run {running} is still following earlier changes.")
    failures, not_before = retry_at(context.instance, "follow", time.time())
    if time.time() < not_before:
        return dg.SkipReason(f"The last run failed; it is tried again in {not_before - time.time():.0f} s.")
    try:
        with warehouse.reading(patience=0) as reader:
            pending = reader.pending()
    except WarehouseMissing:
        return dg.SkipReason("Nothing has been imported yet.")
    except WarehouseBusy:
        return dg.SkipReason(
            "Another run is writing the warehouse; its changes are followed when it is done."
        )
    now = datetime.now(UTC)
    requests = next_runs(due(pending, calendar(now), now, _live_day_refreshed(context, now)), failures)
    return dg.SensorResult(run_requests=requests) if requests else dg.SkipReason("Every layer is up to date.")


def calendar(now: datetime) -> Span:
    """The days that have partitions."""
    first = date.fromisoformat(day_calendar.get_partition_keys()[0])
    return Span(first, max(now.date(), first) + timedelta(days=1))


def _live_day_refreshed(context: dg.SensorEvaluationContext, now: datetime) -> datetime | None:
    """When today's raw was last refreshed, by Dagster's own record."""
    records = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey(["raw", next(iter(FAMILIES))]), asset_partitions=[now.date().isoformat()]
        ),
        limit=1,
    ).records
    return datetime.fromtimestamp(records[0].timestamp, UTC) if records else None
