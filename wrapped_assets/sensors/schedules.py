"""What the clock starts: the regional exports, and the checks of the running year."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.partitions import days, key_range
from wrapped_assets.products import EXPORTED, FAMILIES
from wrapped_assets.regions.database import open_region
from wrapped_assets.sensors.jobs import check_everything, export_regions, export_snapshots
from wrapped_assets.sensors.retention import forget_old_runs
from wrapped_assets.settings import Settings

EXPORT_WINDOW = timedelta(minutes=30)

# As the partitions were made when this code was loaded: a run cannot name a region that came later.
REGIONS = sorted(Settings.load().regions)


def export_run(until: datetime, regions: Sequence[str], first_instant: datetime) -> dg.RunRequest:
    """The run that exports the window before `until`, not before the calendar begins, from all these regions."""
    since = max(until - EXPORT_WINDOW, first_instant)
    last_instant = until - timedelta(milliseconds=1)
    window = {"config": {"since": since.isoformat(), "until": until.isoformat()}}
    return dg.RunRequest(
        run_key=until.isoformat(),
        tags={
            **key_range(_key(since, min(regions)), _key(last_instant, max(regions))),
            REFRESH_TAG: "export",
        },
        run_config={
            "ops": {f"regional_exports__{family}": window for family in FAMILIES if family in EXPORTED}
        },
    )


def _key(moment: datetime, region: str) -> dg.MultiPartitionKey:
    return dg.MultiPartitionKey({"day": moment.date().isoformat(), "region": region})


@dg.schedule(
    job=export_regions,
    cron_schedule="*/10 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The last 30 minutes of every region, every 10 minutes: files overlap threefold on purpose."
    " Where no region has a row of them, nothing runs.",
)
def export_every_ten_minutes(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    if not REGIONS:
        return dg.SkipReason("No regions are configured: the graph starts at landing (WRAPPED_REGIONS).")
    until = context.scheduled_execution_time.astimezone(UTC).replace(second=0, microsecond=0)
    if until <= days.start:
        return dg.SkipReason(f"The calendar begins at {days.start:%Y-%m-%d %H:%M} UTC (WRAPPED_FIRST_DAY).")
    since = max(until - EXPORT_WINDOW, days.start)
    if not any(_may_hold_rows(region, since, until) for region in REGIONS):
        return dg.SkipReason(f"No region has a row from {since:%Y-%m-%d %H:%M} to {until:%H:%M} UTC.")
    return export_run(until, REGIONS, days.start)


def _may_hold_rows(region: str, since: datetime, until: datetime) -> bool:
    """Whether the region has rows to export, as far as it says: the run reports what is wrong with one that does not."""
    try:
        return open_region(Settings.load(), region).holds_rows(since, until)
    except Exception:
        return True


@dg.schedule(
    job=export_snapshots,
    cron_schedule="5 0 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The names and owners of every region, once a day.",
)
def snapshot_every_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    if not REGIONS:
        return dg.SkipReason(
            "No regions are configured: whatever writes to landing also writes its snapshots."
        )
    return dg.RunRequest(
        run_key=context.scheduled_execution_time.date().isoformat(),
        tags={**key_range(REGIONS[0], REGIONS[-1]), REFRESH_TAG: "export"},
    )


@dg.schedule(
    job=check_everything,
    cron_schedule="30 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every asset check over the running year, once a day.",
)
def check_every_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=context.scheduled_execution_time.date().isoformat(), tags={REFRESH_TAG: "check"}
    )


@dg.schedule(
    job=forget_old_runs,
    cron_schedule="30 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Deletes Dagster's runs that are older than WRAPPED_HISTORY_DAYS, once a day.",
)
def forget_old_runs_every_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())
