"""Landing files for the benchmark: good requests only, every one in exactly three small files."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from wrapped_assets.synthetic.generator import Generator, Report, each_chunk, silent
from wrapped_assets.synthetic.objects import arrange, publish
from wrapped_assets.synthetic.world import Chunk, World


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

    A region's day is cut into slots and a window of three slides over them, as an export every ten minutes of
    the last thirty does, so its last windows are narrower and every version is newer than the one before.
    """
    if files_per_region_day < 3:
        raise ValueError(f"Three versions of each row need at least 3 files per region and day, got {files_per_region_day}.")
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
    staging = folder / ".synthetic"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)

    def export(generator: Generator, chunk: Chunk) -> None:
        copied = staging / f"chunk-{chunk.start}"
        generator.batch("pipe_stats", chunk)
        generator.run("benchmark_exports", folder=str(copied), slots=files_per_region_day - 2)
        arrange(copied, "pipe_stats", staging / "arranged")

    try:
        each_chunk(world, export, "benchmark landing", report, staging / "spill")
        publish(staging / "arranged", folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
