"""A region whose database is a ClickHouse: the same landing files as from DuckDB, and the same years made of them."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tests import regional
from tests.built_world import WORLD, YEAR, BuiltWorld
from tests.clickhouse_server import READERS, Server
from tests.landing_files import FAMILIES
from tests.pipeline import Pipeline, Table
from tests.regional import EXPORTED_AT, clickhouse, embedded, holds_no_secret, landed
from wrapped_assets.products.usage import synthetic
from wrapped_assets.regions.database import RegionalDatabase

pytestmark = pytest.mark.clickhouse_server

FIRST, LAST = datetime(2025, 1, 27, tzinfo=UTC), datetime(2025, 2, 10, tzinfo=UTC)
WINDOWS = [
    pytest.param(FIRST, LAST, id="two weeks"),
    # From the instant of a request, which is in it, to that of an operation, which is not.
    pytest.param(
        datetime(2025, 2, 1, 2, 59, 20, 390000, UTC),
        datetime(2025, 2, 2, 23, 4, 50, 918000, UTC),
        id="exact",
    ),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The regional databases of a synthetic world, in DuckDB files."""
    folder = tmp_path_factory.mktemp("regions")
    synthetic.write_regions(WORLD, folder, lambda label, done, total: None)
    return folder


def exported(
    database: RegionalDatabase, family: str, start: datetime, end: datetime, folder: Path
) -> dict[date, list[tuple[object, ...]]]:
    """The rows of an export by day; its own counts are right."""
    folder.mkdir()
    held = {}
    for done in database.export(family, start, end, EXPORTED_AT, folder):
        held[done.day] = regional.rows(done.paths)
        assert done.rows == len(held[done.day]) > 0
    return held


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("start", "end"), WINDOWS)
def test_a_region_in_clickhouse_exports_the_rows_of_the_same_region_in_duckdb(
    server: Server, world: Path, tmp_path: Path, reader: str, start: datetime, end: datetime
) -> None:
    """Day by day, to the last value, whatever the user may set."""
    file = world / "aws-eu-west-1.duckdb"
    regional.copy(server, file)
    ours, theirs = clickhouse(server.region(user=reader)), embedded(file)

    for family in FAMILIES:
        expected = exported(theirs, family, start, end, tmp_path / f"{family}-duckdb")
        assert exported(ours, family, start, end, tmp_path / family) == expected
        assert expected


def test_a_snapshot_in_clickhouse_is_that_of_duckdb(server: Server, world: Path, tmp_path: Path) -> None:
    """Names and owners, with their nulls."""
    file = world / "aws-eu-west-1.duckdb"
    regional.copy(server, file)
    ours, theirs = clickhouse(server.region()), embedded(file)

    for dimension in ("organizations", "workspaces"):
        mine, other = tmp_path / f"{dimension}.parquet", tmp_path / f"{dimension}-duckdb.parquet"
        count = ours.snapshot(dimension, EXPORTED_AT, mine)
        assert count == theirs.snapshot(dimension, EXPORTED_AT, other) > 0
        assert regional.rows([mine]) == regional.rows([other])


def test_an_empty_customer_is_none(server: Server, tmp_path: Path) -> None:
    """Columns that allow no null are the rule in ClickHouse: all organizations would belong to one customer."""
    columns = "organization_id String, name String, customer_id String, customer_name String"
    regional.make(server, "organizations", columns)
    server.ask("insert into logs.organizations values ('a', 'A', '', ''), ('b', 'B', 'c', 'C')")

    clickhouse(server.region()).snapshot("organizations", EXPORTED_AT, tmp_path / "o.parquet")

    held = [row[:4] for row in regional.rows([tmp_path / "o.parquet"])]
    assert held == [("a", "A", None, None), ("b", "B", "c", "C")]


def test_bytes_that_are_no_text_cost_no_file(server: Server, tmp_path: Path) -> None:
    """ClickHouse keeps any bytes as String, and Parquet's readers refuse a whole file for one of them."""
    regional.make(server, "workspaces")
    server.ask("insert into logs.workspaces values (unhex('77FF'), 'org', unhex('C328'))")

    clickhouse(server.region()).snapshot("workspaces", EXPORTED_AT, tmp_path / "w.parquet")

    assert [row[:3] for row in regional.rows([tmp_path / "w.parquet"])] == [("w\ufffd", "org", "\ufffd(")]


# One row for each thing that can be wrong with a value, and some that are right.
HOSTILE = """
    create table pipe_stats (
        start_datetime timestamp_ms, organization_id varchar, workspace_id varchar, pipe_id varchar, pipe_name varchar,
        request_id varchar, status_code bigint, error smallint, duration double, read_bytes bigint, read_rows ubigint,
        result_rows ubigint, cpu_time float, method varchar, user_agent varchar);
    insert into pipe_stats
    select day + to_milliseconds(number), if(number = 1, null, 'org'), 'ws', 'p', 'Füße 🦶', 'r' || number,
        case number when 2 then null when 3 then 1099511627776 when 4 then -1 else 200 end,
        case number when 5 then null when 6 then 2 when 7 then -1 else 1 end,
        case number when 8 then null when 9 then 'nan' when 10 then 'inf' when 11 then -0.5 when 12 then 4e7
            when 13 then 0.0000005 else 0.1 + number / 3 end,
        case number when 14 then null when 15 then -1 else 9223372036854775807 end,
        18446744073709551615, 9223372036854775808, number / 7, if(number = 16, null, 'GET'), if(number = 17, null, '')
    from range(20) as rows(number), (values (timestamp '2025-02-01'), ('2026-02-01')) as days(day);
"""
HOSTILE_COLUMNS = """
    start_datetime Nullable(DateTime64(3)), organization_id Nullable(String), workspace_id Nullable(String), pipe_id String,
    pipe_name String, request_id String, status_code Nullable(Int64), error Nullable(Int16), duration Nullable(Float64),
    read_bytes Nullable(Int64), read_rows Nullable(UInt64), result_rows UInt64, cpu_time Float32, method Nullable(String),
    user_agent Nullable(String)"""
# The second of them lies long after its export.
HOSTILE_DAYS = (datetime(2025, 2, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def judged(home: Path, database: RegionalDatabase) -> dict[str, Table]:
    """What becomes of the hostile days: the rows that land, the files, and what is set aside with its reason."""
    pipeline = Pipeline(home)
    regional.land(pipeline.landing, database, *HOSTILE_DAYS)
    pipeline.build()
    with pipeline.open() as run:
        files = "select object_key, state, reason, row_count, bad_row_count from landing.files"
        aside = """
            select object_key, aside.reason, content ->> 'request_id'
            from landing.quarantined_rows as aside join landing.files using (file_id)"""
        return {
            "raw": sorted(run.rows("from raw.pipe_stats")),
            "files": sorted(run.rows(files)),
            "aside": sorted(run.rows(aside)),
        }


def test_what_is_wrong_with_a_row_is_judged_as_if_it_came_from_duckdb(server: Server, tmp_path: Path) -> None:
    """Nulls, signs, sizes, numbers that are none, instants after their export: the same lands, and the same is set aside."""
    file, content = tmp_path / "eu.duckdb", tmp_path / "all.parquet"
    with duckdb.connect(str(file)) as connection:
        connection.execute(HOSTILE)
        connection.execute(f"copy pipe_stats to '{content}' (format parquet)")
    regional.make(server, "pipe_stats", HOSTILE_COLUMNS)
    server.load("logs.pipe_stats", content.read_bytes())

    ours = judged(tmp_path / "clickhouse", clickhouse(server.region()))

    assert ours == judged(tmp_path / "duckdb", embedded(file))
    # Of the first day ten rows have no fault (four of them say less than they could), of the other none.
    assert len(ours["raw"]) == 10
    assert len(ours["aside"]) == 30


# ---- Through the graph

# What `wrapped demo` does with its regions, for any: export these days, then import and build.
EXPORT_AND_BUILD = """
import sys
from datetime import date
from wrapped_assets.cli import running
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import Refused
from wrapped_assets.settings import Settings

settings, days = Settings.load(), Span(*map(date.fromisoformat, sys.argv[1:]))
with dagster_instance(settings) as instance:
    try:
        running.export(instance, settings, days)
    except Refused as error:
        raise SystemExit(str(error))
    running.build(instance, settings, Span.year(days.start.year))
"""


def with_regions(folder: Path, regions: str) -> BuiltWorld:
    """A world with nothing in it but these regions."""
    made = BuiltWorld(folder / "home", folder / "landing", {"WRAPPED_REGIONS": regions})
    made.landing.mkdir(parents=True)
    return made


def run(world: BuiltWorld, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A program over a world, in a process of its own."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=world.environment, capture_output=True, text=True, timeout=300)


def summaries(world: BuiltWorld) -> dict[str, dict[str, object]]:
    """Every document of the year, but for when it was made."""
    with Pipeline(world.home).open() as opened:
        documents = {name: json.loads(text) for name, text in opened.documents(YEAR).items()}
    return {name: document | {"generated_at": None} for name, document in documents.items()}


def test_summaries_from_regions_in_clickhouse_are_those_from_duckdb(
    server: Server, world: Path, tmp_path: Path
) -> None:
    """Through Dagster, with a region of each engine; neither what it says nor what it keeps holds the password."""
    east, west = world / "aws-us-east-1.duckdb", world / "aws-eu-west-1.duckdb"
    regional.copy(server, west)
    embedded_world = with_regions(tmp_path / "duckdb", f"us=duckdb://{east},eu=duckdb://{west}")
    mixed_world = with_regions(tmp_path / "mixed", f"us=duckdb://{east},eu={server.region()}")

    for each in (embedded_world, mixed_world):
        done = run(each, EXPORT_AND_BUILD, str(FIRST.date()), str(LAST.date()))
        assert done.returncode == 0, done.stdout + done.stderr
        assert holds_no_secret(done.stdout + done.stderr)

    assert summaries(mixed_world) == summaries(embedded_world)
    assert len(summaries(mixed_world)) > 10
    kept = [path for path in mixed_world.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in kept)
    assert all(holds_no_secret(path.read_bytes().decode("latin-1")) for path in kept)


def test_a_region_that_refuses_holds_up_no_other(server: Server, world: Path, tmp_path: Path) -> None:
    """The run fails at once, in words that say which; what the others hold has landed."""
    wrong = server.region(password="s:cr/et-but-wrong")
    mixed = with_regions(tmp_path, f"asia={wrong},eu=duckdb://{world / 'aws-eu-west-1.duckdb'}")

    done = run(mixed, EXPORT_AND_BUILD, str(FIRST.date()), str(LAST.date()))

    assert done.returncode == 1, done.stdout + done.stderr
    assert "The database of region asia refused" in done.stderr
    assert holds_no_secret(done.stdout + done.stderr)
    folders = {path.parent.name for path in landed(mixed.landing)}
    assert folders == {"region=eu"} and len(landed(mixed.landing)) > 30


# Exports one day into a landing folder and prints its rows and the most megabytes that the process had.
EXPORT_A_DAY = """
import resource, sys
from datetime import UTC, datetime
from wrapped_assets.assets.regional_exports import export_windows
from wrapped_assets.regions.database import open_region
from wrapped_assets.resources.open import open_landing
from wrapped_assets.settings import Settings

settings, day = Settings.load(), datetime.fromisoformat(sys.argv[1]).replace(tzinfo=UTC)
window = (day, day.replace(hour=23, minute=59, second=59))
wrote = export_windows(open_region(settings, "eu"), open_landing(settings), "pipe_stats", [window], datetime.now(UTC))
print(sum(wrote.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_region_day(server: Server, tmp_path: Path) -> None:
    """Neither that of the exporting process nor that of the server: a day of 4 million rows and one of 200,000."""
    regional.make(server, "pipe_stats")
    exporting = with_regions(tmp_path, f"eu={server.region()}").with_settings(WRAPPED_THREADS="2")
    ours, theirs = {}, {}
    for day, rows in (("2025-01-01", 200_000), ("2025-01-02", 4_000_000)):
        server.ask(regional.MANY.format(day=day, rows=rows))
        done = run(exporting, EXPORT_A_DAY, day)
        assert done.returncode == 0, done.stderr
        exported_rows, ours[rows] = map(int, done.stdout.split())
        assert exported_rows == rows
        server.ask("system flush logs")
        peak = "select max(memory_usage) from system.query_log where user = 'reader' and query like '%pipe_stats%'"
        theirs[rows] = int(server.ask(peak)) // 2**20

    small, large = landed(exporting.landing)
    assert large.stat().st_size > 200 * 2**20 > 10 * small.stat().st_size
    assert ours[4_000_000] < ours[200_000] + 40, ours
    assert theirs[4_000_000] < 400, theirs
