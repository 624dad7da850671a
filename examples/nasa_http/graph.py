"""The real graph over the regional databases: overlapping exports, late and repeated files, builds, checks.

Importing this module fixes the settings (partitions and definitions read the environment), so whoever sets
WRAPPED_HOME does it before. Every number here comes from the pipeline's books.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dagster as dg
import pyarrow.parquet as pq

from examples.nasa_http import comparison
from examples.nasa_http.source import REGIONS, Source
from wrapped_assets import progress, running
from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.families import FAMILIES
from wrapped_assets.periods import Span
from wrapped_assets.resources.configured import DuckDBWarehouseResource
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import Settings

Window = tuple[datetime, datetime]

YEAR = 2017
OVERLAP = 3
WINDOWS = 4
# Not at midnight: a window of the schedule begins and ends inside days too.
CUT_AT = time(8, 20, tzinfo=UTC)

# One landing file in so many is there twice, under two names, before the first build and after it.
REPEATED_AT_FIRST = 50
REPEATED_LATER = 300


@dataclass(frozen=True)
class Told:
    """What was done to the graph and what its books said at each point."""

    runs: int
    requests_without_late: int
    landed: int
    unique: int
    duplicates: int
    files: int
    repeated_rows: int
    runs_when_up_to_date: int
    evaluations: list[dg.AssetCheckEvaluation]


def tell(settings: Settings, source: Source) -> Told:
    """Export with overlap, build, bring late and repeated files, build again, check."""
    with running.instance(settings) as instance:
        runs = _export_with_overlap(instance, source.span)
        repeated = list(_repeat(settings, REPEATED_AT_FIRST, "again"))
        runs += running.build(instance, settings, Span.year(YEAR))
        without_late = _requests(settings)
        source.release()
        late = Span.day(source.withheld.day)
        runs += _export(instance, late, _midnights(late), [source.withheld.region])
        repeated += _repeat(settings, REPEATED_LATER, "and-again")
        runs += running.build(instance, settings, Span.year(YEAR))
        runs_when_up_to_date = running.build(instance, settings, Span.year(YEAR))
        progress.report("checks", 0, 1)
        evaluations = running.check(instance, YEAR)
        progress.report("checks", 1, 1)
    with open_warehouse(settings).reading() as reader:
        totals = reader.landing_totals("pipe_stats", Span.year(YEAR))
    return Told(
        runs=runs + 1,
        requests_without_late=without_late,
        landed=totals.landed_rows,
        unique=totals.unique_rows,
        duplicates=totals.duplicates,
        files=totals.files,
        repeated_rows=sum(repeated),
        runs_when_up_to_date=runs_when_up_to_date,
        evaluations=evaluations,
    )


def books(source: Source, told: Told) -> list[tuple[str, int, int]]:
    """What the regions sent and what the ledger holds of it, line by line."""
    late = source.withheld.rows
    landed = OVERLAP * (source.rows - late) + late + told.repeated_rows
    return [
        (f"rows landed, in {told.files:,} files", landed, told.landed),
        (
            f"duplicates removed, {told.repeated_rows:,} from repeated files",
            landed - source.rows,
            told.duplicates,
        ),
        ("unique rows", source.rows, told.unique),
        (
            f"requests while {source.withheld.region} had not sent {source.withheld.day}",
            source.rows - late,
            told.requests_without_late,
        ),
        ("runs of one more build", 0, told.runs_when_up_to_date),
    ]


def compare(settings: Settings) -> list[comparison.Line]:
    """The warehouse's numbers beside the known ones."""
    with DuckDBWarehouseResource.from_settings(settings).get_connection() as connection:
        return comparison.compare(connection)


def windows(span: Span, parts: int = WINDOWS, overlap: int = OVERLAP) -> list[Window]:
    """Windows that follow each other so that every instant of the span lies in exactly `overlap` of them."""
    start, end = _midnights(span)
    step = len(list(span)) // parts
    inner = [datetime.combine(span.start + timedelta(days=step * n), CUT_AT) for n in range(1, parts)]
    cuts = [start, *inner, end]
    lead = overlap - 1
    return [(cuts[max(0, n - lead)], cuts[min(parts, n + 1)]) for n in range(parts + lead)]


def _midnights(span: Span) -> Window:
    midnight = time(tzinfo=UTC)
    return datetime.combine(span.start, midnight), datetime.combine(span.end, midnight)


def _export_with_overlap(instance: dg.DagsterInstance, span: Span) -> int:
    plan = windows(span)
    for number, window in enumerate(plan):
        progress.report("exports", number, len(plan))
        last = window[1] - timedelta(milliseconds=1)
        days = Span(window[0].date(), last.date() + timedelta(days=1))
        _export(instance, days, window, REGIONS)
    first, last_region = min(REGIONS), max(REGIONS)
    running.run(instance, "export_snapshots", _partitions(first, last_region))
    progress.report("exports", len(plan), len(plan))
    return len(plan) + 1


def _export(
    instance: dg.DagsterInstance, days: Span, window: Window, regions: list[str] | tuple[str, ...]
) -> int:
    """One run of the sink over these days and regions, cut to the window."""
    last = days.end - timedelta(days=1)
    first_key = dg.MultiPartitionKey({"day": str(days.start), "region": min(regions)})
    last_key = dg.MultiPartitionKey({"day": str(last), "region": max(regions)})
    config = {"config": {"since": window[0].isoformat(), "until": window[1].isoformat()}}
    ops = {f"regional_exports__{family}": config for family in FAMILIES}
    running.run(instance, "export_regions", _partitions(first_key, last_key), {"ops": ops})
    return 1


def _partitions(first: str, last: str) -> dict[str, str]:
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
        REFRESH_TAG: "export",
    }


def _repeat(settings: Settings, one_in: int, suffix: str) -> Iterator[int]:
    """Put byte-identical copies of some landing files beside them; yields the rows of each."""
    landing = Path(unquote(urlsplit(settings.landing_url).path))
    for file in sorted(landing.glob("pipe_stats/dt=*/region=*/*.parquet"))[::one_in]:
        shutil.copyfile(file, file.with_name(f"{file.stem}.{suffix}.parquet"))
        yield pq.read_metadata(file).num_rows


def _requests(settings: Settings) -> int:
    """The requests of the edition as it is now."""
    with open_warehouse(settings).reading() as reader:
        return sum(row["requests"] for row in reader.facts(YEAR))
