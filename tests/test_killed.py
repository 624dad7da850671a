"""Ending the process at any moment, by SIGKILL or in the middle of a write, and running again: the same tables as ever.

The moments are counted in statements or in bytes, never in seconds, so every run of these tests dies at the same places.
Each death and each recovery has a process of its own, forked from a server that has never opened a warehouse.
"""

import multiprocessing
import os
import resource
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.landing_files import (
    files_of,
    operation,
    organization,
    reading,
    request,
    truncated,
    workspace,
)
from tests.pipeline import Pipeline, Table, differs_from_oracle
from wrapped_assets.resources.duckdb.creation import create
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing

pytestmark = pytest.mark.proof

# What landed first, and what has changed since: late rows, a new day, an object changed, one broken and one mended,
# a new owner, a new name, rows that cannot be right.
BEFORE = [
    *files_of(
        *(make(org) for make in (request, operation, reading) for org in ("org-1", "org-2")), name="first"
    ),
    *files_of(request("org-3", at="2024-12-31T23:59:59.999"), name="changed"),
    truncated(files_of(request("org-2", id="mended"), name="mended")[0]),
    *files_of(request("org-2", id="broken"), name="broken"),
    *files_of(organization("org-1", customer_id="a"), organization("org-2"), workspace(), name="first"),
]
AFTER = [
    *files_of(request("org-1", id="late"), request("org-1", error=1, exported_at="2025-03-02"), name="late"),
    *files_of(operation("org-9", id="late"), reading("org-1", at="2025-03-01T11:00:00"), name="late"),
    *files_of(request("org-1", at="2025-03-02", id="bad", error=2), request(at="2025-03-02"), name="next"),
    *files_of(request("org-4", at="2024-12-31T23:59:59.999"), name="changed"),
    *files_of(request("org-2", id="mended"), name="mended"),
    truncated(files_of(request("org-2", id="broken"), name="broken")[0]),
    *files_of(organization("org-1", customer_id="b", exported_at="2025-06-01"), name="later"),
    *files_of(workspace(name="Renamed", exported_at="2025-06-01"), name="later"),
]
FILES = list({file.key: file for file in BEFORE + AFTER}.values())


# ---- What a process does, and how it dies. These run in a process of their own.

Death = tuple[str, int]


def follow(home: Path, name: str, death: Death | None = None, told: Connection | None = None) -> None:
    """Bring a warehouse up to date; or die on the way: at a statement (before or after it), or at a byte of a file."""
    when, place = death or ("never", 0)
    statements = _watch_statements(when, place)
    if when in ("at byte", "disk full at byte"):
        # Python ignores the signal for a write past the limit, and DuckDB is told of a full disk instead.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if when == "at byte" else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (place, place))
    with Pipeline(home, name).open() as run:
        run.follow()
    if told:
        told.send(statements)


def _watch_statements(when: str, place: int) -> list[str]:
    """Have this process killed at one of the statements it sends to DuckDB; the list of them fills as they come."""
    seen: list[str] = []
    execute = duckdb.DuckDBPyConnection.execute

    def watched(con: duckdb.DuckDBPyConnection, statement: str, *args: Any) -> duckdb.DuckDBPyConnection:
        seen.append(statement)
        if (when, place) == ("before statement", len(seen)):
            os.kill(os.getpid(), signal.SIGKILL)
        found = execute(con, statement, *args)
        if (when, place) == ("after statement", len(seen)):
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    duckdb.DuckDBPyConnection.execute = watched  # type: ignore[method-assign, assignment]
    return seen


def hold(home: Path, name: str, told: Connection) -> None:
    """Import and merge, say so, and then keep the warehouse open for ever, between two transactions."""
    with Pipeline(home, name).open() as run:
        run.import_everything()
        run.raw("pipe_stats")
        told.send("between transactions")
        signal.pause()


def wait_and_follow(home: Path, name: str, told: Connection) -> None:
    """Bring the warehouse up to date as soon as it can be had; say when it was first refused."""
    connect, refused = duckdb.connect, False

    def telling(*args: Any, **kwargs: Any) -> duckdb.DuckDBPyConnection:
        nonlocal refused
        try:
            return connect(*args, **kwargs)
        except duckdb.IOException:
            if not refused:
                refused = True
                told.send("refused")
            raise

    duckdb.connect = telling
    with Pipeline(home, name).open() as run:
        told.send("open")
        run.follow()


# ---- Running them

_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(["tests.test_killed"])


def started(work: Callable[..., None], *args: Any) -> multiprocessing.process.BaseProcess:
    """A process that has begun the work."""
    process = _forked.Process(target=work, args=args)
    process.start()
    return process


def ended(process: multiprocessing.process.BaseProcess) -> int | None:
    """How it ended: 0, the exit code, or minus the signal."""
    process.join(timeout=120)
    return process.exitcode


def die(story: "Story", pipeline: Pipeline, death: Death) -> int | None:
    """Bring the warehouse up to date in a process that dies on the way; how it ended."""
    return ended(started(follow, story.home, pipeline.name, death))


@dataclass(frozen=True)
class Story:
    """A landing folder, and what an undisturbed process makes of it: from nothing, or from what was built before.

    `statements` are those of the undisturbed process.
    """

    home: Path
    start: str
    tables: dict[str, Table]
    statements: list[str]

    def begin(self) -> Pipeline:
        """The warehouse as the story finds it."""
        for leftover in [*self.home.glob("under-test.*"), *self.home.glob(".under-test.*")]:
            leftover.unlink()
        pipeline = Pipeline(self.home, "under-test")
        if self.start == "half":
            for file in self.home.glob("half.duckdb*"):
                shutil.copy(file, self.home / file.name.replace("half", pipeline.name))
        return pipeline

    def end(self, pipeline: Pipeline) -> list[str]:
        """Bring the warehouse up to date in a new process; the tables that then differ from the undisturbed ones."""
        assert ended(started(follow, self.home, pipeline.name)) == 0
        with pipeline.open() as run:
            held, pending = run.tables(), run.pending()
        assert not (pending.partitions or pending.dimensions or pending.identities or pending.years)
        return [name for name in self.tables if held[name] != self.tables[name]]

    @property
    def commits(self) -> list[int]:
        """Which of the statements, counted from 1, are commits."""
        return [number for number, text in enumerate(self.statements, start=1) if text == "commit"]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the first files were built (half.duckdb) and the others have landed since."""
    half = Pipeline(tmp_path_factory.mktemp("story"), "half")
    half.build(*BEFORE)
    half.land(*AFTER)
    return half.home


@pytest.fixture(scope="module", params=["nothing", "half"])
def story(landed: Path, request: pytest.FixtureRequest) -> Story:
    """The story without any disturbance."""
    unborn = Story(landed, request.param, {}, [])
    pipeline = unborn.begin()
    ours, theirs = _forked.Pipe()
    process = started(follow, landed, pipeline.name, None, theirs)
    statements = ours.recv()
    assert ended(process) == 0
    with pipeline.open() as run:
        assert differs_from_oracle(run, FILES) == {}
        return replace(unborn, tables=run.tables(), statements=statements)


def sampled(places: Sequence[int], number: int) -> list[int]:
    """As many of the places, evenly."""
    return [places[index * len(places) // number] for index in range(number)]


# ---- The promises


def test_a_process_killed_before_or_after_a_commit_leaves_nothing_half_done(story: Story) -> None:
    """In every layer: what was not committed is done again, what was committed stays."""
    for number, place in enumerate(sampled(story.commits, 8)):
        pipeline = story.begin()
        assert (
            die(story, pipeline, (("before statement", "after statement")[number % 2], place))
            == -signal.SIGKILL
        )
        assert story.end(pipeline) == [], f"{story.statements[place - 5 : place]}"


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before statement", "after statement"])
def test_a_process_killed_at_any_statement_leaves_nothing_half_done(story: Story, when: str) -> None:
    """The same at each of the statements."""
    for place in range(1, len(story.statements) + 1):
        pipeline = story.begin()
        assert die(story, pipeline, (when, place)) == -signal.SIGKILL
        assert story.end(pipeline) == [], f"{story.statements[place - 5 : place]}"


def test_a_process_killed_over_and_over_still_gets_there(story: Story) -> None:
    """Each run lives a little longer than the one before; what they achieved adds up to the same tables."""
    pipeline, deaths = story.begin(), 0
    while die(story, pipeline, ("after statement", 1 + 9 * deaths)) == -signal.SIGKILL:
        deaths += 1
    assert deaths > 10
    assert story.end(pipeline) == []


# Where the log of the warehouse may end, in bytes; half of what is built is a log of 48 kB.
TORN = (8_193, 16_385, 33_001, 50_001, 60_001, 80_003)


def test_a_process_that_dies_in_the_middle_of_a_write_leaves_nothing_half_done(story: Story) -> None:
    """Its log is torn at some byte."""
    deaths = []
    for place in TORN:
        pipeline = story.begin()
        create(pipeline.duckdb.path, pipeline.duckdb.engine)
        deaths.append(die(story, pipeline, ("at byte", place)))
        with pipeline.warehouse.reading() as reader:
            # Readers need no writer to come first and mend something.
            reader.pending()
        assert story.end(pipeline) == [], place
    assert deaths.count(-signal.SIGXFSZ) > 2


def test_a_full_disk_stops_the_process_and_harms_nothing(story: Story) -> None:
    """It fails, and when there is room again it goes on."""
    deaths = []
    for place in TORN[::2]:
        pipeline = story.begin()
        create(pipeline.duckdb.path, pipeline.duckdb.engine)
        deaths.append(die(story, pipeline, ("disk full at byte", place)))
        assert story.end(pipeline) == [], place
    assert deaths.count(1) > 1


@pytest.mark.parametrize(("when", "end"), [("at byte", -signal.SIGXFSZ), ("disk full at byte", 1)])
@pytest.mark.parametrize("place", [0, 4096, 8192, 8193, 12_289, 100_003])
def test_a_process_that_dies_while_it_creates_the_warehouse_leaves_nothing_half_done(
    landed: Path, place: int, when: str, end: int
) -> None:
    """At the first writes to the new file, with which DuckDB cannot open it, and at later ones."""
    unborn = Story(landed, "nothing", {}, [])
    pipeline = unborn.begin()
    assert die(unborn, pipeline, (when, place)) == end
    assert not pipeline.duckdb.path.exists()
    assert unborn.end(pipeline) == []
    assert list(landed.glob(f".{pipeline.name}.*")) == []


@pytest.mark.parametrize("death", [("before statement", 1), ("before statement", 9), ("at byte", 16_385)])
def test_a_warehouse_whose_writer_died_before_it_had_tables_is_no_warehouse_yet(
    landed: Path, death: Death
) -> None:
    """Whoever reads is told so, as if there were no file: then it is asked for, and built."""
    unborn = Story(landed, "nothing", {}, [])
    pipeline = unborn.begin()
    assert die(unborn, pipeline, death) is not None
    with pytest.raises(WarehouseMissing), pipeline.warehouse.reading() as reader:
        reader.known("pipe_stats", None)


def test_of_several_processes_that_create_the_warehouse_at_once_one_does(landed: Path) -> None:
    """All of them bring it up to date, one after the other, and nothing is left beside it."""
    unborn = Story(landed, "nothing", {}, [])
    pipeline = unborn.begin()
    rivals = [started(follow, landed, pipeline.name) for _ in range(3)]
    assert [ended(rival) for rival in rivals] == [0, 0, 0]
    with pipeline.open() as run:
        assert differs_from_oracle(run, FILES) == {}
    assert list(landed.glob(f".{pipeline.name}.*")) == []


def test_a_warehouse_is_made_anew_where_one_was_removed_without_its_log(landed: Path) -> None:
    """DuckDB refuses a log that is not of its file."""
    unborn = Story(landed, "half", {}, [])
    pipeline = unborn.begin()
    pipeline.duckdb.path.unlink()
    assert pipeline.duckdb.path.with_name(f"{pipeline.name}.duckdb.wal").exists()
    assert unborn.end(pipeline) == []


def test_a_second_writer_waits_for_the_first_and_goes_on_when_it_is_killed(story: Story) -> None:
    """The first is killed between two transactions, holding the warehouse, while the second waits for it."""
    pipeline = story.begin()
    ours, theirs = _forked.Pipe()
    first = started(hold, story.home, pipeline.name, theirs)
    assert ours.recv() == "between transactions"
    with pytest.raises(WarehouseBusy, match=str(first.pid)), pipeline.warehouse.reading(patience=0):
        pass
    second = started(wait_and_follow, story.home, pipeline.name, theirs)
    assert ours.recv() == "refused"
    first.kill()
    assert ours.recv() == "open"
    assert (ended(first), ended(second)) == (-signal.SIGKILL, 0)
    assert story.end(pipeline) == []
