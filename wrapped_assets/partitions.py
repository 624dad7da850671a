"""The calendars that assets are partitioned by, all in UTC, all up to and including the present period."""

import warnings

import dagster as dg

from wrapped_assets.periods import MONTHLY, WEEKLY, Span
from wrapped_assets.settings import Settings

_settings = Settings.load()

days = dg.DailyPartitionsDefinition(start_date=_settings.first_day.isoformat(), end_offset=1)

# Weeks start on Monday (day_offset=1; Dagster's own start on Sunday), and the first one holds the first day.
weeks = dg.WeeklyPartitionsDefinition(
    start_date=WEEKLY.start(_settings.first_day).isoformat(), day_offset=1, end_offset=1
)

months = dg.MonthlyPartitionsDefinition(
    start_date=MONTHLY.start(_settings.first_day).isoformat(), end_offset=1
)

editions = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 1 1 *", start=str(_settings.first_day.year), fmt="%Y", end_offset=1
)

regions = dg.StaticPartitionsDefinition(sorted(_settings.regions) or ["no-region-configured"])

region_days = dg.MultiPartitionsDefinition({"day": days, "region": regions})

CALENDARS: dict[str, dg.TimeWindowPartitionsDefinition] = {
    "landing": days,
    "raw": days,
    "hourly": days,
    "daily": days,
    "weekly": weeks,
    "monthly": months,
}

with warnings.catch_warnings():
    # Both are marked beta in Dagster 1.13.27; the alternative is to leave the lineage out.
    warnings.simplefilter("ignore", dg.BetaWarning)
    # The first and last week and month reach outside the calendar of days.
    reaching_outside = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    every_region = dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="day")


# Where Dagster keeps the range of a run, last key included.
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def key_range(first: object, last: object) -> dict[str, str]:
    """The tags of one run over all partitions from the key `first` to the key `last`."""
    return {_FIRST: str(first), _LAST: str(last)}


def span_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Span:
    """The days that the partitions of this run cover.

    Raises ValueError for a range whose start lies after its end: Dagster gives it no partitions and no error.
    """
    execution = (
        context.op_execution_context if isinstance(context, dg.AssetCheckExecutionContext) else context
    )
    if not execution.partition_keys:
        raise ValueError(
            "This run covers no partition.\n"
            f"  Its range is {execution.run.tags.get(_FIRST)} to {execution.run.tags.get(_LAST)}.\n"
            "  Next: start it again with the earlier partition first."
        )
    window = execution.partition_time_window
    return Span(window.start.date(), window.end.date())
