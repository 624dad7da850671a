"""What the synthetic source promises: the same world every time, all kinds of accident, a truth that holds.

The counting here is plain Python over the files as they lie there; it shares nothing with the generator.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.landing import write_landing
from wrapped_assets.products.usage.synthetic import (
    Truth,
    World,
    truth,
    write_history,
    write_regions,
)

pytestmark = pytest.mark.proof

Row = dict[str, Any]

WORLD = World(
    seed=7,
    requests=4000,
    operations=900,
    readings=700,
    organizations=40,
    customers=25,
    first_day=date(2025, 1, 22),
    last_day=date(2025, 2, 10),
)
KEYS = {
    "pipe_stats": ("organization_id", "request_id", "start_datetime"),
    "ingestion": ("organization_id", "operation_id", "datasource_id", "event_type", "timestamp"),
    "storage": ("organization_id", "datasource_id", "timestamp"),
}
INSTANTS = {"pipe_stats": "start_datetime", "ingestion": "timestamp", "storage": "timestamp"}
NULLABLE = {"pipe_stats": {"user_agent"}, "ingestion": {"error"}, "storage": set[str]()}


@dataclass
class Landed:
    """What a reader with patience makes of a landing folder."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {family: [] for family in KEYS})
    files: Counter[str] = field(default_factory=Counter)
    bad_rows: Counter[str] = field(default_factory=Counter)
    #: For every good row, the day and the region of the folder it lies in.
    folders: dict[str, list[tuple[date, str]]] = field(
        default_factory=lambda: {family: [] for family in KEYS}
    )

    def newest(self, family: str) -> dict[tuple[object, ...], Row]:
        """The row of the highest version by key."""
        newest: dict[tuple[object, ...], Row] = {}
        for row in sorted(self.rows[family], key=lambda row: row["exported_at"]):
            newest[tuple(row[name] for name in KEYS[family])] = row
        return newest


@dataclass
class Written:
    """One world, written."""

    landing: Path
    regions: Path
    landed: Landed
    truth: Truth


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The world's landing files, regional databases and truth."""
    folder = tmp_path_factory.mktemp("world")
    write_history(WORLD, folder / "landing")
    write_regions(WORLD, folder / "regions")
    return Written(folder / "landing", folder / "regions", read_landing(folder / "landing"), truth(WORLD))


def read_landing(folder: Path) -> Landed:
    landed = Landed()
    for family in KEYS:
        good = sorted((folder / family).rglob("*-day.parquet"))
        expected = pq.ParquetFile(good[0]).schema_arrow
        for file in sorted((folder / family).rglob("*.parquet")):
            table = open_file(file, expected, landed.files)
            for row in table.to_pylist() if table is not None else ():
                reason = why_bad(row, family)
                if reason is None:
                    day, region = (part.partition("=")[2] for part in file.parent.parts[-2:])
                    landed.rows[family].append({name: row[name] for name in expected.names})
                    landed.folders[family].append((date.fromisoformat(day), region))
                else:
                    landed.bad_rows[reason] += 1
    return landed


def open_file(file: Path, expected: pa.Schema, files: Counter[str]) -> pa.Table | None:
    """The file's rows, or None when it cannot be read or has not the columns."""
    try:
        table = pq.ParquetFile(file).read()
    except (pa.ArrowException, OSError):
        files["unreadable"] += 1
        return None
    if not set(expected.names) <= set(table.column_names):
        files["missing_column"] += 1
        return None
    if any(
        pa.types.is_string(f.type) != pa.types.is_string(table.schema.field(f.name).type) for f in expected
    ):
        files["wrong_type"] += 1
        return None
    files["good"] += 1
    return table


def why_bad(row: Row, family: str) -> str | None:
    """Why a row cannot be true, or None."""
    if any(value is None for name, value in row.items() if name not in NULLABLE[family]):
        return "null"
    if row[INSTANTS[family]] < datetime(1990, 1, 1):
        return "before_1990"
    if row[INSTANTS[family]] > row["exported_at"] + timedelta(days=1):
        return "after_export"
    numbers = [value for value in row.values() if isinstance(value, int | float)]
    if any(math.isnan(number) for number in numbers):
        return "nan"
    if any(math.isinf(number) for number in numbers):
        return "infinite"
    if any(number < 0 for number in numbers):
        return "negative"
    if family == "pipe_stats" and row["error"] not in (0, 1):
        return "error_flag"
    if any(isinstance(number, float) and number * 1e6 >= 2**45 for number in numbers):
        return "too_long"
    return None


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def owners(world: Truth) -> dict[str, str]:
    return {
        organization: c.customer_id for c in world.customers.values() for organization in c.organization_ids
    }


def test_same_seed_writes_the_same_bytes(written: Written, tmp_path: Path) -> None:
    """Two writings of one world cannot be told apart, and neither can their truths."""
    write_history(replace(WORLD), tmp_path)

    assert contents(tmp_path) == contents(written.landing)
    assert truth(replace(WORLD)) == written.truth


def test_other_seed_is_another_world(written: Written) -> None:
    """Not one customer, and so not one organization, is shared between two seeds."""
    other = truth(replace(WORLD, seed=8, requests=500, operations=50, readings=50))

    assert other.customers.keys().isdisjoint(written.truth.customers)


def test_another_year_has_the_same_customers() -> None:
    """Last year's world is about the same companies, so this year's can be compared with it."""
    days = [(date(year, 3, 1), date(year, 3, 5)) for year in (2024, 2025)]

    years = [truth(replace(WORLD, first_day=first, last_day=last)).customers for first, last in days]

    assert years[0].keys() == years[1].keys()
    assert years[0] != years[1]


def test_truth_counts_what_the_files_hold(written: Written) -> None:
    """Rows, unique rows and duplicates by family are those of the files."""
    landed = written.landed

    assert written.truth.unique == {"pipe_stats": 4000, "ingestion": 900, "storage": 700}
    assert {family: len(landed.newest(family)) for family in KEYS} == written.truth.unique
    assert {family: len(landed.rows[family]) for family in KEYS} == written.truth.landed
    assert {
        family: len(landed.rows[family]) - len(landed.newest(family)) for family in KEYS
    } == written.truth.duplicates
    assert 2 <= written.truth.landed["pipe_stats"] / written.truth.unique["pipe_stats"] <= 3


def test_truth_counts_what_each_customer_did(written: Written) -> None:
    """Every customer's totals are those of the newest versions in the files."""
    customers, owner = written.truth.customers, owners(written.truth)
    counted: dict[str, Counter[str]] = {customer: Counter() for customer in customers}
    for row in written.landed.newest("pipe_stats").values():
        counted[owner[row["organization_id"]]].update(
            requests=1, errors=row["error"], read_bytes=row["read_bytes"]
        )
    for row in written.landed.newest("ingestion").values():
        counted[owner[row["organization_id"]]].update(operations=1, written_bytes=row["written_bytes"])
    readings = sorted(written.landed.newest("storage").values(), key=lambda row: row["timestamp"])
    for row in {row["datasource_id"]: row for row in readings}.values():
        counted[owner[row["organization_id"]]].update(storage_bytes=row["bytes"])

    for customer, counts in counted.items():
        expected = customers[customer]
        names = ("requests", "errors", "read_bytes", "operations", "written_bytes", "storage_bytes")
        assert {name: counts[name] for name in names} == {
            name: getattr(expected, name) or 0 for name in names
        }


def test_every_kind_of_bad_file_is_there(written: Written) -> None:
    """Each family has four files that cannot be read and two of a wrong schema."""
    kinds = ("truncated", "not_parquet", "empty", "bad_pages", "missing_column", "wrong_type")

    assert written.truth.quarantined_files == dict.fromkeys(kinds, 3)
    assert written.landed.files["unreadable"] == 12
    assert written.landed.files["missing_column"] == written.landed.files["wrong_type"] == 3
    for kind in kinds:
        assert len(list(written.landing.rglob(f"*-{kind}.parquet"))) == 3


@pytest.mark.parametrize("kind", ["truncated", "not_parquet", "empty", "bad_pages"])
def test_unreadable_files_are_unreadable_to_duckdb_too(written: Written, kind: str) -> None:
    """No reader gets rows out of them by being lenient."""
    for file in written.landing.rglob(f"*-{kind}.parquet"):
        with pytest.raises(duckdb.Error):
            duckdb.execute(f"select count(hash(columns(*))) from read_parquet('{file}')").fetchall()


def test_every_reason_for_a_bad_row_is_there(written: Written) -> None:
    """Bad rows lie inside good files, as many of each reason as the truth says."""
    assert written.landed.bad_rows == written.truth.quarantined_rows
    assert set(written.truth.quarantined_rows) == {
        *("null", "before_1990", "after_export", "negative", "nan", "infinite", "error_flag", "too_long")
    }


def test_some_objects_were_sent_twice(written: Written) -> None:
    """A copy is the same bytes under another name in the same folder."""
    copies = list(written.landing.rglob("*-copy.parquet"))

    assert {copy.relative_to(written.landing).parts[0] for copy in copies} == set(KEYS)
    for copy in copies:
        assert copy.read_bytes() == copy.with_name(copy.name.replace("-copy", "")).read_bytes()


def test_some_rows_come_late_and_some_to_a_wrong_folder(written: Written) -> None:
    """Late rows lie in their day's folder, in an object of days later; misfiled ones in a neighbour's."""
    lateness, distances = Counter[int](), Counter[int]()
    for row, (folder, region) in zip(
        written.landed.rows["pipe_stats"], written.landed.folders["pipe_stats"], strict=True
    ):
        day = row["start_datetime"].date()
        distances[(folder - day).days] += 1
        lateness[(row["exported_at"].date() - day).days] += 1
        assert row["region"] == region

    assert set(distances) == {-1, 0, 1}
    assert distances[0] > 100 * (distances[-1] + distances[1])
    assert max(lateness) > 3
    assert max(row["exported_at"] for row in written.landed.rows["pipe_stats"]) < datetime(2025, 2, 25)


def test_some_rows_are_corrected(written: Written) -> None:
    """An older version has other measures, of which some are larger and some smaller."""
    newest = written.landed.newest("pipe_stats")
    versions = [
        (row, newest[tuple(row[name] for name in KEYS["pipe_stats"])])
        for row in written.landed.rows["pipe_stats"]
    ]
    changed = [
        (old["read_bytes"], new["read_bytes"]) for old, new in versions if old["duration"] != new["duration"]
    ]

    assert any(old > new for old, new in changed)
    assert any(old < new for old, new in changed)
    assert all(old["exported_at"] <= new["exported_at"] for old, new in versions)


@pytest.mark.parametrize("family", KEYS)
def test_regional_databases_hold_the_newest_versions(written: Written, family: str) -> None:
    """Exporting them again on top of the history brings duplicates and nothing else."""
    newest = sorted(
        (
            tuple(v for k, v in row.items() if k != "exported_at")
            for row in written.landed.newest(family).values()
        ),
        key=repr,
    )
    names = [name for name in written.landed.rows[family][0] if name not in ("region", "exported_at")]
    logged = []
    for file in written.regions.glob("*.duckdb"):
        with duckdb.connect(str(file), read_only=True) as connection:
            table = connection.sql(
                f"select {', '.join(names)}, '{file.stem}' as region from {family}"
            ).to_arrow_table()
            logged += [tuple(row.values()) for row in table.to_pylist()]

    assert sorted(logged, key=repr) == newest


def test_regional_databases_have_the_agreed_tables(written: Written) -> None:
    """One file per region, five tables each, and nothing left over from their making."""
    assert {file.name for file in written.regions.iterdir()} == {
        *("aws-us-east-1.duckdb", "aws-eu-west-1.duckdb", "gcp-europe-west3.duckdb", "gcp-us-central1.duckdb")
    }
    for file in written.regions.iterdir():
        with duckdb.connect(str(file), read_only=True) as connection:
            tables = {name for (name,) in connection.execute("show tables").fetchall()}
        assert tables == {"pipe_stats", "ingestion", "storage", "organizations", "workspaces"}


def test_regional_databases_lie_in_any_folder(tmp_path: Path) -> None:
    """The folder's name is text to the statement that makes a database there."""
    write_regions(replace(WORLD, requests=300, regions=1), tmp_path / "a 'quoted' home")

    assert [file.name for file in (tmp_path / "a 'quoted' home").iterdir()] == ["aws-us-east-1.duckdb"]


def snapshot_rows(landing: Path, dimension: str) -> Iterator[Row]:
    for file in sorted((landing / dimension).rglob("*.parquet"), key=lambda file: file.name):
        yield from pq.ParquetFile(file).read().to_pylist()


def test_names_change_during_the_year(written: Written) -> None:
    """A renamed workspace has two names in the snapshots, a renamed pipe two in its rows."""
    names: dict[str, list[str]] = {}
    for row in snapshot_rows(written.landing, "workspaces"):
        names.setdefault(row["workspace_id"], []).append(row["name"])
    final = {}
    for file in written.regions.iterdir():
        with duckdb.connect(str(file), read_only=True) as connection:
            final.update(dict(connection.execute("select workspace_id, name from workspaces").fetchall()))
    pipes: dict[str, set[str]] = {}
    for row in written.landed.rows["pipe_stats"]:
        pipes.setdefault(row["pipe_id"], set()).add(row["pipe_name"])

    assert any(len(set(seen)) == 2 for seen in names.values())
    assert {workspace: seen[-1] for workspace, seen in names.items()} == final
    assert any(len(seen) == 2 for seen in pipes.values())


def test_some_organizations_have_no_customer_and_one_no_name(written: Written) -> None:
    """One active organization with its workspaces is in no snapshot, and one workspace of another."""
    snapshots = list(snapshot_rows(written.landing, "organizations"))
    named = {row["organization_id"] for row in snapshots}
    active = {row["organization_id"] for row in written.landed.rows["pipe_stats"]}
    known_workspaces = {row["workspace_id"] for row in snapshot_rows(written.landing, "workspaces")}
    unknown_workspaces = {
        (row["organization_id"] in named)
        for row in written.landed.rows["pipe_stats"]
        if row["workspace_id"] not in known_workspaces
    }

    assert any(row["customer_id"] is None for row in snapshots)
    assert len(active - named) == 1
    assert unknown_workspaces == {True, False}
    assert [c.name for c in written.truth.customers.values()].count(None) == 1


def test_the_largest_customer_spans_the_regions(written: Written) -> None:
    """It has over twice the requests of the next, and organizations in three regions at least."""
    largest, second, *_ = sorted(written.truth.customers.values(), key=lambda customer: -customer.requests)
    rows = written.landed.rows["pipe_stats"]

    assert largest.name == "Café Ångström"
    assert largest.requests > 2 * second.requests
    assert len({row["region"] for row in rows if row["organization_id"] in largest.organization_ids}) >= 3


def test_an_interrupted_writing_leaves_no_object(tmp_path: Path) -> None:
    """Landing is empty after a failure, and the next call writes all of it."""
    world = replace(WORLD, requests=300, operations=30, readings=30)

    def interrupt(_: str, done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_history(world, tmp_path, interrupt)

    assert list(tmp_path.iterdir()) == []


def test_objects_already_in_landing_stay(tmp_path: Path) -> None:
    """A second writing changes nothing, not even what was changed meanwhile: objects are immutable."""
    world = replace(WORLD, requests=300, operations=30, readings=30)
    write_history(world, tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")}

    write_history(world, tmp_path)

    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")} == before


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, report: write_regions(replace(WORLD, requests=300), folder, report),
        lambda folder, report: write_history(replace(WORLD, requests=300), folder, report),
        lambda _, report: truth(replace(WORLD, requests=300), report),
        lambda folder, report: write_landing(folder, 300, 3, report=report),
    ],
)
def test_progress_runs_from_nothing_to_all(write: Callable[[Path, object], None], tmp_path: Path) -> None:
    """Every long call tells how far it is, and never more than all."""
    calls: list[tuple[str, int, int]] = []

    write(tmp_path, lambda *call: calls.append(call))

    for label in {label for label, _, _ in calls}:
        done = [(done, total) for told, done, total in calls if told == label]
        assert done[0][0] == 0
        assert done[-1][0] == done[-1][1]
        assert done == sorted(done)


def test_benchmark_lands_every_row_in_exactly_three_files(tmp_path: Path) -> None:
    """Each of the three versions is newer than the one before, and every region has its files each day."""
    write_landing(tmp_path, 3000, 3, organizations=60, files_per_region_day=5, first_day=date(2025, 3, 1))
    versions: dict[str, list[tuple[datetime, Row]]] = {}
    files: Counter[tuple[str, ...]] = Counter()
    for file in sorted(tmp_path.rglob("*.parquet")):
        files[file.relative_to(tmp_path).parts[:-1]] += 1
        for row in pq.ParquetFile(file).read().to_pylist():
            assert row["start_datetime"].date() == date.fromisoformat(file.parts[-3].removeprefix("dt="))
            versions.setdefault(row["request_id"], []).append((row.pop("exported_at"), row))

    assert len(versions) == 3000
    for seen in versions.values():
        assert len({exported_at for exported_at, _ in seen}) == len(seen) == 3
        assert all(row == seen[0][1] for _, row in seen)
        assert min(exported_at for exported_at, _ in seen) > seen[0][1]["start_datetime"]
    assert set(files.values()) == {5}
    assert len(files) == 12


def test_a_world_that_cannot_be_is_refused() -> None:
    """The message says which number is wrong and what it would have to be."""
    with pytest.raises(ValueError, match="at least 112 organizations"):
        World(organizations=100, customers=102)
    with pytest.raises(ValueError, match="must end after it starts"):
        World(first_day=date(2025, 5, 2), last_day=date(2025, 5, 1))
