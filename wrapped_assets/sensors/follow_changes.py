"""Follow-up: refreshes whatever the warehouse itself says is stale, layer by layer, in few runs.

The stale tables are written in the transactions that changed something, so nothing is lost when a run
dies: its partitions are still stale at the next tick. Late data needs no rule of its own.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg

from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.bucketed.editions_of import stale_editions
from wrapped_assets.partitions import key_range
from wrapped_assets.periods import DAILY, LEVELS, MONTHLY, WEEKLY, Level, Span
from wrapped_assets.products import BUCKETED, FAMILIES
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.resources.warehouse import Pending, Reader, Warehouse
from wrapped_assets.sensors.jobs import DAY_LAYERS, import_landing, jobs
from wrapped_assets.sensors.landing_files import forget_listings
from wrapped_assets.sensors.runs import History, at_work, calendar, history, ranges, ready, run_over
from wrapped_assets.settings import Settings

# Rows of today arrive every few minutes; merging them costs a run, so today waits this long between two.
LIVE_DAY_EVERY = timedelta(minutes=30)


def due(pending: Pending, covered: Span, now: datetime, live_day_refreshed: datetime | None) -> Pending:
    """What of the stale partitions to refresh now: inside the calendar, and today only every 30 minutes."""
    today_waits = live_day_refreshed is not None and now < live_day_refreshed + LIVE_DAY_EVERY
    partitions = {}
    for (layer, family), stale in pending.partitions.items():
        level = LEVELS.get(layer, DAILY)
        held = {day for day in stale if _overlap(level.span(day), covered)}
        if layer == "raw" and today_waits:
            held.discard(now.date())
        if held:
            partitions[layer, family] = held
    editions = range(covered.start.year, (covered.end - timedelta(days=1)).year + 1)
    # An edition compares with the year before, so the next one follows in the same run.
    years = {year for stale in pending.years for year in (stale, stale + 1) if year in editions}
    bucketed = {
        name: {year for year in stale if year in editions} for name, stale in pending.editions.items()
    }
    return Pending(
        partitions,
        pending.dimensions,
        pending.identities,
        years,
        editions={name: stale for name, stale in bucketed.items() if stale},
    )


def stale(reader: Reader, now: datetime) -> Pending:
    """What the warehouse says is stale, and the editions whose time to freeze has come, unless an owner is disputed."""
    pending = reader.pending()
    settings = Settings.load()
    editions = {name: stale_editions(reader, settings, product) for name, product in BUCKETED.items()}
    pending = replace(pending, editions={name: years for name, years in editions.items() if years})
    if pending.disputes:
        return pending
    to_freeze = {year for year, at in settings.frozen.items() if at <= now and _is_live(reader, year)}
    return replace(pending, years=pending.years | to_freeze)


def _is_live(reader: Reader, year: int) -> bool:
    edition = reader.edition(year)
    return edition is not None and not edition.frozen


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def next_runs(stale: Pending, past: History) -> list[dg.RunRequest]:
    """The runs for the lowest stale layer; what follows from it is requested once it is done.

    One run goes through three layers of days. After a failure raw runs apart: a day it cannot merge delays no other
    day. A layer whose last run failed delays none of the others: it is requested, and so is the next one.
    """
    if past.failures("refresh_days", "refresh_raw"):
        days = _runs("refresh_raw", stale, "raw") + _runs("refresh_hours_and_days", stale, "hourly", "daily")
    else:
        days = _runs("refresh_days", stale, *DAY_LAYERS)
    months = _runs("refresh_months", stale, "monthly", level=MONTHLY)
    names = stale.identities or stale.dimensions
    identities = [dg.RunRequest(job_name="refresh_identities", tags={REFRESH_TAG: "follow"})] if names else []
    # Editions first: people wait for them, and no edition reads the weeks.
    editions = _editions(stale) + _bucketed(stale) + _runs("refresh_weeks", stale, "weekly", level=WEEKLY)
    requests: list[dg.RunRequest] = []
    for layer in (days, months, identities, editions):
        requests += layer
        if any(not past.failures(str(request.job_name)) for request in layer):
            break
    return requests


def _runs(job: str, stale: Pending, *layers: str, level: Level = DAILY) -> list[dg.RunRequest]:
    families = stale.families(*layers)
    return [
        run_over(job, span, "follow", layers, families, level) for span in ranges(stale.days(*layers), level)
    ]


def _editions(stale: Pending) -> list[dg.RunRequest]:
    if not stale.years:
        return []
    tags = {**key_range(min(stale.years), max(stale.years)), REFRESH_TAG: "follow"}
    return [dg.RunRequest(job_name="refresh_editions", tags=tags)]


def _bucketed(stale: Pending) -> list[dg.RunRequest]:
    return [
        dg.RunRequest(
            job_name=f"refresh_{product}",
            tags={**key_range(min(years), max(years)), REFRESH_TAG: "follow"},
        )
        for product, years in stale.editions.items()
    ]


@dg.sensor(
    name="follow_changes",
    jobs=[job for job in jobs if job.name.startswith("refresh_")],
    default_status=dg.DefaultSensorStatus.RUNNING,
    # The daemon looks at its sensors every 5 s; a little less than four rounds, and no fourth one is missed.
    minimum_interval_seconds=19,
    description="Refreshes every partition that the warehouse's own stale tables name, however old its day.",
)
def follow_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    now, warehouse = datetime.now(UTC), open_warehouse(Settings.load())
    try:
        # Resources and Dagster's records are left alone until there is work: opening them is most of a tick's price.
        if _pending(warehouse, now) == Pending():
            return dg.SkipReason("Every layer is up to date.")
        if busy := at_work(context.instance, beside=lambda run: run.job_name == import_landing.name):
            return dg.SkipReason(busy)
        # Once more: a run that ended in between may have done it.
        pending = _pending(warehouse, now)
    except WarehouseMissing:
        forget_listings()
        return dg.SkipReason("Nothing has been imported yet.")
    except WarehouseBusy:
        return dg.SkipReason(
            "Another run is writing the warehouse; its changes are followed when it is done."
        )
    past = history(context.instance, "follow", time.time())
    refreshed = _live_day_refreshed(context, now)
    to_refresh = due(pending, calendar(now), now, refreshed)
    requests, waits = ready(next_runs(to_refresh, past), past, now.timestamp())
    if requests:
        return dg.SensorResult(run_requests=requests)
    if refreshed and now.date() in pending.days("raw") - to_refresh.days("raw"):
        waits.append(f"what landed for today is merged at {refreshed + LIVE_DAY_EVERY:%H:%M} UTC")
    return dg.SkipReason(
        f"Nothing to start now: {'; '.join(waits)}." if waits else "Every layer is up to date."
    )


def _pending(warehouse: Warehouse, now: datetime) -> Pending:
    with warehouse.reading(patience=0) as reader:
        return stale(reader, now)


def _live_day_refreshed(context: dg.SensorEvaluationContext, now: datetime) -> datetime | None:
    """When today's raw was last refreshed, whatever the family, by Dagster's own record."""
    today = [now.date().isoformat()]
    times = [
        record.timestamp
        for family in FAMILIES
        for record in context.instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey(["raw", family]), asset_partitions=today), limit=1
        ).records
    ]
    return datetime.fromtimestamp(max(times), UTC) if times else None
