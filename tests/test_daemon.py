"""The automation as `dagster dev` runs it: files appear, nobody clicks, and the year's summary follows.

Each world is its own folder, its own Dagster instance and its own processes on a free port of the loopback.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

import dagster as dg
import pytest

from tests.landing_files import Row, files_of, organization, request, write
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.resources.errors import WarehouseBusy

ROOT = Path(__file__).parent.parent
WRAPPED = Path(sys.executable).with_name("wrapped")
T = TypeVar("T")

# What is promised is 90 s; what is measured on two idle cores is a third of it.
PROMISED_SECONDS = 90
START_SECONDS = 120

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
TEN_MONTHS_AGO = TODAY - timedelta(days=300)
BUILT_DAY = TODAY - timedelta(days=40)


@dataclass
class World:
    """A home folder with a built warehouse, and the processes of `dagster dev` over it."""

    home: Path
    environment: dict[str, str]
    log: Path

    def land(self, day: date, name: str, *rows: Row) -> None:
        """Let a writer leave these rows in landing."""
        for file in files_of(*rows, name=name):
            write(self.home / "landing", file)

    def requests(self, year: int) -> int:
        """Requests in the year's summaries, as the warehouse holds them now."""
        with DuckDBWarehouse(self.home / "warehouse.duckdb").reading(patience=20.0) as reader:
            return sum(facts["requests"] for facts in reader.facts(year))

    @contextlib.contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The Dagster instance that the processes share."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as opened:
            yield opened


def until(seconds: float, what: str, look: Callable[[], T | None], world: World) -> T:
    """What `look` finds, asked again and again until it finds something; the log's end when time is up."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        if found := look():
            return found
        pause.wait(0.5)
    told = "\n".join(world.log.read_text().splitlines()[-60:])
    pytest.fail(f"{what} did not happen within {seconds:.0f} s. The end of the log:\n{told}")


def requests_of(day: date, count: int, start: int = 0) -> list[Row]:
    """Requests of one organization, a minute apart from noon."""
    noon = datetime(day.year, day.month, day.day, 12)
    return [
        request("acme", at=noon + timedelta(minutes=n), id=f"{day}-{n}") for n in range(start, start + count)
    ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A built world of one customer, followed by `dagster dev`."""
    home = tmp_path_factory.mktemp("daemon") / "home"
    first_day = TEN_MONTHS_AGO.replace(day=1)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
    environment |= {
        "WRAPPED_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "WRAPPED_FIRST_DAY": str(first_day),
        "PYTHONUNBUFFERED": "1",
    }
    made = World(home, environment, home.parent / "dagster-dev.log")
    made.land(BUILT_DAY, "first", *requests_of(BUILT_DAY, 10), organization("acme", name="Acme"))
    build = [str(WRAPPED), "build", "--year", str(BUILT_DAY.year)]
    subprocess.run(build, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=240)
    assert made.requests(BUILT_DAY.year) == 10
    with _dagster_dev(made):
        yield made


@contextlib.contextmanager
def _dagster_dev(world: World) -> Iterator[None]:
    shutil.copyfile(ROOT / "dagster.yaml", world.home / "dagster" / "dagster.yaml")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dagster", "dev", "--workspace", "workspace.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with world.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=world.environment, stdout=log, stderr=log)
    try:
        until(START_SECONDS, "the first tick of both sensors", lambda: _ticks(world), world)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _ticks(world: World) -> bool:
    with world.instance() as instance:
        return len(instance.all_instigator_state()) >= 5 and all(
            instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
            for state in instance.all_instigator_state()
            if state.instigator_type.value == "SENSOR"
        )
