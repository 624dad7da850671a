"""Ten thousand objects in one day of a real bucket: all taken in once, over many pages of listings, also when the import is killed.

`pytest -s` prints what was asked of each server and how long it took.
"""

import itertools
import multiprocessing
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests import oracle
from tests.counting_proxy import Proxy, proxy
from tests.landing_files import LandingFile, Row, content, request
from tests.object_stores import ObjectStore
from tests.pipeline import RAW_COLUMNS, Pipeline, Run
from wrapped_assets.assets.importing import BATCH_FILES
from wrapped_assets.landing.store import LandingStore

pytestmark = pytest.mark.slow

FILES = 10_001
PAGES = 11
KILLED_AT = 4_321
DAY = "2025-03-01"


@cache
def files() -> list[LandingFile]:
    """A file for each request, in two regions of which S3 lists the other one first; each also repeats, corrected, that of two files before."""
    start = datetime.fromisoformat(f"{DAY}T00:00:00")

    def row(number: int, minutes: int, read_bytes: int) -> Row:
        at, place = start + timedelta(seconds=8 * number), region(number)
        told = {"exported_at": at + timedelta(minutes=minutes), "read_bytes": read_bytes}
        return request(f"org-{number % 7}", at, f"r{number}", region=place, **told)

    def region(number: int) -> str:
        return ("eu", "eu-west")[number % 2]

    return [
        LandingFile(
            "pipe_stats",
            DAY,
            region(number),
            # Not written in the order of their names.
            f"export-{number * 7919 % FILES:05}",
            [row(number, 5, 1000), *([row(number - 2, 6, number)] if number >= 2 else [])],
        )
        for number in range(FILES)
    ]


@cache
def contents() -> dict[str, bytes]:
    """Their bytes."""
    return {file.key: content(file) for file in files()}


@dataclass(frozen=True)
class Landed:
    """A server that holds them, asked through a proxy."""

    server: ObjectStore
    bucket: str
    seen: Proxy

    @property
    def store(self) -> LandingStore:
        return self.server.behind(self.seen.endpoint).landing(self.bucket)

    def tell(self, what: str, began: float) -> None:
        """For the record."""
        seconds = time.monotonic() - began
        asked = f"{self.seen.listings} listings, {len(self.seen.objects)} reads of objects"
        print(f"\n{self.server.name}: {what}: {asked}, {seconds:.1f} s")


@cache
def filled(server: ObjectStore) -> str:
    """A bucket with all of them in it; nothing here changes it."""
    bucket, began = server.new_bucket(), time.monotonic()
    server.write(bucket, contents())
    print(f"\n{server.name}: {FILES} objects written: {time.monotonic() - began:.1f} s")
    return bucket


@pytest.fixture
def landed(object_store: ObjectStore) -> Iterator[Landed]:
    """The bucket of each server in turn, and nothing asked of it yet."""
    with proxy(object_store.endpoint) as seen:
        yield Landed(object_store, filled(object_store), seen)


def import_all(home: Path, store: LandingStore) -> None:
    """What a process of its own does."""
    with Pipeline(home).warehouse.writing() as writer:
        Run(writer, store).take_in("pipe_stats")


def ledger(run: Run) -> int:
    """How many files the ledger holds, each once."""
    ((rows, keys),) = run.rows("select count(*), count(distinct object_key) from landing.files")
    assert rows == keys
    return int(rows)


def test_ten_thousand_objects_are_imported_once(landed: Landed, tmp_path: Path) -> None:
    """Each is read once, over more than ten pages of one listing; the second look lists again and reads nothing."""
    began = time.monotonic()
    with Pipeline(tmp_path).warehouse.writing() as writer:
        run = Run(writer, landed.store)
        report = run.take_in("pipe_stats")

        landed.tell("imported", began)
        assert (report.files, report.rows) == (FILES, 2 * FILES - 2)
        assert not report.quarantined_files and not report.quarantined_rows
        assert ledger(run) == FILES
        assert len(landed.seen.objects) == len(set(landed.seen.objects)) == FILES
        # One asks which days there are.
        assert landed.seen.listings == PAGES + 1

        landed.seen.forget()
        began = time.monotonic()
        assert run.take_in("pipe_stats").files == 0
        landed.tell("looked at again", began)
        assert landed.seen.objects == []
        assert landed.seen.listings == PAGES + 1


def test_an_import_that_is_killed_in_the_middle_is_finished_by_the_next(
    landed: Landed, tmp_path: Path
) -> None:
    """SIGKILL while files are read: what was committed is not read again, all is there once, raw is as the oracle says."""
    began = time.monotonic()
    killed_at(KILLED_AT, landed, tmp_path)
    landed.tell("killed", began)
    with Pipeline(tmp_path).duckdb.reading() as reader:
        committed = len(reader.known("pipe_stats", None))
    # The batch in which it died is gone as a whole.
    assert committed == KILLED_AT // BATCH_FILES * BATCH_FILES

    # Another proxy: the last requests of the dead one may still be on their way through the first.
    with proxy(landed.server.endpoint) as seen:
        again, began = replace(landed, seen=seen), time.monotonic()
        child = importer(tmp_path, again.store)
        child.start()
        child.join()
        again.tell("finished", began)
        assert child.exitcode == 0
        assert len(seen.objects) == len(set(seen.objects)) == FILES - committed

    with Pipeline(tmp_path).warehouse.writing() as writer:
        run = Run(writer, landed.server.landing(landed.bucket))
        assert ledger(run) == FILES
        assert run.take_in("pipe_stats").files == 0
        run.raw("pipe_stats")
        columns = RAW_COLUMNS["pipe_stats"]
        expected = [tuple(row[name] for name in columns) for row in oracle.raw_rows(files(), "pipe_stats")]
        assert len(expected) == FILES
        assert sorted(run.rows("from raw.pipe_stats"), key=repr) == sorted(expected, key=repr)


def importer(home: Path, store: LandingStore) -> multiprocessing.process.BaseProcess:
    """A process of its own that will import."""
    return multiprocessing.get_context("spawn").Process(target=import_all, args=(home, store))


def killed_at(number: int, landed: Landed, home: Path) -> None:
    """Import in a process that is killed when it asks for the object of that number, counted from 0, and before it gets it."""
    objects, child = itertools.count(), importer(home, landed.store)

    def watch(path: str, before: int) -> None:
        if "list-type=2" not in path and next(objects) == number:
            child.kill()

    landed.seen.answers = watch
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
