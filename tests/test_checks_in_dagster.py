"""Asset checks as an operator meets them: by `wrapped check`, and in what the UI reads."""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from tests.built_world import YEAR, BuiltWorld
from wrapped_assets.checks import CHECKS

PLANTS = {
    "one duplicate key": (
        "insert into raw.pipe_stats from raw.pipe_stats limit 1",
        {("raw/pipe_stats", "keys_are_unique"), ("hourly/pipe_stats", "conserves_raw")},
    ),
    "one lost row": (
        "delete from raw.storage where rowid = (select min(rowid) from raw.storage where timestamp >= '2025-01-28')",
        {("raw/storage", "nothing_is_lost"), ("hourly/storage", "conserves_raw")},
    ),
    "one wrong rollup": (
        "update weekly.ingestion_operations set written_bytes = written_bytes + 1"
        " where rowid = (select min(rowid) from weekly.ingestion_operations)",
        {("weekly/ingestion", "conserves_daily")},
    ),
}


def test_a_world_as_it_was_built_passes_every_check(built_world: BuiltWorld, tmp_path: Path) -> None:
    """Only the quarantine, which holds what the world's broken files brought, is told as a warning."""
    world = built_world.twin(tmp_path / "twin")

    said = world.wrapped("check", "--year", str(YEAR), "--deep")

    assert said.returncode == 0, said.stdout + said.stderr
    broken = {check for check, passed in evaluations(world).items() if not passed}
    assert {name for _, name in broken} == {"quarantine_is_empty"}
    assert len(evaluations(world)) == len(CHECKS)


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_behind_the_pipelines_back_fails_the_right_check(
    built_world: BuiltWorld, tmp_path: Path, plant: str
) -> None:
    """The command exits with 1 and names it, and Dagster, which the UI reads, has it on record."""
    world = built_world.twin(tmp_path / "twin")
    statement, expected = PLANTS[plant]
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute(statement)

    said = world.wrapped("check", "--year", str(YEAR))

    assert said.returncode == 1, said.stdout + said.stderr
    assert "FAILED" in said.stdout
    failed = {check for check, passed in evaluations(world).items() if not passed}
    assert {check for check in failed if check[1] != "quarantine_is_empty"} == expected


def evaluations(world: BuiltWorld) -> dict[tuple[str, str], bool]:
    """The last evaluation of every check, from the instance that the UI shows."""
    found = {}
    with dg.DagsterInstance.from_config(str(world.home / "dagster")) as instance:
        for check in CHECKS:
            key = dg.AssetCheckKey(dg.AssetKey(check.asset), check.name)
            records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
            event = records[0].event if records else None
            assert event is not None and event.dagster_event is not None, f"{key} was never run"
            evaluation = event.dagster_event.asset_check_evaluation_data
            assert json.dumps(evaluation.metadata["first_broken_rows"].value) is not None
            found["/".join(check.asset), check.name] = evaluation.passed
    return found
