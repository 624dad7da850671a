"""Dagster's runs are deleted when they are old, and no partition looks unbuilt because of it."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from tests.ports import free_port
from wrapped_assets.cli import main
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.sensors import retention
from wrapped_assets.sensors.retention import forget_old_runs, superseded
from wrapped_assets.settings import Settings

DAYS = dg.DailyPartitionsDefinition("2025-01-01", end_date="2025-01-04")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
LATER = datetime.now(UTC) + timedelta(days=1)


@dg.asset(partitions_def=DAYS)
def daily() -> dg.MaterializeResult:
    return dg.MaterializeResult()


@dg.asset
def whole() -> dg.MaterializeResult:
    return dg.MaterializeResult()


@dg.asset(partitions_def=DAYS)
def broken() -> dg.MaterializeResult:
    raise ValueError("on purpose")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An empty instance, configured by the project's own dagster.yaml."""
    monkeypatch.setenv("WRAPPED_HOME", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    with dagster_instance(Settings.load()) as instance:
        yield instance


def run(opened: dg.DagsterInstance, asset: dg.AssetsDefinition, day: str | None = None) -> str:
    """Materialize it; the run's id."""
    return dg.materialize(
        [asset], instance=opened, partition_key=day, run_config=QUIET, raise_on_error=False
    ).run_id


def test_a_run_is_superseded_once_something_newer_materialized_all_that_it_did(
    opened: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest run of each partition stays, and so does what has not ended; a failure is nobody's present state."""
    monkeypatch.setattr(retention, "EVENTS_AT_ONCE", 1)
    first, second = run(opened, daily, "2025-01-01"), run(opened, daily, "2025-01-02")
    failed, old_whole = run(opened, broken, "2025-01-01"), run(opened, whole)
    again, new_whole = run(opened, daily, "2025-01-01"), run(opened, whole)
    waiting = opened.create_run_for_job(forget_old_runs, status=dg.DagsterRunStatus.STARTED).run_id

    assert superseded(opened, LATER) == sorted([first, failed, old_whole])
    assert superseded(opened, LATER - timedelta(days=2)) == []
    assert {again, new_whole, second, waiting} <= set(opened.get_run_ids())


def test_the_job_deletes_old_runs_and_leaves_what_is_materialized(
    opened: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their events, files and logs; the asset shows the same partitions as before."""
    first, second = run(opened, daily, "2025-01-01"), run(opened, daily, "2025-01-01")
    home = Path(opened.root_directory)
    logs = home / "storage" / first
    logs.mkdir(parents=True, exist_ok=True)

    # Nothing is older than the 90 days that are the default.
    assert forget_old_runs.execute_in_process(instance=opened, run_config=QUIET).success
    assert {first, second} <= set(opened.get_run_ids())
    monkeypatch.setattr(retention, "timedelta", lambda days: timedelta(days=-days))
    assert forget_old_runs.execute_in_process(instance=opened, run_config=QUIET).success

    assert first not in opened.get_run_ids()
    assert second in opened.get_run_ids()
    assert list((home / "history" / "runs").glob(f"{first}*")) == []
    assert not logs.exists()
    assert opened.get_materialized_partitions(daily.key) == {"2025-01-01"}
    assert os.listdir(home / "history" / "runs").count(f"{second}.db") == 1


def test_a_storage_that_is_down_is_told_in_a_few_lines_and_is_no_failed_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL's driver tries some times, over several lines each; the exit code is 2, since 1 means that a check failed."""
    home, port = tmp_path / "dagster", free_port()
    home.mkdir()
    place = {"hostname": "127.0.0.1", "port": port, "username": "u", "password": "hidden", "db_name": "d"}
    storage = {"postgres": {"postgres_db": place | {"scheme": "postgresql+psycopg2"}}}
    (home / "dagster.yaml").write_text(yaml.safe_dump({"storage": storage}))
    monkeypatch.setenv("WRAPPED_HOME", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (tmp_path / "landing" / "pipe_stats").mkdir(parents=True)
    monkeypatch.setattr("dagster_postgres.utils.time.sleep", lambda seconds: None)
    monkeypatch.setattr(sys, "argv", ["wrapped", "build", "--year", "2025"])

    with pytest.raises(SystemExit) as ended:
        main.main()

    told = capfd.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert told[0].startswith("Retrying failed database connection")
    assert told[1] == f"Dagster's storage, where {home / 'dagster.yaml'} says, could not be used."
    assert f"port {port} failed: Connection refused" in told[2]
    assert len(told) == 4 and "hidden" not in "".join(told)


def test_a_defect_of_the_program_is_no_failed_check_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its traceback is shown, and the exit code is 3."""
    monkeypatch.setattr(sys, "argv", ["wrapped", "summary", "--year", "2025", "--organization-id", "acme"])
    monkeypatch.setattr(Settings, "load", lambda: 1 / 0)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 3


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The one that is installed."""
    monkeypatch.setattr(sys, "argv", ["wrapped", "--version"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert (ended.value.code, capfd.readouterr().out) == (0, "wrapped 0.1.0\n")
