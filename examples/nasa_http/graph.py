"""The real graph over the regional databases: overlapping exports, late and repeated files, builds, checks.

Importing this module fixes the settings (partitions and definitions read the environment), so whoever sets
WRAPPED_HOME does it before.
"""

import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dagster as dg
import pyarrow.parquet as pq

from examples.nasa_http import comparison, statements
from examples.nasa_http.source import REGIONS, Source
from examples.nasa_http.windows import OVERLAP, Window, midnights, windows
from wrapped_assets import progress
from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.cli import running
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.definitions import defs
from wrapped_assets.partitions import key_range
from wrapped_assets.periods import Span
from wrapped_assets.resources.duckdb import DuckDBReader
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.resources.warehouse import LandingTotals, Reader
from wrapped_assets.settings import Settings

YEAR = Span.year(2017)
# One landing file in so many is there twice from the beginning, under two names.
REPEATED_ONE_IN = 50

_ONE_FAMILY = dg.AssetKey(["regional_exports", "pipe_stats"])


@dataclass(frozen=True)
class Story:
    """What happened to the graph, and what its books said about it."""

    runs: int
    requests_without_late: int
    totals: LandingTotals
    repeated_rows: int
    runs_when_up_to_date: int
    evaluations: Sequence[dg.AssetCheckEvaluation]


def history(settings: Settings, keep: bool) -> AbstractContextManager[dg.DagsterInstance]:
    """Where Dagster records the runs: in the home folder, or in memory at a quarter of the price."""
    return dagster_instance(settings) if keep else dg.DagsterInstance.ephemeral()


def tell(instance: dg.DagsterInstance, settings: Settings, source: Source) -> Story:
    """Export with overlap, build; then bring late and repeated files, build again; check."""
    runs = _export_with_overlap(instance, source.span)
    repeated = _repeat(_landed_files(settings)[::REPEATED_ONE_IN], "again")
    runs += running.build(instance, settings, YEAR)
    requests_without_late = _requests(settings)
    runs += _bring_late_day(instance, source)
    days = {source.span.start, source.withheld.day}
    repeated += _repeat(_landed_files(settings, days), "and-again")
    runs += running.build(instance, settings, YEAR)
    runs_when_up_to_date = running.build(instance, settings, YEAR)
    progress.report("checks", 0, 1)
    evaluations = running.check(instance, YEAR.start.year)
    progress.report("checks", 1, 1)
    with open_warehouse(settings).reading() as reader:
        totals = reader.landing_totals("pipe_stats", YEAR)
    return Story(runs + 1, requests_without_late, totals, repeated, runs_when_up_to_date, evaluations)


def books(source: Source, story: Story) -> list[tuple[str, int, int]]:
    """What the regions sent and what the pipeline holds of it, line by line."""
    late, totals = source.withheld, story.totals
    landed = OVERLAP * (source.rows - late.rows) + late.rows + story.repeated_rows
    return [
        (f"rows landed, in {totals.files:,} files", landed, totals.landed_rows),
        ("duplicates removed", landed - source.rows, totals.duplicates),
        ("unique rows", source.rows, totals.unique_rows),
        (
            f"summed up before {late.day} of {late.region} came",
            source.rows - late.rows,
            story.requests_without_late,
        ),
        ("runs of one more build", 0, story.runs_when_up_to_date),
    ]


def compare(settings: Settings) -> list[comparison.Line]:
    """The warehouse's numbers beside the known ones."""
    with open_warehouse(settings).reading() as reader:
        return comparison.compare(lambda statement: _answer(reader, statement))


def _export_with_overlap(instance: dg.DagsterInstance, span: Span) -> int:
    """Every window of every region, then the regions' names; returns the number of runs."""
    plan = windows(span)
    for number, window in enumerate(plan):
        progress.report("exports", number, len(plan))
        _export(instance, window, REGIONS)
    running.run(instance, "export_snapshots", _partitions(min(REGIONS), max(REGIONS)))
    progress.report("exports", len(plan), len(plan))
    return len(plan) + 1


def _bring_late_day(instance: dg.DagsterInstance, source: Source) -> int:
    """The region's log becomes whole and that one region-day is exported, as an operator would do it."""
    source.release()
    _export(instance, midnights(Span.day(source.withheld.day)), [source.withheld.region])
    return 1


def _export(instance: dg.DagsterInstance, window: Window, regions: Sequence[str]) -> None:
    """One run of the sink over a window. Only of requests: the log has nothing else, and a partition costs time."""
    last = window[1] - timedelta(milliseconds=1)
    first_key = dg.MultiPartitionKey({"day": str(window[0].date()), "region": min(regions)})
    last_key = dg.MultiPartitionKey({"day": str(last.date()), "region": max(regions)})
    config = {"since": window[0].isoformat(), "until": window[1].isoformat()}
    defs.resolve_job_def("export_regions").execute_in_process(
        instance=instance,
        asset_selection=[_ONE_FAMILY],
        tags=_partitions(first_key, last_key),
        run_config={
            "ops": {_ONE_FAMILY.to_python_identifier(): {"config": config}},
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        },
    )


def _partitions(first: str, last: str) -> dict[str, str]:
    return {**key_range(first, last), REFRESH_TAG: "export"}


def _landed_files(settings: Settings, days: Collection[date] | None = None) -> list[Path]:
    """The landing files of some days, or of all."""
    landing = Path(unquote(urlsplit(settings.landing_url).path)) / "pipe_stats"
    folders = ["dt=*"] if days is None else [f"dt={day}" for day in days]
    return sorted(file for folder in folders for file in landing.glob(f"{folder}/region=*/*.parquet"))


def _repeat(files: Iterable[Path], suffix: str) -> int:
    """Put a byte-identical copy of each file beside it, under another name; returns their rows."""
    rows = 0
    for file in files:
        shutil.copyfile(file, file.with_name(f"{file.stem}.{suffix}.parquet"))
        rows += pq.read_metadata(file).num_rows
    return rows


def _requests(settings: Settings) -> int:
    """The requests of the edition as it is now."""
    with open_warehouse(settings).reading() as reader:
        totals: dict[str, int] = dict(_answer(reader, "totals"))
    return totals["requests"]


def _answer(reader: Reader, statement: str) -> list[tuple[Any, ...]]:
    """What the warehouse's tables say, asked in its engine's words."""
    if isinstance(reader, DuckDBReader):
        return reader.con.execute(statements.text(f"computed/duckdb/{statement}")).fetchall()
    # Only where its extra is installed.
    from wrapped_assets.resources.clickhouse import ClickHouseReader

    assert isinstance(reader, ClickHouseReader)
    return reader.session.rows(statements.text(f"computed/clickhouse/{statement}"))
