"""A publisher that ends at any moment leaves readers with the version they had, whole; the next one ends right.

Killed for real, at any statement or in the middle of a write; and failing at any call to the store, in a folder and a bucket.
The moments are counted, never timed, so every run of these tests dies at the same places.
"""

import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.published_editions import (
    YEAR,
    Counted,
    Edition,
    bucket,
    listeners,
    publish,
    seen_by_a_new_reader,
    the_s3_server,
)
from wrapped_assets.editions import Published, Publisher, catalog, pointer
from wrapped_assets.editions.errors import PromotedMeanwhile, StoreFailed
from wrapped_assets.editions.store import Store

pytestmark = pytest.mark.proof

s3_server = the_s3_server

SNAPSHOT = b"what the API answers from" * 4000
OLD, NEW = listeners(3, "old"), listeners(5, "new")
PACKAGE = str(Path(Publisher.__module__.replace(".", "/")).parent)


def publish_and_promote(store: Store, documents: dict[str, bytes] = NEW) -> int:
    """What an operator does."""
    publisher = Publisher(store)
    manifest = publisher.publish(Edition(documents, snapshot=SNAPSHOT).contents()).manifest
    return publisher.promote(YEAR, manifest.number).number


# ---- What a process does, and how it dies. These run in a process of their own.

Death = tuple[str, int]


def die_publishing(url: str, death: Death | None, told: Connection | None = None) -> None:
    """Publish and promote; or die on the way, at a line of the package or at a byte of a file."""
    how, place = death or ("never", 0)
    if how == "at byte":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (place, place))
        # Python ignores it.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    lines = _watch_lines(place if how == "at line" else 0)
    publish_and_promote(Store(url))
    sys.settrace(None)
    if told:
        told.send(len(lines))


def _watch_lines(fatal: int) -> list[int]:
    """Have this process killed before it runs the line with this number; the list grows by each line that runs."""
    seen: list[int] = []

    def watch_line(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        if event == "line":
            seen.append(frame.f_lineno)
            if len(seen) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
        return watch_line

    def watch_call(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        return watch_line if PACKAGE in frame.f_code.co_filename else None

    sys.settrace(watch_call)
    return seen


def publish_often(url: str, who: str, times: int) -> None:
    """Publish and promote again and again, beside others who do the same."""
    for n in range(times):
        try:
            publish_and_promote(Store(url), listeners(4, f"{who}, {n}"))
        except PromotedMeanwhile:
            continue


# ---- Running them

_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(["tests.test_publication_killed"])


def started(work: Callable[..., None], *args: Any) -> multiprocessing.process.BaseProcess:
    """A process that has begun the work."""
    process = _forked.Process(target=work, args=args)
    process.start()
    return process


def ended(process: multiprocessing.process.BaseProcess) -> int | None:
    """How it ended: 0, the exit code, or minus the signal."""
    process.join(timeout=120)
    return process.exitcode


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which an old version is current."""
    folder = tmp_path_factory.mktemp("published")
    publish(Store(folder.as_uri()), OLD)
    return folder


@pytest.fixture(scope="module")
def lines(before: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines of the package run from the first to the last."""
    place = tmp_path_factory.mktemp("undisturbed") / "published"
    shutil.copytree(before, place)
    ours, theirs = _forked.Pipe()
    process = started(die_publishing, place.as_uri(), None, theirs)
    number = ours.recv()
    assert ended(process) == 0
    return int(number)


def damaged(store: Store) -> list[int]:
    """The versions that look complete and are not: an operator would look for a backup of what never was."""
    return [each.number for each in catalog.versions(store, YEAR) if each.damage]


def is_whole_after(before: Path, place: Path, death: Death, end: int) -> bool:
    """Let a publisher die; readers find the old version or the new one whole, and the next publisher the end. True for new."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(before, place)
    store = Store(place.as_uri())
    reader = Published(store, follow_seconds=0)
    assert reader.current(YEAR) is not None
    assert ended(started(die_publishing, store.url, death)) == end, death

    seen = seen_by_a_new_reader(store, place)
    assert seen in ((1, OLD, b"what the API answers from"), (2, NEW, SNAPSHOT)), death
    assert seen is not None
    assert damaged(store) == [], death
    followed = reader.current(YEAR)
    assert followed is not None and followed.number == seen[0], death

    number = publish_and_promote(store)
    assert seen_by_a_new_reader(store, place) == (number, NEW, SNAPSHOT), death
    Publisher(store).rollback(YEAR)
    assert seen_by_a_new_reader(store, place) == seen, death
    return seen[0] == 2


def test_a_publisher_killed_anywhere_leaves_readers_what_they_had(
    before: Path, lines: int, tmp_path: Path
) -> None:
    """At forty of its lines, evenly, and at each of the last thirty: there the marker and the pointer are written."""
    places = sorted({*range(1, lines, lines // 40), *range(lines - 30, lines + 1)})
    became_new = [
        is_whole_after(before, tmp_path / "published", ("at line", place), -signal.SIGKILL)
        for place in places
    ]
    assert became_new == sorted(became_new)
    assert 0 < became_new.count(True) < len(places) / 2


@pytest.mark.slow
def test_a_publisher_killed_at_any_line_leaves_readers_what_they_had(
    before: Path, lines: int, tmp_path: Path
) -> None:
    """The same at every line of the package that runs."""
    for place in range(1, lines + 1):
        is_whole_after(before, tmp_path / "published", ("at line", place), -signal.SIGKILL)


@pytest.mark.parametrize("place", [0, 10, 100, 300, 700, 50_000])
def test_a_publisher_that_dies_in_the_middle_of_a_write_leaves_readers_what_they_had(
    before: Path, tmp_path: Path, place: int
) -> None:
    """A claim, a document, a piece of the index, the manifest, the snapshot is torn."""
    assert not is_whole_after(before, tmp_path / "published", ("at byte", place), -signal.SIGXFSZ)


@pytest.mark.parametrize("kind", ["folder", "bucket"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_store_that_fails_at_any_call_leaves_readers_what_they_had(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, when: str
) -> None:
    """For each call from the first to the last: it fails without having worked, or works and the answer is lost."""
    server = request.getfixturevalue("s3_server") if kind == "bucket" else ""
    place, became_new = 1, []
    while True:
        store = bucket(server) if server else Store((tmp_path / str(place)).as_uri())
        publish(store, OLD)
        failing = Counted(store)
        failing.fail_at(place, when)
        try:
            publish_and_promote(failing)
            break
        except StoreFailed:
            pass
        seen = seen_by_a_new_reader(store, tmp_path)
        assert seen in ((1, OLD, b"what the API answers from"), (2, NEW, SNAPSHOT)), failing.calls[-1]
        assert damaged(store) == [], failing.calls[-1]
        became_new.append(seen[0] == 2)
        number = publish_and_promote(store)
        assert number in (2, 3)
        assert seen_by_a_new_reader(store, tmp_path) == (number, NEW, SNAPSHOT)
        place += 1
    assert len(became_new) > 15
    # The pointer is the last thing that is written: only an answer lost there leaves the new version.
    assert became_new == [False] * (len(became_new) - 1) + [when == "after"]


def test_several_processes_publish_at_once_and_readers_see_whole_versions_only(
    before: Path, tmp_path: Path
) -> None:
    """Three publishers beside each other; whoever reads meanwhile finds one publisher's documents and nobody else's."""
    place = tmp_path / "published"
    shutil.copytree(before, place)
    store = Store(place.as_uri())
    publishers = [started(publish_often, store.url, f"publisher {n}", 5) for n in range(3)]
    seen = set()
    while any(publisher.is_alive() for publisher in publishers):
        found = seen_by_a_new_reader(store, place)
        assert found is not None
        number, documents, _ = found
        assert len({content.split(b'"said"')[1] for content in documents.values()}) == 1
        seen.add(number)
    assert [ended(publisher) for publisher in publishers] == [0, 0, 0]

    assert len(seen) > 1
    made = [each.number for each in catalog.versions(store, YEAR) if each.version]
    assert made == list(range(16, 0, -1))
    moves = pointer.history(store, YEAR)
    assert [move.sequence for move in moves] == list(range(1, len(moves) + 1))
