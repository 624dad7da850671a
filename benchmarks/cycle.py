"""One export cycle: four region files into a warehouse that already holds much, or little.

Copies a built warehouse, writes the files of one ten-minute cycle (the last 30 minutes of the newest day,
newer versions and new rows), and times the engine: import, raw to monthly, identities, summaries. Dagster is
left out on purpose; its price for a run is stated apart.

    WRAPPED_HOME=... python -m benchmarks.cycle DAY CYCLES
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb

from benchmarks.measure import own_cost
from wrapped_assets.assets.importing import fetching, import_days
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.warehouse import Warehouse
from wrapped_assets.settings import Settings

# 20 M requests a year are 380 in ten minutes, 1,140 in the thirty that an export covers.
ROWS_A_FILE = 285

FILE = """
copy (
    select * replace (
        start_datetime + to_milliseconds($shift) as start_datetime,
        if(hash(request_id, $salt) % 3 = 0, request_id || $salt, request_id) as request_id,
        $exported_at::timestamp_ms as exported_at)
    from read_parquet($source, hive_partitioning = false)
    where region = $region
    limit $limit
) to '{target}' (format parquet)
"""


def write_cycle(landing: Path, day: date, cycle: int) -> None:
    """The four files of one cycle: two thirds known keys with a newer version, one third new rows."""
    for folder in sorted((landing / f"pipe_stats/dt={day}").glob("region=*")):
        source = sorted(path for path in folder.glob("*.parquet") if "cycle" not in path.name)[-1]
        target = folder / f"cycle-{cycle:03}.parquet"
        values = {
            "shift": 0,
            "salt": f"-{cycle}",
            "exported_at": datetime(day.year, day.month, day.day) + timedelta(days=1, minutes=10 * cycle + 5),
            "source": str(source),
            "region": folder.name.removeprefix("region="),
            "limit": ROWS_A_FILE,
        }
        duckdb.execute(FILE.format(target=target), values)


def follow(warehouse: Warehouse, store: LandingStore, day: date) -> float:
    """Import the new files and bring every layer up to date; returns the seconds it took."""
    started = time.perf_counter()
    span, quiet = Span.day(day), lambda label, done, total: None
    fetch = fetching(store)
    with warehouse.writing() as writer:
        import_days(writer, store, "pipe_stats", span, datetime.now(UTC), quiet)
        for family in FAMILIES:
            writer.refresh_raw(family, span, fetch, False, quiet)
        for level in LEVELS.values():
            for family in FAMILIES:
                writer.refresh_rollup(level.name, family, level.span(day), False, quiet)
        for dimension in DIMENSIONS:
            writer.refresh_dimension(dimension, fetch, False, quiet)
        writer.refresh_identities(b"s" * 32, False)
        report = writer.refresh_summaries(day.year, False, datetime.now(UTC), None)
    assert report.recomputed > 0
    return time.perf_counter() - started


def main(day: date, cycles: int) -> None:
    """Run the cycles and print the seconds of each."""
    settings = Settings.load()
    landing = Path(unquote(urlsplit(settings.landing_url).path))
    seconds = []
    for cycle in range(cycles):
        write_cycle(landing, day, cycle)
        seconds.append(follow(open_warehouse(settings), open_landing(settings), day))
    print(json.dumps({**own_cost(), "seconds": seconds}))


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]))
