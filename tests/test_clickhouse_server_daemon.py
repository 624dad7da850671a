"""The automation over a listening ClickHouse server: nobody clicks, runs are processes of their own, and the server may die."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from tests.clickhouse_server import PASSWORD
from tests.examples import first
from tests.pipeline import DIMENSIONS, FAMILIES, SECRET, Pipeline, Run, Table
from tests.served import Served, serving
from tests.test_daemon import (
    AFTER_A_KILL_SECONDS,
    BUILT_DAY,
    PROMISED_SECONDS,
    TEN_MONTHS_AGO,
    TODAY,
    WRAPPED,
    YESTERDAY,
    World,
    dagster_dev,
    requests_of,
    up_to_date,
)
from tests.wire import Wire, wired
from wrapped_assets import products
from wrapped_assets.periods import Span
from wrapped_assets.resources.warehouse import Warehouse

pytestmark = pytest.mark.clickhouse_server

# Every day of this world, and whole months around it.
DAYS = Span(TEN_MONTHS_AGO.replace(day=1), TODAY + timedelta(days=40))


@dataclass
class ServedWorld(World):
    """The world over a server, behind a line that can break."""

    wire: Wire

    @property
    def url(self) -> str:
        """The setting that names its warehouse."""
        return self.wire.server.url(port=self.wire.port)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of this world."""
        return super().environment | {
            "WRAPPED_WAREHOUSE_URL": self.url,
            "WRAPPED_SECRET": SECRET.decode(),
        }

    def warehouse(self) -> Warehouse:
        """The warehouse that the runs write."""
        return Served(self.home, "asked", url=self.url).warehouse

    def processes(self, since: datetime) -> set[str]:
        """The processes that the steps of runs since then worked in."""
        with self.instance() as instance:
            told = " ".join(
                event.message or event.user_message
                for run in self.runs(since)
                for event in instance.all_logs(run.run_id)
            )
        return set(re.findall(r"pid: (\d+)", told))

    def says(self) -> str:
        """Everything that was written down: Dagster's events, its files, the log."""
        with self.instance() as instance:
            runs = [record.dagster_run.run_id for record in instance.get_run_records()]
            events = "".join(str(event) for run in runs for event in instance.all_logs(run))
        return events + self.log.read_text(errors="replace")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clickhouse_library: None) -> Iterator[ServedWorld]:
    """A built world of one customer with ten requests, followed by `dagster dev`."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder / "server") as server, wired(server) as wire:
        made = ServedWorld(folder / "home", folder / "dagster-dev.log", wire)
        made.build()
        with dagster_dev(made):
            yield made


@pytest.mark.parametrize("day", [YESTERDAY, TEN_MONTHS_AGO], ids=["yesterday", "ten months ago"])
def test_a_file_changes_the_years_summary_within_two_minutes(world: ServedWorld, day: date) -> None:
    """Through several processes, each of which the server knows by its run, its asset and its partitions."""
    started = world.land_late(day)
    assert len(world.processes(started)) >= 2
    runs = {run.run_id for run in world.runs(started)}
    landed = world.wire.server.statements(
        f"query like 'INSERT INTO landing_pipe_stats%' and log_comment like '%{day}%'"
    )
    assert [json.loads(each["log_comment"])["asset"] for each in landed] == ["landing/pipe_stats"]
    assert json.loads(landed[0]["log_comment"])["run_id"] in runs


@pytest.mark.parametrize(
    "statement",
    first(
        2,
        [
            "INSERT INTO landing_pipe_stats",
            "alter table monthly_pipe_stats_days",
            "INSERT INTO `landing_ledger`",
            "alter table raw_pipe_stats",
        ],
    ),
    ids=["import", "months", "ledger", "raw"],
)
def test_a_change_whose_server_is_killed_is_followed_after_all(world: ServedWorld, statement: str) -> None:
    """kill -9 of the server in mid-work and a restart: what failed is asked for again, and the tables are as ever."""
    world.until("the end of earlier work", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    day, name = YESTERDAY - timedelta(days=3), f"killed {statement}"
    before = world.requests(day.year)

    world.wire.break_at("killed during", statement)
    world.land(re.sub(r"\W+", "-", name), *requests_of(day, 5, name))
    assert world.wire.broken.wait(PROMISED_SECONDS)
    world.wire.server.start()

    world.until("the change", AFTER_A_KILL_SECONDS, lambda: world.requests(day.year) == before + 5)
    world.until("the end of the work", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    said = world.says()
    assert "stopped answering in the middle of the work" in said
    assert PASSWORD not in said and "s%3Acr" not in said


def test_all_that_gave_the_tables_that_an_undisturbed_duckdb_has(world: ServedWorld) -> None:
    """After every kill before, to the last byte."""
    world.until("the end of the work", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    undisturbed = Pipeline(world.home, "undisturbed")
    with undisturbed.open() as run:
        for source in FAMILIES + DIMENSIONS:
            run.take_in(source, DAYS)
        run.layers(span=DAYS)
        run.editions()
        expected = contents(run)
    with Served(world.home, "compared", url=world.url).open() as run:
        assert contents(run) == expected


def contents(run: Run) -> dict[str, Table]:
    """The tables but the years' states, which only DuckDB keeps."""
    return {name: rows for name, rows in run.tables().items() if not name.startswith("yearly.")}


def test_the_deep_checks_find_every_table_as_its_rebuild_makes_it(world: ServedWorld) -> None:
    """On the server that was killed over and over. Only the rows of this world are older than an hour, as one check says."""
    command = [str(WRAPPED), "check", "--year", str(BUILT_DAY.year), "--deep"]
    done = subprocess.run(command, env=world.environment, capture_output=True, text=True, timeout=300)
    assert re.findall(r"FAILED +(\S+ +\S+)", done.stdout) in (
        [],
        ["landing/pipe_stats      live_day_is_fresh"],
    )
    assert (done.stdout.count("identical"), "DIFFERS" in done.stdout) == (17, False), (
        done.stdout + done.stderr
    )
    asked = world.wire.server.statements("log_comment like '%keys_are_unique%'")
    assert {json.loads(each["log_comment"])["check"] for each in asked} == {
        f"raw/{family} keys_are_unique" for family in products.FAMILIES
    }
