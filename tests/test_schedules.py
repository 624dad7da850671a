"""What the clock promises: the last half hour of every region, every ten minutes, as files that nothing overwrites."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

from tests.landing_files import COLUMNS, Row, family_of, operation, organization, reading, request, workspace
from wrapped_assets.products import EXPORTED, FAMILIES
from wrapped_assets.sensors import schedules
from wrapped_assets.sensors.schedules import export_run

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
REGIONS = ("gcp-us-east4", "aws-eu-west-1")
CALENDAR_START = datetime(2025, 1, 1, tzinfo=UTC)
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
TYPES = {
    "text": "varchar",
    "time": "timestamp_ms",
    "counter": "ubigint",
    "status": "smallint",
    "flag": "utinyint",
    "seconds": "double",
}


@pytest.mark.parametrize(
    ("until", "since", "first_day", "last_day"),
    [
        ("2025-03-01T10:20", "2025-03-01T09:50", "2025-03-01", "2025-03-01"),
        ("2025-03-01T00:10", "2025-02-28T23:40", "2025-02-28", "2025-03-01"),
        ("2025-03-01T00:00", "2025-02-28T23:30", "2025-02-28", "2025-02-28"),
        ("2025-01-01T00:20", "2025-01-01T00:00", "2025-01-01", "2025-01-01"),
    ],
)
def test_the_window_is_the_last_half_hour_of_every_region(
    until: str, since: str, first_day: str, last_day: str
) -> None:
    """Across midnight it is two days, at midnight only the old one, and never a day before the calendar's first."""
    run = export_run(datetime.fromisoformat(f"{until}+00:00"), REGIONS, CALENDAR_START)

    days = {START: f"{first_day}|aws-eu-west-1", END: f"{last_day}|gcp-us-east4"}
    assert run.tags == {**days, "wrapped/refresh": "export"}
    assert run.run_key == f"{until}:00+00:00"
    window = {"config": {"since": f"{since}:00+00:00", "until": f"{until}:00+00:00"}}
    assert run.run_config == {
        "ops": {f"regional_exports__{name}": window for name in EXPORTED if name in FAMILIES}
    }


def regional_database(home: Path, region: str, *rows: Row) -> None:
    """A region's own database that holds these rows."""
    path = home / "regions" / f"{region}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        for family, words in COLUMNS.items():
            columns = {name: word for name, word in words.items() if name not in ("region", "exported_at")}
            typed = ", ".join(f"{name} {TYPES[word]}" for name, word in columns.items())
            con.execute(f"create table {family} ({typed})")
            for row in rows:
                if family_of(row) == family:
                    con.execute(
                        f"insert into {family} values ({', '.join('?' * len(columns))})",
                        [row[name] for name in columns],
                    )


def as_scheduled(home: Path, schedule: str, moment: str, times: int = 1) -> tuple[str, dict[str, Any]]:
    """Evaluate the schedule at the moment and run what it asks for; returns the run key or the reason, and the rows shown."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.as_scheduled", schedule, moment, str(times)],
        cwd=ROOT,
        env=kept | {"WRAPPED_HOME": str(home), "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    key, shown = json.loads(done.stdout.splitlines()[-1])
    return key, shown


def landed(home: Path, family: str) -> list[tuple[str, str, list[str]]]:
    """Each landing file as (folder day, region in folder and rows, first id column of its rows), by key."""
    found = []
    for path in sorted((home / "landing" / family).rglob("*.parquet")):
        rows = pq.read_table(path, partitioning=None).to_pylist()
        place = path.relative_to(home / "landing" / family).parts
        region = place[-2].removeprefix("region=")
        assert {row.get("region", region) for row in rows} <= {region}
        assert all(row["exported_at"] for row in rows)
        found.append((place[0], region, [_id(row) for row in rows]))
    return found


def _id(row: Row) -> str:
    ids = ("request_id", "operation_id", "datasource_id", "workspace_id", "organization_id")
    return str(next(row[name] for name in ids if name in row))


def ids(files: Sequence[tuple[str, str, list[str]]], day: str, region: str) -> list[list[str]]:
    """The rows of each file of one folder."""
    return [sorted(rows) for folder, place, rows in files if (folder, place) == (f"dt={day}", region)]


def test_a_scheduled_export_writes_exactly_the_windows_rows_and_adds_files_when_repeated(
    tmp_path: Path,
) -> None:
    """Ten past midnight: from 23:40 on to before 00:10, a file for each region and day, twice when run twice."""
    times = {
        "too early": "2025-03-01T23:39:59.999",
        "first": "2025-03-01T23:40:00",
        "before midnight": "2025-03-01T23:59:59.999",
        "midnight": "2025-03-02T00:00:00",
        "last": "2025-03-02T00:09:59.999",
        "too late": "2025-03-02T00:10:00",
    }
    rows = [make(at=at, id=name) for make in (request, operation, reading) for name, at in times.items()]
    regional_database(tmp_path, REGIONS[0], *rows)
    regional_database(
        tmp_path,
        REGIONS[1],
        operation(at=times["last"]),
        reading(at=times["first"]),
        request(at=times["too early"]),
    )

    key, shown = as_scheduled(tmp_path, "export_every_ten_minutes", "2025-03-02T00:10:00+00:00", times=2)

    assert key == "2025-03-02T00:10:00+00:00"
    days = ("2025-03-01", "2025-03-02")
    counts = {f"{day}|{REGIONS[0]}": 2 for day in days} | {f"{day}|{REGIONS[1]}": 0 for day in days}
    assert shown == {
        "pipe_stats": counts,
        "ingestion": counts | {f"2025-03-02|{REGIONS[1]}": 1},
        "storage": counts | {f"2025-03-01|{REGIONS[1]}": 1},
    }
    for family, elsewhere in (
        ("pipe_stats", []),
        ("ingestion", [("dt=2025-03-02", REGIONS[1], ["o1"])] * 2),
        ("storage", [("dt=2025-03-01", REGIONS[1], ["ds-1"])] * 2),
    ):
        files = landed(tmp_path, family)
        assert ids(files, "2025-03-01", REGIONS[0]) == [["before midnight", "first"]] * 2, family
        assert ids(files, "2025-03-02", REGIONS[0]) == [["last", "midnight"]] * 2, family
        assert [file for file in files if file[1] != REGIONS[0]] == elsewhere
        assert len(files) == 4 + len(elsewhere)


def test_nothing_runs_while_no_region_has_a_row_to_export(tmp_path: Path) -> None:
    """Six runs an hour would say that they exported nothing; a region that cannot be asked is left to the run."""
    regional_database(tmp_path, REGIONS[0], reading(at="2025-03-01T23:39:59.999"))
    regional_database(tmp_path, REGIONS[1], request(at="2025-03-02T00:10:00"))
    moment = "2025-03-02T00:10:00+00:00"

    reason, _ = as_scheduled(tmp_path, "export_every_ten_minutes", moment, times=0)
    assert reason == "No region has a row from 2025-03-01 23:40 to 00:10 UTC."

    (tmp_path / "regions" / f"{REGIONS[1]}.duckdb").write_bytes(b"no database")
    assert as_scheduled(tmp_path, "export_every_ten_minutes", moment, times=0)[0] == moment


def test_a_scheduled_snapshot_writes_every_regions_names(tmp_path: Path) -> None:
    """Whole tables, one file a region and dimension."""
    regional_database(tmp_path, REGIONS[0], organization("org-1"), organization("org-2"), workspace("ws-1"))
    regional_database(tmp_path, REGIONS[1], organization("org-3"))

    _, shown = as_scheduled(tmp_path, "snapshot_every_day", "2025-03-02T00:05:00+00:00")

    names = {region: sorted(rows) for _, region, rows in landed(tmp_path, "organizations")}
    assert names == {REGIONS[0]: ["org-1", "org-2"], REGIONS[1]: ["org-3"]}
    assert shown["organizations"] == {REGIONS[0]: 2, REGIONS[1]: 1}
    assert {region: rows for _, region, rows in landed(tmp_path, "workspaces")}[REGIONS[0]] == ["ws-1"]


def test_without_regions_the_graph_starts_at_landing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedules say so instead of failing every ten minutes."""
    monkeypatch.setattr(schedules, "REGIONS", [])
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 3, 2, 0, 10, tzinfo=UTC))

    for schedule in (schedules.export_every_ten_minutes, schedules.snapshot_every_day):
        tick = schedule.evaluate_tick(context)
        assert not tick.run_requests
        assert str(tick.skip_message).startswith("No regions are configured")


def test_every_check_runs_once_a_day_over_the_running_year() -> None:
    """Half past four in the morning, UTC."""
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 3, 2, 4, 30, tzinfo=UTC))
    (request,) = schedules.check_every_day.evaluate_tick(context).run_requests or ()
    assert (request.run_key, request.tags.get(START)) == ("2025-03-02", None)
