"""What a person who materializes assets in Dagster can count on, whatever they launch it with.

What is missing here was taken out of the warehouse behind the pipeline's back: nothing is stale, so there is nothing to follow.
"""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.built_world import YEAR, BuiltWorld

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
DAY = f"{YEAR}-02-03"


def materialize(world: BuiltWorld, *arguments: str) -> None:
    """`dagster asset materialize`, as a person types it."""
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "wrapped_assets.definitions"]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=world.environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]


def requests_by_day(world: BuiltWorld) -> dict[str, tuple[int, int]]:
    """Requests of each day in raw and in hourly."""
    statement = """
        select cast(day as varchar), any_value(raw_rows), sum(requests) from (
            select cast(start_datetime as date) as day, count(*) as raw_rows from raw.pipe_stats group by all
        ) full join (
            select cast(hour as date) as day, requests from hourly.pipe_stats_requests
        ) using (day) group by all"""
    with duckdb.connect(str(world.warehouse), read_only=True) as con:
        return {day: (raw, hourly) for day, raw, hourly in con.execute(statement).fetchall()}


def test_a_partition_that_a_person_materializes_is_rebuilt(built_world: BuiltWorld, tmp_path: Path) -> None:
    """Rows are missing and nothing is stale: `wrapped build` has nothing to follow, one day by hand brings that day back."""
    world = built_world.twin(tmp_path / "home")
    whole = requests_by_day(world)
    assert len(whole) == 14 and whole[DAY][0] > 1
    with duckdb.connect(str(world.warehouse)) as con:
        for table, time in (("raw.pipe_stats", "start_datetime"), ("hourly.pipe_stats_requests", "hour")):
            con.execute(f"delete from {table} where cast({time} as date) in ('{DAY}', '{YEAR}-02-04')")

    assert "Nothing to do" in world.wrapped("build", "--year", str(YEAR)).stdout
    assert requests_by_day(world).keys() == whole.keys() - {DAY, f"{YEAR}-02-04"}

    materialize(world, "--select", 'key:"raw/pipe_stats" or key:"hourly/pipe_stats"', "--partition", DAY)

    assert requests_by_day(world) == {day: count for day, count in whole.items() if day != f"{YEAR}-02-04"}
