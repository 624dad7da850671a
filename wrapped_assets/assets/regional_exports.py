"""regional_exports: the sink. A region's own database for a window of time, as immutable landing files.

What a window holds follows from the declaration, by sql/<engine>/exports/; this module says which windows a
partition is, and names the objects. Nothing is ever overwritten: exporting again adds files, and
raw keeps the newest version of each row.
"""

import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from wrapped_assets.assets.common import asset, describe, landing_schema, refusals_are_final
from wrapped_assets.assets.stores import LandingResource, RegionsResource
from wrapped_assets.families import Dimension, Family
from wrapped_assets.landing import layout
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.partitions import region_days, regions
from wrapped_assets.periods import Span, consecutive
from wrapped_assets.products import DIMENSIONS, EXPORTED, FAMILIES
from wrapped_assets.queries import digest
from wrapped_assets.regions.database import RegionalDatabase
from wrapped_assets.resources.errors import RegionRefused, RegionUnavailable
from wrapped_assets.settings import Settings

# Whose statements and kinds the assets show: the engines of the regions that are configured.
_ENGINES = Settings.load().regional_engines


class Window(dg.Config):
    """Which part of the partitions' days to export."""

    since: str | None = None
    """Start of the window, ISO 8601 with a zone; rows before it are left out. Default: the whole days."""

    until: str | None = None
    """End of the window, excluded. Default: the whole days."""


def _export(
    source: Family | Dimension, partitions: dg.PartitionsDefinition[Any], one_row_is: str, more: str
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    return asset(
        ["regional_exports", source.name],
        partitions=partitions,
        group="regional_exports",
        kinds=[*_ENGINES, "parquet"],
        code=digest(
            *(f"{engine}/exports/{'events' if source.event_time else 'snapshot'}" for engine in _ENGINES)
        ),
        columns=landing_schema(source.columns),
        description=describe(one_row_is, f"`{source.name}` in the region's own database, read-only", more),
        writes=False,
    )


def regional_export(family: Family) -> dg.AssetsDefinition:
    """The asset that exports one family."""

    @_export(
        family,
        region_days,
        family.one_row_is,
        "The schedule exports the last 30 minutes every 10 minutes, so files overlap threefold on purpose;"
        " materializing a partition by hand exports that whole region-day again.",
    )
    def export(
        context: dg.AssetExecutionContext,
        config: Window,
        regional_databases: RegionsResource,
        landing_store: LandingResource,
    ) -> dg.MaterializeResult:
        exported_at, store = datetime.now(UTC), landing_store.store()
        windows = _windows(context, config)

        def export_region(region: str) -> dict[str, int]:
            database = regional_databases.database(region)
            return export_windows(database, store, family.name, windows[region], exported_at)

        return _each(context, windows, export_region)

    return export


def regional_snapshot(dimension: Dimension) -> dg.AssetsDefinition:
    """The asset that exports one dimension, whole."""

    @_export(
        dimension,
        regions,
        f"{dimension.one_row_is}, as it is at the time of the export",
        "A schedule exports the whole table every day.",
    )
    def snapshot(
        context: dg.AssetExecutionContext, regional_databases: RegionsResource, landing_store: LandingResource
    ) -> dg.MaterializeResult:
        exported_at, store = datetime.now(UTC), landing_store.store()

        def export_region(region: str) -> dict[str, int]:
            key = layout.dimension_key(dimension.name, region, exported_at)
            with tempfile.TemporaryDirectory(prefix="wrapped-export-") as folder:
                path = Path(folder) / "snapshot.parquet"
                rows = regional_databases.database(region).snapshot(dimension.name, exported_at, path)
                store.put_new(key, path)
            return {key: rows}

        return _each(context, context.partition_keys, export_region)

    return snapshot


def _each(
    context: dg.AssetExecutionContext, regions: Iterable[str], export: Callable[[str], dict[str, int]]
) -> dg.MaterializeResult:
    """Export each region, which returns its rows by object key, and show each partition's files and rows.

    A region that cannot be read stops none of the others: the step fails after all of them.
    """
    exported: dict[str, list[int]] = {partition: [] for partition in context.partition_keys}
    failed: list[RegionUnavailable] = []
    for region in regions:
        try:
            wrote = export(region)
        except RegionUnavailable as error:
            failed.append(error)
            context.log.error(str(error))
            continue
        for key, rows in wrote.items():
            place = layout.parse(key)
            day = f"{place.day}|" if isinstance(place, layout.DayPlace) else ""
            exported[f"{day}{region}"].append(rows)
        context.log.info(f"{region}: {sum(wrote.values())} rows in {len(wrote)} files")
    if failed:
        with refusals_are_final():
            # What may pass comes first: then the step is tried again.
            raise min(failed, key=lambda error: isinstance(error, RegionRefused))
    for partition, files in exported.items():
        counts = {"dagster/partition_row_count": sum(files), "files": len(files)}
        context.add_asset_metadata(counts, partition_key=partition)
    return dg.MaterializeResult()


def _windows(context: dg.AssetExecutionContext, config: Window) -> dict[str, list[tuple[datetime, datetime]]]:
    """What is to be exported of each region: the runs of consecutive days that the run names, inside its window."""
    days: dict[str, list[date]] = {}
    for key in context.partition_keys:
        assert isinstance(key, dg.MultiPartitionKey)
        dimensions = key.keys_by_dimension
        days.setdefault(dimensions["region"], []).append(date.fromisoformat(dimensions["day"]))
    return {
        region: [window for span in consecutive(days[region]) if (window := _window(span, config))]
        for region in sorted(days)
    }


def _window(span: Span, config: Window) -> tuple[datetime, datetime] | None:
    """The part of the days that the run's window leaves; None when nothing is left."""
    start = datetime(span.start.year, span.start.month, span.start.day, tzinfo=UTC)
    end = datetime(span.end.year, span.end.month, span.end.day, tzinfo=UTC)
    since = datetime.fromisoformat(config.since).astimezone(UTC) if config.since else start
    until = datetime.fromisoformat(config.until).astimezone(UTC) if config.until else end
    window = max(start, since), min(end, until)
    return window if window[0] < window[1] else None


def export_windows(
    database: RegionalDatabase,
    store: LandingStore,
    family: str,
    windows: Iterable[tuple[datetime, datetime]],
    exported_at: datetime,
) -> dict[str, int]:
    """Write the windows' files and put them into landing, day by day; returns the rows by object key.

    The rows of a day that comes in several files are counted with the first.
    """
    wrote = {}
    for window in windows:
        with tempfile.TemporaryDirectory(prefix="wrapped-export-") as folder:
            for done in database.export(family, *window, exported_at, Path(folder)):
                midnight = datetime(done.day.year, done.day.month, done.day.day, tzinfo=UTC)
                start, end = max(window[0], midnight), min(window[1], midnight + timedelta(days=1))
                for part, path in enumerate(done.paths):
                    key = layout.export_key(family, database.region, start, end, exported_at, part)
                    store.put_new(key, path)
                    wrote[key] = done.rows if part == 0 else 0
    return wrote


regional_exports = [regional_export(family) for family in FAMILIES.values() if family.name in EXPORTED]
regional_snapshots = [
    regional_snapshot(dimension) for dimension in DIMENSIONS.values() if dimension.name in EXPORTED
]
