"""The automation as `dagster dev` runs it: files appear, nobody clicks, and the year's summary follows.

The world is its own folder with its own Dagster instance, its processes listen on a free port of the loopback.
What must be true is looked up in the warehouse and in Dagster's own records, again and again until it is.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import Request, urlopen

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus

from tests.landing_files import Row, files_of, organization, request, write
from tests.ports import free_port
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.resources.errors import EditionNotWhole
from wrapped_assets.resources.warehouse import Pending, Warehouse
from wrapped_assets.sensors.runs import at_work

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
WRAPPED = Path(sys.executable).with_name("wrapped")
T = TypeVar("T")

PROMISED_SECONDS = 120
START_SECONDS = 180
# The run's death is noticed, its slot in the pool is freed, and only then is the work tried again.
AFTER_A_KILL_SECONDS = 240

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
TEN_MONTHS_AGO = TODAY - timedelta(days=300)
BUILT_DAY = TODAY - timedelta(days=40)


@dataclass
class World:
    """A home folder with a built warehouse, and where the processes of `dagster dev` over it write their log."""

    home: Path
    log: Path
    port: int = field(default_factory=free_port, kw_only=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of this world."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
        return kept | {
            "WRAPPED_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "WRAPPED_FIRST_DAY": str(TEN_MONTHS_AGO.replace(day=1)),
        }

    def build(self) -> None:
        """One customer with ten requests, in the warehouse."""
        self.land("first", *requests_of(BUILT_DAY, 10, "first"), organization("acme", name="Acme"))
        command = [str(WRAPPED), "build", "--year", str(BUILT_DAY.year)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=300)
        assert self.requests(BUILT_DAY.year) == 10

    def land_late(self, day: date) -> datetime:
        """Land a file of seven requests and wait until the year's summary has them; when it was landed."""
        name, before, started = f"late-{day}", self.requests(day.year), datetime.now(UTC)
        self.land(name, *requests_of(day, 7, name))
        self.until(
            f"the summary of {day.year} with the file of {day}",
            PROMISED_SECONDS,
            lambda: self.requests(day.year) == before + 7,
        )
        return started

    def land(self, name: str, *rows: Row) -> None:
        """Let a writer leave these rows in landing."""
        for file in files_of(*rows, name=name):
            write(self.home / "landing", file)

    def requests(self, year: int) -> int:
        """Requests in the year's summaries, as the warehouse holds them now."""
        with self.warehouse().reading(patience=20.0) as reader:
            try:
                return sum(facts["requests"] for facts in reader.facts(year))
            except EditionNotWhole:
                return -1  # On ClickHouse its refresh is putting the summaries in place.

    def warehouse(self) -> Warehouse:
        """The warehouse that the runs write."""
        return DuckDBWarehouse(self.home / "warehouse.duckdb")

    @contextlib.contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The Dagster instance that the processes share."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as opened:
            yield opened

    def runs(self, since: datetime) -> list[dg.DagsterRun]:
        """The runs that were asked for since then, newest first."""
        with self.instance() as instance:
            return [
                record.dagster_run for record in instance.get_run_records() if record.create_timestamp > since
            ]

    def until(self, what: str, seconds: float, look: Callable[[], T | None]) -> T:
        """What `look` finds, asked again and again until it finds something; fails with the log's end."""
        deadline, pause = time.monotonic() + seconds, threading.Event()
        while time.monotonic() < deadline:
            if found := look():
                return found
            pause.wait(0.5)
        told = "\n".join(self.log.read_text().splitlines()[-60:])
        pytest.fail(f"{what} did not happen within {seconds:.0f} s. The end of the log:\n{told}")


def requests_of(day: date, count: int, name: str) -> list[Row]:
    """Requests of one organization, a minute apart from noon."""
    noon = datetime(day.year, day.month, day.day, 12)
    return [request("acme", at=noon + timedelta(minutes=n), id=f"{name}-{n}") for n in range(count)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A built world of one customer with ten requests, followed by `dagster dev`."""
    folder = tmp_path_factory.mktemp("daemon")
    made = World(folder / "home", folder / "dagster-dev.log")
    made.build()
    with dagster_dev(made):
        yield made


@contextlib.contextmanager
def dagster_dev(world: World) -> Iterator[None]:
    """`dagster dev` over the world, from the first ticks of its sensors until the block ends."""
    shutil.copyfile(ROOT / "dagster.yaml", world.home / "dagster" / "dagster.yaml")
    command = [sys.executable, "-m", "dagster", "dev", "--workspace", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(world.port)]
    with world.log.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=world.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        world.until("the first tick of both sensors", START_SECONDS, lambda: sensors_tick(world))
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        # Dagster's webserver has been seen not to stop in a minute. Whatever is left is of this session.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def sensors_tick(world: World) -> bool:
    """Whether both sensors have looked at least once, running without anybody having started them."""
    with world.instance() as instance:
        sensors = [
            state for state in instance.all_instigator_state() if state.instigator_type.value == "SENSOR"
        ]
        ticks = [
            instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1) for state in sensors
        ]
    return len(ticks) == 2 and all(ticks)


@pytest.mark.parametrize("day", [YESTERDAY, TEN_MONTHS_AGO], ids=["yesterday", "ten months ago"])
def test_a_file_for_any_day_changes_the_years_summary_within_two_minutes(
    world: World, day: date, record_property: Callable[[str, object], None]
) -> None:
    """One more day's file is copied into landing; a handful of runs later the summary holds its requests."""
    started = world.land_late(day)
    record_property("seconds", round((datetime.now(UTC) - started).total_seconds(), 1))
    assert len(world.runs(started)) <= 5


def test_a_change_whose_run_is_killed_is_followed_after_all(world: World) -> None:
    """kill -9 in mid-work: the run is marked failed, its slot is freed, the work is asked for again."""
    world.until("the end of earlier work", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    day, started = YESTERDAY - timedelta(days=1), datetime.now(UTC)
    before = world.requests(day.year)
    # While somebody reads the warehouse, the import stands in its first step and waits to write.
    with world.warehouse().reading(patience=60.0):
        world.land("killed", *requests_of(day, 5, "killed"))
        run_id, pid = world.until(
            "a run in its first step", PROMISED_SECONDS, lambda: working(world, started)
        )
        os.kill(pid, signal.SIGKILL)

    world.until("the killed change", AFTER_A_KILL_SECONDS, lambda: world.requests(day.year) == before + 5)

    with world.instance() as instance:
        killed = instance.get_run_by_id(run_id)
    assert killed is not None and killed.status is dg.DagsterRunStatus.FAILURE


BACKFILL = """mutation Launch($assets: [AssetKeyInput!], $days: [String!]) {
  launchPartitionBackfill(backfillParams: {assetSelection: $assets, partitionNames: $days}) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""


def launch_backfill(world: World, layers: list[str], days: list[date]) -> str | None:
    """Launch a backfill of pipe_stats as the UI does; its id, or None while the webserver does not answer yet."""
    asked = {
        "query": BACKFILL,
        "variables": {
            "assets": [{"path": [layer, "pipe_stats"]} for layer in layers],
            "days": [str(day) for day in days],
        },
    }
    address = f"http://127.0.0.1:{world.port}/graphql"
    request_of_ui = Request(address, json.dumps(asked).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request_of_ui, timeout=60) as answer:
            launched = json.load(answer)["data"]["launchPartitionBackfill"]
    except URLError:
        return None
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    return str(launched["backfillId"])


def test_a_persons_backfill_is_not_repeated_by_the_sensors(world: World) -> None:
    """Days and then months in two runs: what they make stale for each other is not asked for in between, and once is enough."""
    world.until("the end of earlier work", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    started = datetime.now(UTC)
    days = [BUILT_DAY.replace(day=1) + timedelta(days=n) for n in range(28)]
    layers = ["raw", "hourly", "daily", "monthly"]
    before = world.requests(BUILT_DAY.year)

    backfill = world.until("the webserver", START_SECONDS, lambda: launch_backfill(world, layers, days))

    def over() -> bool:
        with world.instance() as instance:
            found = instance.get_backfill(backfill)
        return found is not None and found.status is BulkActionStatus.COMPLETED_SUCCESS

    world.until("the backfill", AFTER_A_KILL_SECONDS, over)
    world.until("what follows from it", AFTER_A_KILL_SECONDS, lambda: up_to_date(world))
    runs = world.runs(started)
    refreshed = [
        key.path[0] for run in runs for key in run.asset_selection or () if key.path[-1] == "pipe_stats"
    ]
    by_backfill = [run for run in runs if run.tags.get("dagster/backfill") == backfill]
    assert sorted(refreshed) == sorted([*layers, "weekly"]), [run.tags for run in runs]
    assert len(by_backfill) == 2
    assert world.requests(BUILT_DAY.year) == before


def up_to_date(world: World) -> bool:
    """Whether every layer holds what landed, and nothing runs."""
    with world.warehouse().reading(patience=20.0) as reader, world.instance() as instance:
        return reader.pending() == Pending() and at_work(instance) is None


def working(world: World, since: datetime) -> tuple[str, int] | None:
    """A run that has begun a step since then, and the id of its process."""
    for run in world.runs(since):
        with world.instance() as instance:
            events = instance.all_logs(run.run_id)
        told = " ".join(event.user_message + (event.message or "") for event in events)
        pid = re.search(r"pid: (\d+)", told)
        if pid and any(event.dagster_event_type is dg.DagsterEventType.STEP_START for event in events):
            return run.run_id, int(pid[1])
    return None
