"""The editions that a worker answers from: what a promotion changes, and what it never interrupts."""

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.api_world import YEAR, Live, Published, shelf_of, version
from wrapped_assets.serving.live.shelf import YEARS_EVERY, NoAnswers, Shelf
from wrapped_assets.snapshot.following import FollowReport


class Opened:
    """Opens snapshots, and remembers what it opened."""

    def __init__(self) -> None:
        self.lives: list[tuple[str, Live]] = []
        self.failure: Exception | None = None
        self.asked = 0

    def __call__(self, snapshot: Path, version: object) -> Live:
        self.asked += 1
        if self.failure:
            raise self.failure
        self.lives.append((snapshot.name, Live({})))
        return self.lives[-1][1]


@pytest.fixture
def published() -> Published:
    """Version 1 is promoted."""
    return Published({YEAR: version(1)})


@pytest.fixture
def opened() -> Opened:
    """Nothing yet."""
    return Opened()


@pytest.fixture
def shelf(published: Published, opened: Opened, tmp_path: Path) -> Shelf:
    """After the first look."""
    made = shelf_of(published, opened, tmp_path)
    made.look()
    return made


def using(shelf: Shelf) -> AbstractContextManager[Any]:
    """What answers about the year, which is what stands here for it."""
    return shelf.using(YEAR)


def test_a_promoted_version_is_opened_once(shelf: Shelf, opened: Opened) -> None:
    """However often it is looked at."""
    shelf.look()

    assert (shelf.years, shelf.numbers()) == ([YEAR], {YEAR: 1})
    assert [name for name, _ in opened.lives] == ["2025-v1-0.duckdb"]


def test_a_promotion_takes_the_place_of_the_version_before(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """Which is closed, since nobody uses it."""
    published.promoted[YEAR] = version(2)
    shelf.look()

    (_, first), (_, second) = opened.lives
    assert shelf.numbers() == {YEAR: 2}
    assert (first.is_closed, second.is_closed) == (True, False)


def test_a_promotion_forgets_nothing_that_landed(shelf: Shelf, published: Published, opened: Opened) -> None:
    """The new version has looked at landing before the first request reaches it."""
    published.promoted[YEAR] = version(2)
    shelf.look()

    assert opened.lives[1][1].follows == 1 and shelf.editions[YEAR].files["taken"] == 2


def test_a_rollback_is_a_promotion_too(shelf: Shelf, published: Published) -> None:
    """The number goes down."""
    published.promoted[YEAR] = version(2)
    shelf.look()
    published.promoted[YEAR] = version(1)
    shelf.look()

    assert shelf.numbers() == {YEAR: 1}


def test_what_was_taken_in_is_kept_at_the_end_by_what_is_current(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """And not by the version before, which would put its own in the place of the other's."""
    published.promoted[YEAR] = version(2)
    shelf.look()
    shelf.close()

    assert [live.keeps for _, live in opened.lives] == [0, 1]


def test_a_version_in_use_is_closed_after_its_last_request(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """Requests that began before the promotion end as they began; those after it get the new one."""
    old = opened.lives[0][1]
    with using(shelf) as first, using(shelf) as second:
        published.promoted[YEAR] = version(2)
        shelf.look()
        assert first is second is old and not old.is_closed
        with using(shelf) as third:
            assert third is opened.lives[1][1]
    assert old.is_closed


def test_no_request_meets_a_closed_version(shelf: Shelf, published: Published, opened: Opened) -> None:
    """A hundred promotions under four threads that ask all the time."""
    failures, stopped, asked = [], threading.Event(), [0] * 4

    def ask(number: int) -> None:
        while not stopped.is_set():
            with using(shelf) as live:
                if live.is_closed:
                    failures.append(live)
                asked[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 102):
        published.promoted[YEAR] = version(number)
        shelf.look()
    stopped.set()
    for thread in threads:
        thread.join()

    assert not failures and all(asked)
    assert [live.is_closed for _, live in opened.lives] == [True] * 100 + [False]


def test_a_version_that_cannot_be_opened_leaves_the_one_before(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """It says so, in no word of the engine's, and tries again."""
    published.promoted[YEAR] = version(2)
    opened.failure = OSError("/srv/wrapped/x.duckdb is damaged")
    shelf.look()
    assert (shelf.numbers(), shelf.trouble) == ({YEAR: 1}, "could not open the edition of 2025: OSError")

    opened.failure, shelf.clock = None, lambda: time.monotonic() + 1
    shelf.look()
    assert (shelf.numbers(), shelf.trouble) == ({YEAR: 2}, "")


def test_a_version_that_stays_damaged_is_tried_ever_more_rarely(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """Reading a large snapshot once a second in each worker would cost more than all answers. Another version is tried at once."""
    published.promoted[YEAR] = version(2)
    opened.failure = OSError("damaged")
    now, tried = 0, []
    shelf.clock = lambda: now
    for now in range(300):
        before = opened.asked
        shelf.look()
        assert shelf.trouble
        tried += [now] * (opened.asked - before)
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]

    published.promoted[YEAR], opened.failure = version(3), None
    shelf.look()
    assert (shelf.numbers(), shelf.trouble) == ({YEAR: 3}, "")


def test_a_version_without_a_snapshot_ends_the_answers_of_the_one_before(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """Its pages are shown, so nothing may go on saying what the other version said; nor is anything amiss."""
    published.promoted[YEAR] = replace(version(2), has_snapshot=False)
    shelf.look()
    shelf.follow()

    assert (shelf.numbers(), shelf.trouble, opened.lives[0][1].is_closed) == ({YEAR: 2}, "", True)
    assert time.time() - shelf.editions[YEAR].complete_at < 60
    with pytest.raises(NoAnswers), using(shelf):
        pass

    published.promoted[YEAR] = version(1)
    shelf.look()
    with using(shelf) as live:
        assert live is opened.lives[1][1]


def test_a_store_that_does_not_answer_changes_nothing(shelf: Shelf, published: Published) -> None:
    """What was served is served."""
    published.failure = OSError("no answer")
    for _ in range(YEARS_EVERY + 1):
        shelf.look()

    assert shelf.numbers() == {YEAR: 1} and "OSError" in shelf.trouble


def test_another_year_is_found(shelf: Shelf, published: Published, opened: Opened) -> None:
    """Its first promotion needs no restart, and old years stay."""
    published.promoted[2026] = version(1)
    for _ in range(YEARS_EVERY):
        shelf.look()

    assert shelf.years == [YEAR, 2026]


def test_what_landed_is_followed(shelf: Shelf, opened: Opened) -> None:
    """Its files are counted."""
    shelf.follow()
    shelf.follow()

    assert opened.lives[0][1].follows == 2
    assert shelf.editions[YEAR].files == {"taken": 4, "quarantined": 0, "held": 0, "unread": 1}


def test_landing_that_takes_long_holds_up_no_promotion(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """The version that is looking ends its look, and is closed then; the new one answers meanwhile."""
    looking, go_on = threading.Event(), threading.Event()
    old = opened.lives[0][1]

    def follow(seconds: float | None = None) -> FollowReport:
        looking.set()
        go_on.wait(30)
        assert not old.is_closed
        return FollowReport()

    old.follow = follow  # type: ignore[method-assign]
    following = threading.Thread(target=shelf.follow)
    following.start()
    assert looking.wait(30)
    published.promoted[YEAR] = version(2)
    shelf.look()
    assert (shelf.numbers(), old.is_closed) == ({YEAR: 2}, False)

    go_on.set()
    following.join()
    assert old.is_closed and shelf.trouble == ""


def test_a_landing_that_cannot_be_read_is_told_until_it_can(shelf: Shelf, opened: Opened) -> None:
    """Whatever the promotions look like meanwhile."""
    live = opened.lives[0][1]

    def follow(seconds: float | None = None) -> FollowReport:
        raise OSError("/srv/landing is away")

    live.follow = follow  # type: ignore[method-assign]
    shelf.follow()
    shelf.look()
    assert shelf.trouble == "could not follow landing for 2025: OSError"

    del live.follow
    shelf.follow()
    assert shelf.trouble == ""


def test_a_failure_beside_what_was_taken_is_told_and_the_rest_counted(shelf: Shelf, opened: Opened) -> None:
    """What could be taken in is in the numbers; how far landing was seen stays where it was."""
    live = opened.lives[0][1]
    report = FollowReport(taken=3, unread={"a": "refused"}, failure=OSError("/srv/landing is ill"))
    live.follow = lambda seconds=None: report  # type: ignore[method-assign]
    shelf.follow()

    assert shelf.trouble == "could not follow landing for 2025: OSError"
    assert shelf.editions[YEAR].files == {"taken": 3, "quarantined": 0, "held": 0, "unread": 1}
    assert shelf.editions[YEAR].complete_at == 0.0


def test_a_version_whose_look_failed_is_closed_as_any_other(
    shelf: Shelf, published: Published, opened: Opened
) -> None:
    """Its error is kept for the next look, and keeps nothing open."""
    live, failure = opened.lives[0][1], OSError("/srv/landing is ill")
    live.follow = lambda seconds=None: FollowReport(failure=failure)  # type: ignore[method-assign]
    shelf.follow()
    published.promoted[YEAR] = version(2)
    shelf.look()

    assert live.is_closed


def test_what_cannot_be_read_is_logged_once(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """By its key, which an operator can look for."""
    for _ in range(3):
        shelf.follow()

    assert [record.getMessage() for record in caplog.records] == ["Skipped a of landing, and tried again: no"]


def test_a_retired_snapshot_takes_no_disk(shelf: Shelf, published: Published, tmp_path: Path) -> None:
    """Its copy in the worker's folder goes with it."""
    (tmp_path / "2025-v1-0.duckdb").write_bytes(b"x")
    (tmp_path / "2025-v11-0.duckdb").write_bytes(b"x")
    published.promoted[YEAR] = version(2)
    shelf.look()

    assert [path.name for path in tmp_path.iterdir()] == ["2025-v11-0.duckdb"]


def test_a_year_that_is_not_there(shelf: Shelf) -> None:
    """KeyError, and never another year's rows."""
    with pytest.raises(KeyError), shelf.using(2019):
        pass
