"""Landing files for the benchmark: good requests only, every one in exactly three small files."""

from datetime import date, timedelta
from pathlib import Path

from wrapped_assets import progress
from wrapped_assets.periods import Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.products.usage.synthetic.generator import Generator, each_chunk
from wrapped_assets.products.usage.synthetic.landing import staged, write_objects
from wrapped_assets.products.usage.synthetic.world import World
from wrapped_assets.progress import Progress

CARRIERS = Path(__file__).parent / "carriers.sql"
VERSIONS = 3


def write_landing(
    folder: Path,
    unique_rows: int,
    days: int,
    organizations: int = 2000,
    files_per_region_day: int = 6,
    first_day: date = date(2025, 1, 1),
    report: Progress = progress.report,
) -> None:
    """Write `folder/pipe_stats/...`: `unique_rows` requests over `days` days, each landed three times.

    A region's day is cut into slots and a window of three slots slides over it. So each version of a row is
    newer than the one before, and the first two and last two files of a day are smaller.
    """
    slots = files_per_region_day - VERSIONS + 1
    if slots < 1 or 24 % slots:
        raise ValueError(
            f"{VERSIONS} versions of each row need {VERSIONS - 1} files a day and a divisor of 24 more,"
            f" got {files_per_region_day}."
        )
    world = World(
        requests=unique_rows,
        operations=0,
        readings=0,
        organizations=organizations,
        customers=organizations * 3 // 4,
        first_day=first_day,
        last_day=first_day + timedelta(days=days - 1),
    )
    with staged(folder) as finished:

        def export(generator: Generator, chunk: Span) -> None:
            generator.exports(FAMILIES["pipe_stats"], chunk, CARRIERS.read_text(), day_slots=slots)
            write_objects(generator.table("from exports"), finished)

        each_chunk(world, export, "benchmark landing", report, finished.with_name("spill"))
