"""Exports the days of a region on which something changed, for ever: `python -m tests.soak.exporter REGION_FILE LANDING STATE`.

As an operator's scheduler would, by the function that the asset calls. Killed at any moment it begins its cycle again: files overlap.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from tests.soak.region import changed_days
from wrapped_assets.assets.regional_exports import export_windows
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.regions.database import DuckDBRegion
from wrapped_assets.resources.errors import RegionUnavailable

PAUSE_SECONDS = 4.0
# A row's clock is read before its transaction ends.
OVERLAP_SECONDS = 30.0


def main(region: Path, landing: Path, state: Path) -> None:
    """Cycle after cycle; `state` then holds when the last finished one began: all that was written before is in landing."""
    store, database, pause = (
        LandingStore.open(landing.as_uri()),
        DuckDBRegion("eu", f"duckdb://{region}"),
        threading.Event(),
    )
    while True:
        began = time.time()
        through = float(state.read_text()) if state.exists() else 0.0
        try:
            for day in changed_days(region, through - OVERLAP_SECONDS):
                midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
                window = (midnight, midnight + timedelta(days=1))
                export_windows(database, store, "pipe_stats", [window], datetime.now(UTC))
        except (RegionUnavailable, duckdb.Error):
            # Its writer has it open just now.
            pause.wait(0.1)
            continue
        written = state.with_suffix(".new")
        written.write_text(repr(began))
        os.replace(written, state)
        pause.wait(PAUSE_SECONDS)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
