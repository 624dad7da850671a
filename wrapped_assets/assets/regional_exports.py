"""regional_exports: the sink. A region's own database for a window of time, as immutable landing files.

What a window holds is written in sql/duckdb/exports/<family>.sql; this module says which windows a
partition is, and names the objects. Nothing is ever overwritten: exporting again adds files, and
landing and raw take the newest version of each row.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from wrapped_assets import layout
from wrapped_assets.assets.common import OWNERS, RETRY, describe, landing_schema
from wrapped_assets.families import DIMENSIONS, FAMILIES, Dimension, Family
from wrapped_assets.partitions import region_days, regions
from wrapped_assets.periods import Span, consecutive
from wrapped_assets.queries import digest
from wrapped_assets.resources.configured import LandingResource, RegionsResource
from wrapped_assets.resources.landing_store import LandingStore
from wrapped_assets.resources.regions import RegionalDatabase


class Window(dg.Config):
    """Which part of the partitions' days to export."""

    since: str | None = None
    """Start of the window, ISO 8601 with a zone; rows before it are left out. Default: the whole days."""

    until: str | None = None
    """End of the window, excluded. Default: the whole days."""


def regional_export(family: Family) -> dg.AssetsDefinition:
    """The asset that exports one family."""

    @dg.asset(
        key=["regional_exports", family.name],
        partitions_def=region_days,
        group_name="regional_exports",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        code_version=digest(f"duckdb/exports/{family.name}"),
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=RETRY,
        metadata={"dagster/column_schema": landing_schema(family.columns)},
        description=describe(
            family.one_row_is,
            f"`{family.name}` in the region's own database, read-only",
            "The schedule exports the last 30 minutes every 10 minutes, so files overlap threefold on purpose;"
            " materializing a partition by hand exports that whole region-day again.",
        ),
    )
    def export(
        context: dg.AssetExecutionContext,
        config: Window,
        regional_databases: RegionsResource,
        landing_store: LandingResource,
    ) -> dg.MaterializeResult:
        exported_at = datetime.now(UTC)
        store = landing_store.store()
        files = rows = 0
        for region, span in _regions_and_days(context):
            database = regional_databases.database(region)
            window = _window(span, config)
            if window is None:
                continue
            new_files, new_rows = export_window(database, store, family.name, window, exported_at)
            files, rows = files + new_files, rows + new_rows
            context.log.info(f"{region}: {new_rows} rows in {new_files} files")
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, "files": files})

    return export


def regional_snapshot(dimension: Dimension) -> dg.AssetsDefinition:
    """The asset that exports one dimension, whole."""

    @dg.asset(
        key=["regional_exports", dimension.name],
        partitions_def=regions,
        group_name="regional_exports",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        code_version=digest(f"duckdb/exports/{dimension.name}"),
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=RETRY,
        metadata={"dagster/column_schema": landing_schema(dimension.columns)},
        description=describe(
            f"{dimension.one_row_is}, as it is at the time of the export",
            f"`{dimension.name}` in the region's own database, read-only",
            "A schedule exports the whole table every day.",
        ),
    )
    def snapshot(
        context: dg.AssetExecutionContext, regional_databases: RegionsResource, landing_store: LandingResource
    ) -> dg.MaterializeResult:
        exported_at = datetime.now(UTC)
        store = landing_store.store()
        rows = 0
        with tempfile.TemporaryDirectory(prefix="wrapped-export-") as folder:
            for region in context.partition_keys:
                path = Path(folder) / f"{region}.parquet"
                rows += regional_databases.database(region).snapshot(dimension.name, exported_at, path)
                store.put_new(layout.dimension_key(dimension.name, region, exported_at), path)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows})

    return snapshot


def _regions_and_days(context: dg.AssetExecutionContext) -> Iterator[tuple[str, Span]]:
    """Each region of the run with its runs of consecutive days."""
    days: dict[str, list[date]] = {}
    for key in context.partition_keys:
        assert isinstance(key, dg.MultiPartitionKey)
        dimensions = key.keys_by_dimension
        days.setdefault(dimensions["region"], []).append(date.fromisoformat(dimensions["day"]))
    for region in sorted(days):
        for span in consecutive(days[region]):
            yield region, span


def _window(span: Span, config: Window) -> tuple[datetime, datetime] | None:
    """The part of the days that the run's window leaves; None when nothing is left."""
    start = datetime(span.start.year, span.start.month, span.start.day, tzinfo=UTC)
    end = datetime(span.end.year, span.end.month, span.end.day, tzinfo=UTC)
    since = datetime.fromisoformat(config.since).astimezone(UTC) if config.since else start
    until = datetime.fromisoformat(config.until).astimezone(UTC) if config.until else end
    window = max(start, since), min(end, until)
    return window if window[0] < window[1] else None


def export_window(
    database: RegionalDatabase,
    store: LandingStore,
    family: str,
    window: tuple[datetime, datetime],
    exported_at: datetime,
) -> tuple[int, int]:
    """Write the window's files and put them into landing; returns how many files and rows they are."""
    files = rows = 0
    with tempfile.TemporaryDirectory(prefix="wrapped-export-") as folder:
        days = database.export(family, *window, exported_at, Path(folder))
        for day, (paths, count) in days.items():
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            start, end = max(window[0], midnight), min(window[1], midnight + timedelta(days=1))
            for part, path in enumerate(paths):
                store.put_new(layout.export_key(family, database.region, start, end, exported_at, part), path)
            files, rows = files + len(paths), rows + count
    return files, rows


regional_exports = [regional_export(family) for family in FAMILIES.values()]
regional_snapshots = [regional_snapshot(dimension) for dimension in DIMENSIONS.values()]
