"""A worker that starts goes on where the last one stopped, and begins anew when there is any doubt."""

import logging
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.api_world import version
from tests.landing_files import files_of, organization, reading, request, truncated, workspace
from tests.live import said
from tests.pipeline import NOW, SECRET, Pipeline
from wrapped_assets import queries
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.live.live import Live
from wrapped_assets.serving.live.shelf import Edition
from wrapped_assets.snapshot import warm_start
from wrapped_assets.snapshot.from_warehouse import write_snapshot
from wrapped_assets.snapshot.warm_start import Keeper

pytestmark = pytest.mark.proof

ANA, OWNER, NEW = (wrapped_id(SECRET, id) for id in ("org-1", "owner", "org-9"))
BELONGS = {"snapshot": "one", "landing": "here"}


@dataclass
class Worker:
    """Starts and ends on one snapshot, its landing folder and its home."""

    pipeline: Pipeline
    snapshot: Path

    @property
    def kept(self) -> Path:
        """Where it keeps what it took in."""
        return self.pipeline.home / "home" / "serving" / "2025.kept"

    @contextmanager
    def started(
        self, secret: bytes = SECRET, belongs: dict[str, str] = BELONGS, end: bool = True, **options: Any
    ) -> Iterator[Live]:
        """A process; with `end` it ends in order."""
        store = LandingStore.open(f"file://{self.pipeline.landing}")
        keeper = options.pop("keeper", None) or Keeper(self.kept, secret, belongs)
        with Live.open(self.snapshot, store, secret, keeper=keeper, **options) as live:
            yield live
            if end:
                live.keep()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Worker:
    """History has two requests of one customer, and the name of its workspace. To be left as it is."""
    pipeline = Pipeline(tmp_path_factory.mktemp("built"))
    pipeline.build(
        *files_of(
            request("org-1", "2025-03-01T10:00", "a", read_bytes=10),
            request("org-1", "2025-03-01T11:00", "b", read_bytes=20),
            workspace("ws-1", name="Old"),
        )
    )
    with pipeline.warehouse.reading() as reader:
        write_snapshot(reader, pipeline.home / "2025.duckdb", 2025)
    return Worker(pipeline, pipeline.home / "2025.duckdb")


@pytest.fixture
def worker(built: Worker, tmp_path: Path) -> Worker:
    """One that lands what it likes."""
    return Worker(built.pipeline.twin(tmp_path / "twin"), built.snapshot)


def requests(live: Live, customer: str = ANA) -> int:
    """Their number."""
    return int(said(live, [customer])["total_requests"])


def followed(worker: Worker) -> None:
    """A process takes one more request in, and ends."""
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "c"), name="first"))
    with worker.started() as live:
        assert (live.follow().taken, requests(live)) == (1, 3)


def test_nothing_is_read_twice(worker: Worker) -> None:
    """The next process answers as the last one did, before it has looked; a look takes in only what landed in between."""
    worker.pipeline.land(
        *files_of(
            request("org-1", "2025-03-01T10:30", "c", read_bytes=2**63),
            request("org-1", "2025-03-01T11:00", "b", read_bytes=7, exported_at="2025-05-02T00:00"),
            request("org-9", "2025-04-01T10:00", "d"),
            reading("org-1", "2025-04-01T10:00", "ds", bytes=2**63, rows=5),
            organization("org-9", customer_id="owner"),
            workspace("ws-1", name="New", exported_at="2025-06-01T00:00"),
            name="late",
        )
    )
    with worker.started() as live:
        assert (live.follow().taken, live.follow().taken) == (5, 0)
        before = [said(live, [customer]) for customer in (ANA, OWNER)]
        through = live.through
    with worker.started() as live:
        assert [said(live, [customer]) for customer in (ANA, OWNER)] == before
        assert before[0]["total_bytes_read"] == 2**63 + 17 and before[1]["total_requests"] == 1
        assert before[0]["top_workspaces"][0]["name"] == "New"
        assert live.through == through
        report = live.follow()
        assert (report.taken, report.hours) == (0, 0)
        assert live.follow().complete_at is not None

        worker.pipeline.land(*files_of(request("org-9", "2025-04-01T11:00", "e"), name="later"))
        report = live.follow()
        assert (report.taken, report.hours, requests(live, OWNER)) == (1, 1, 2)


def test_what_landed_while_nobody_looked_is_taken_in(worker: Worker) -> None:
    """Between two processes, into an hour that the first one had."""
    followed(worker)
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:30", "d"), name="second"))
    with worker.started() as live:
        report = live.follow()

        assert (report.taken, report.hours, requests(live)) == (1, 1, 4)


def test_a_file_that_changed_while_nobody_looked_takes_its_old_rows_away(worker: Worker) -> None:
    """The hours of the version that the first process took in are counted again."""
    followed(worker)
    worker.pipeline.land(*files_of(request("org-9", "2025-03-02T12:00", "c"), name="first"))
    with worker.started() as live:
        live.follow()

        assert (requests(live), requests(live, NEW)) == (2, 1)


def test_a_new_file_is_deduplicated_against_those_of_the_process_before(worker: Worker) -> None:
    """The same row, exported once more: known from the ledger of what was taken in."""
    followed(worker)
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "c"), name="again"))
    with worker.started() as live:
        assert (live.follow().hours, requests(live)) == (1, 3)


def test_a_file_that_vanished_keeps_its_rows(worker: Worker) -> None:
    """As if the process had not ended; an hour of it that is touched waits for it."""
    followed(worker)
    (first,) = files_of(request("org-1", "2025-03-02T10:00", "c"), name="first")
    worker.pipeline.vanish(first)
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:30", "d"), name="second"))
    with worker.started() as live:
        report = live.follow()

        assert (report.held, report.held_hours, requests(live)) == ({first.key: "vanished"}, 1, 3)


def test_an_hour_that_was_held_is_made_up_for_by_the_next_process(worker: Worker, tmp_path: Path) -> None:
    """Once its file is back in the same version; no listing would call it new."""
    (old,) = files_of(
        request("org-1", "2025-03-01T10:00", "a", read_bytes=10),
        request("org-1", "2025-03-01T11:00", "b", read_bytes=20),
    )
    path = worker.pipeline.landing / old.key
    path.rename(tmp_path / "archive")
    worker.pipeline.land(*files_of(request("org-1", "2025-03-01T10:30", "held"), name="new"))
    with worker.started() as live:
        assert (live.follow().held_hours, requests(live)) == (1, 2)
    (tmp_path / "archive").rename(path)
    with worker.started() as live:
        assert (live.follow().hours, requests(live)) == (1, 3)


def test_days_outside_the_calendar_wait_for_the_next_process_too(worker: Worker) -> None:
    """A row in another day's file, whose own day has not come."""
    (row,) = files_of(request("org-1", "2025-04-01T10:00", "row"), name="inside")
    worker.pipeline.land(replace(row, day="2025-03-31"))
    with worker.started(calendar=lambda: Span(date(2025, 2, 1), date(2025, 4, 1))) as live:
        assert (live.follow().taken, requests(live)) == (1, 2)
    with worker.started(calendar=lambda: Span(date(2025, 2, 1), date(2025, 4, 2))) as live:
        assert (live.follow().taken, requests(live)) == (0, 3)


def test_names_that_wait_are_tried_by_the_next_process(worker: Worker) -> None:
    """A changed snapshot of names makes all of them be read again, and one of these is gone."""
    old, changed = (files_of(workspace("ws-1", name=name), name=name)[0] for name in ("old", "changed"))
    worker.pipeline.land(old, changed)
    with worker.started() as live:
        assert live.follow().taken == 2
        worker.pipeline.vanish(old)
        worker.pipeline.land(replace(changed, rows=[]))
        assert live.follow().held == {old.key: "vanished"}
    worker.pipeline.land(old)
    with worker.started() as live:
        report = live.follow()

        assert (report.held, report.taken) == ({}, 2)


def test_files_of_both_processes_are_told(worker: Worker) -> None:
    """What /metrics says of landing beyond the snapshot does not begin anew with a process."""
    followed(worker)
    (broken,) = files_of(request("org-1", "2025-04-01T10:00", "d"), name="broken")
    worker.pipeline.land(truncated(broken))
    with worker.started() as live:
        live.follow()
    with worker.started() as live:
        edition = Edition(version(1), live)  # type: ignore[arg-type]
        edition.follow(10)
        edition.follow(10)

        assert edition.files == {"taken": 2, "quarantined": 1, "held": 0, "unread": 0}


def test_it_is_kept_once_a_minute_at_most(worker: Worker) -> None:
    """By the look after one that changed something, then when the minute is over; never when nothing changed."""
    now, times = [1000.0], []
    keeper = Keeper(worker.kept, SECRET, BELONGS, clock=lambda: now[0])
    with worker.started(keeper=keeper, end=False) as live:
        for second in (0, 5, 10, 65, 70, 135, 140, 145):
            now[0] = 1000.0 + second
            if second in (5, 10, 140):
                name = f"at {second}"
                worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", name), name=name))
            before = worker.kept.stat().st_ino if worker.kept.exists() else None
            live.follow()
            if worker.kept.exists() and worker.kept.stat().st_ino != before:
                times.append(second)

    assert times == [10, 70, 145]


def test_a_killed_process_leaves_what_it_kept_last(worker: Worker) -> None:
    """The rest is read again."""
    with worker.started(end=False) as live:
        for name in ("c", "d"):
            worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", name), name=name))
            live.follow()
    with worker.started() as live:
        assert requests(live) == 3
        assert (live.follow().taken, requests(live)) == (1, 4)


def test_only_its_owner_reads_it(worker: Worker) -> None:
    """It holds organization_ids; and nothing else is left there."""
    followed(worker)

    assert worker.kept.stat().st_mode & 0o777 == 0o600
    assert worker.kept.parent.stat().st_mode & 0o777 == 0o700
    assert [*worker.kept.parent.iterdir()] == [worker.kept]
    assert SECRET not in worker.kept.read_bytes()


def test_a_frozen_edition_keeps_nothing(worker: Worker) -> None:
    """It follows nothing."""
    with worker.pipeline.open() as run:
        run.summaries(2025, freeze_at=NOW)
    worker.snapshot = worker.pipeline.home / "frozen.duckdb"
    with worker.pipeline.warehouse.reading() as reader:
        write_snapshot(reader, worker.snapshot, 2025)
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "c"), name="first"))
    with worker.started() as live:
        live.follow()

        assert requests(live) == 2
    assert not worker.kept.exists()


# ---- From the snapshot on, when in doubt


def anew(worker: Worker, caplog: pytest.LogCaptureFixture, said: str, **options: Any) -> None:
    """A process says this once, begins with the snapshot alone, reads landing, and keeps that; the next one goes on from there."""
    caplog.clear()
    with worker.started(**options) as live:
        customer = wrapped_id(options.get("secret", SECRET), "org-9")
        assert (requests(live, customer), live._fresh.taken) == (0, {})
        assert live.follow().taken == 1
        assert requests(live, customer) == 1
    (record,) = caplog.records
    assert said in record.getMessage() and record.levelno == logging.WARNING
    assert "org-" not in record.getMessage() and str(worker.kept.parent) not in record.getMessage()
    with worker.started(**options) as live:
        assert live.follow().taken == 0
    assert len(caplog.records) == 1


@pytest.fixture
def stranger(worker: Worker) -> Worker:
    """A process took in a customer that only landing knows."""
    worker.pipeline.land(*files_of(request("org-9", "2025-03-02T10:00", "c"), name="first"))
    with worker.started() as live:
        live.follow()
    return worker


@pytest.mark.parametrize("other", [{"snapshot": "two"}, {"landing": "there"}])
def test_what_was_kept_for_something_else_is_not_used(
    stranger: Worker, caplog: pytest.LogCaptureFixture, other: dict[str, str]
) -> None:
    """Another snapshot, another landing."""
    anew(stranger, caplog, "it is of another snapshot", belongs=BELONGS | other)


def test_what_was_kept_with_another_secret_is_not_used(
    stranger: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    """It names customers by other ids."""
    anew(
        stranger,
        caplog,
        "another snapshot, program, landing or secret",
        secret=b"another secret of 32 bytes at least",
    )


def test_what_another_program_kept_is_not_used(
    stranger: Worker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade a rule may be another one."""
    monkeypatch.setattr(queries, "digest_of_program", lambda: "another")
    anew(stranger, caplog, "program")


def flipped(at: int) -> Callable[[bytes], bytes]:
    """One bit is another one."""
    return lambda content: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing is left": lambda _: b"",
    "cut off in the header": lambda content: content[:60],
    "cut off in the tables": lambda content: content[: len(content) // 2],
    "the last byte is gone": lambda content: content[:-1],
    "a bit of the first header": flipped(12),
    "a bit of the tables": lambda content: flipped(content.index(b"org-9"))(content),
    "a bit of the files taken": lambda content: flipped(content.index(b'"through"'))(content),
    "the tables were never written": lambda content: content[:12288] + bytes(len(content) - 12288),
    "a text": lambda _: b"not ours\n" * 100,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_not_used(stranger: Worker, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Cut off anywhere, changed by one bit, or never ours."""
    content = stranger.kept.read_bytes()
    damaged = DAMAGES[name](content)
    assert damaged != content
    stranger.kept.write_bytes(damaged)

    anew(stranger, caplog, "2025.kept is not used")


def test_no_changed_byte_is_read_as_something_else(stranger: Worker, tmp_path: Path) -> None:
    """DuckDB checks the sum of each block it reads: the file has no seal of ours. Whatever changes, it is noticed or of no account."""
    content, dice, damaged = stranger.kept.read_bytes(), random.Random(11), tmp_path / "damaged"
    names = (*warm_start.TABLES, "state")

    def read(path: Path) -> list[Any]:
        with duckdb.connect(str(path), read_only=True) as con:
            return [con.execute(f"from {name}").fetchall() for name in names]

    whole, noticed = read(stranger.kept), 0
    for at in [*range(0, 12288, 256), *(dice.randrange(12288, len(content)) for _ in range(100))]:
        damaged.write_bytes(content[:at] + bytes([content[at] ^ dice.randrange(1, 256)]) + content[at + 1 :])
        try:
            assert read(damaged) == whole
        except duckdb.Error:
            noticed += 1
    assert noticed > 60


def test_tables_that_cannot_be_read_leave_the_snapshot_as_it_is(
    stranger: Worker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a whole file: one table is not there, after others were copied."""
    with monkeypatch.context() as patches:
        patches.setattr(warm_start, "TABLES", warm_start.TABLES[:-1])
        stranger.kept.unlink()
        with stranger.started() as live:
            live.follow()

    anew(stranger, caplog, "CatalogException")


def test_a_home_that_cannot_be_written_stops_nothing(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, not every minute."""
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "c"), name="first"))
    worker.kept.parent.parent.mkdir()
    worker.kept.parent.write_text("a file stands where the folder should be")
    with worker.started() as live:
        live.follow()
        for name in ("d", "e"):
            worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", name), name=name))
            live.follow()
            live.keep()
        assert requests(live) == 5

    assert [record.getMessage() for record in caplog.records] == [
        "2025.kept is not used, and landing read anew: NotADirectoryError",
        "2025.kept cannot be written, so the next start takes longer: FileExistsError",
    ]


def test_a_full_disk_stops_nothing_and_leaves_what_was_kept(
    stranger: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever it becomes full: answers go on, the file of before stands, and once there is room all is kept."""
    before, (soft, hard) = stranger.kept.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    size = len(before)
    with stranger.started() as live:
        for number, limit in enumerate(range(0, size, size // 12)):
            row = request("org-9", "2025-03-02T10:00", f"x{number}")
            stranger.pipeline.land(*files_of(row, name=f"x{number}"))
            taken = live.follow()
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
            try:
                live.keep()
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            assert (taken.taken, requests(live, NEW)) == (1, number + 2)
            assert stranger.kept.read_bytes() == before
        assert [*stranger.kept.parent.iterdir()] == [stranger.kept]
        assert caplog.records
    with stranger.started() as live:
        assert (requests(live, NEW), live.follow().taken) == (number + 2, 0)


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.pipeline import SECRET
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.snapshot import warm_start
from wrapped_assets.serving.live.live import Live

def killed(source, target):
    target.write(source.read(1000))
    target.flush()
    os.kill(os.getpid(), signal.SIGKILL)

snapshot, landing, path = sys.argv[1:]
keeper = warm_start.Keeper(Path(path), SECRET, {"snapshot": "one", "landing": "here"})
live = Live.open(Path(snapshot), LandingStore.open(f"file://{landing}"), SECRET, keeper=keeper)
warm_start.shutil.copyfileobj = killed
live.follow()
live.follow()
"""


def test_a_process_that_is_killed_while_it_keeps_leaves_the_file_of_before(
    worker: Worker,
) -> None:
    """Or none when there was none; what it began is removed an hour later."""
    arguments = [str(worker.snapshot), str(worker.pipeline.landing), str(worker.kept)]
    worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "c"), name="first"))
    command = [sys.executable, "-c", _KILLED, *arguments]
    assert subprocess.run(command, env={"PYTHONPATH": ":".join(sys.path)}).returncode == -9
    assert not worker.kept.exists()

    followed(worker)
    assert len([*worker.kept.parent.iterdir()]) == 2
    with worker.started() as live:
        assert requests(live) == 3
        worker.pipeline.land(*files_of(request("org-1", "2025-03-02T10:00", "d"), name="second"))
        for each in worker.kept.parent.iterdir():
            os.utime(each, (time.time() - 3601,) * 2)
        live.follow()
    assert [*worker.kept.parent.iterdir()] == [worker.kept]


def test_two_workers_keep_under_one_name(stranger: Worker, caplog: pytest.LogCaptureFixture) -> None:
    """The last one wins; whoever starts meanwhile finds one of them whole."""
    done = threading.Event()
    # A draft that another worker has put in its place between being listed and being looked at.
    (stranger.kept.parent / ".2025.kept.gone").symlink_to("nowhere")

    def work() -> None:
        with stranger.started(end=False) as live:
            while not done.is_set():
                live._keeper.changed()  # type: ignore[union-attr]
                live.keep()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    try:
        for _ in range(8):
            with stranger.started(end=False) as live:
                assert requests(live, NEW) == 1
    finally:
        done.set()
        for each in workers:
            each.join()
    assert not caplog.records
