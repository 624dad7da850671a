"""Landing files for the benchmark: good requests only, every one in exactly three small files."""

import shutil
from datetime import date, datetime, time, timedelta
from itertools import accumulate, groupby
from pathlib import Path

import pyarrow as pa

from wrapped_assets.products.usage.synthetic.generator import Generator, Report, each_chunk, silent
from wrapped_assets.products.usage.synthetic.objects import LandingObject, publish, write_object
from wrapped_assets.products.usage.synthetic.world import Chunk, World

VERSIONS = 3


def write_benchmark_landing(
    folder: Path,
    unique_rows: int,
    days: int,
    regions: int = 4,
    organizations: int = 2000,
    files_per_region_day: int = 6,
    first_day: date = date(2025, 1, 1),
    seed: int = 1,
    report: Report = silent,
) -> None:
    """Write `folder/pipe_stats/...`: `unique_rows` requests over `days` days, each landed three times.

    A region's day is cut into slots and a window of three slots slides over it, as an export every ten
    minutes of the last thirty does. So each version of a row is newer than the one before, and the first two
    and last two files of a day are smaller.
    """
    if files_per_region_day < VERSIONS:
        raise ValueError(
            f"{VERSIONS} versions of each row need as many files a day, got {files_per_region_day}."
        )
    world = World(
        seed=seed,
        requests=unique_rows,
        operations=0,
        readings=0,
        organizations=organizations,
        customers=organizations * 3 // 4,
        regions=regions,
        first_day=first_day,
        last_day=first_day + timedelta(days=days - 1),
    )
    slots = files_per_region_day - VERSIONS + 1
    staging = folder / ".synthetic"
    shutil.rmtree(staging, ignore_errors=True)
    finished = staging / "finished"
    finished.mkdir(parents=True)

    def export(generator: Generator, chunk: Chunk) -> None:
        generator.batch("pipe_stats", chunk)
        _write_windows(generator, slots, finished)

    try:
        each_chunk(world, export, "benchmark landing", report, staging / "spill")
        publish(finished, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_windows(generator: Generator, slots: int, folder: Path) -> None:
    """The batch lies in the order of day, region and time: every window of it is one slice."""
    rows = generator.table("benchmark_rows")
    start = 0
    for (day, region), listed in groupby(
        generator.run("benchmark_slots", slots=slots), key=lambda slot: slot[:2]
    ):
        starts = list(accumulate((count for *_, count in listed), initial=start))
        start = starts[-1]
        for window in range(slots + VERSIONS - 1):
            first, end = starts[max(0, window - VERSIONS + 1)], starts[min(slots, window + 1)]
            if end > first:
                at = (
                    datetime.combine(day, time())
                    + timedelta(days=1) / slots * (window + 1)
                    + timedelta(minutes=1)
                )
                landed = LandingObject("pipe_stats", day, region, f"{at:%Y%m%dT%H%M%SZ}", end - first)
                write_object(_exported(rows.slice(first, end - first), at), folder / landed.key)


def _exported(rows: pa.Table, at: datetime) -> pa.Table:
    versions = pa.repeat(pa.scalar(at, pa.timestamp("ms")), len(rows))
    return rows.append_column("exported_at", versions)
