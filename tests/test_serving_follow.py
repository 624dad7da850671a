"""What becomes of an answer when files arrive late, change, vanish or cannot be read, and when names and owners move."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import urllib3
from obstore.exceptions import BaseError

from tests import many_rows
from tests.landing_files import (
    files_of,
    operation,
    organization,
    reading,
    request,
    truncated,
    workspace,
    write,
)
from tests.live import said, serving
from tests.pipeline import NOW, SECRET, Pipeline
from wrapped_assets.landing.folder import Folder
from wrapped_assets.landing.objects import LandingObject, Listing, Problem
from wrapped_assets.landing.store import LandingStore, LandingStoreError
from wrapped_assets.periods import Span
from wrapped_assets.resources.duckdb import dimensions, raw
from wrapped_assets.resources.errors import SnapshotNotReady, SnapshotUnreadable
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot import following, fresh, touched
from wrapped_assets.snapshot.from_warehouse import write_snapshot
from wrapped_assets.snapshot.overlay import Overlay

pytestmark = pytest.mark.proof

ANA, BOB, OWNER = (wrapped_id(SECRET, id) for id in ("org-1", "org-2", "owner"))


@pytest.fixture
def built(tmp_path: Path) -> Pipeline:
    """Two customers with a few requests each, spring 2025, on DuckDB."""
    pipeline = Pipeline(tmp_path)
    pipeline.build(
        *files_of(
            request("org-1", "2025-03-01T10:00", "a", read_bytes=10),
            request("org-1", "2025-03-01T11:00", "b", read_bytes=20),
            request("org-2", "2025-03-01T10:00", "c"),
        )
    )
    return pipeline


def requests(live: Live, customer: str, *days: date) -> int:
    """Their number."""
    return int(said(live, [customer], *days)["total_requests"])


def test_a_repeated_row_counts_once(built: Pipeline) -> None:
    """The classic mistake: fresh rows added to aggregates that hold them already."""
    with serving(built) as live:
        built.land(*files_of(request("org-1", "2025-03-01T10:00", "a", read_bytes=10), name="again"))
        report = live.follow()

        assert (report.taken, report.hours) == (1, 1)
        assert requests(live, ANA) == 2


def test_more_changed_hours_than_a_row_group_all_count(built: Pipeline) -> None:
    """Of a catch-up after an outage, all of one file."""
    organizations = many_rows.ROW_GROUP // 24 + 1000
    with serving(built) as live:
        many_rows.land_requests(built.landing, "2025-03-02", 24 * organizations, organizations)
        report = live.follow()

        assert report.failure is None
        for number in (0, 1, organizations - 1):
            expected = 24 if number != 1 else 26
            assert requests(live, wrapped_id(SECRET, f"org-{number}")) == expected


def test_only_what_differs_is_kept(tmp_path: Path) -> None:
    """A late request marks its own organization, kind and periods; all that was exported once more costs nothing."""
    pipeline = Pipeline(tmp_path)
    known = [
        request("org-1", "2025-03-01T10:00", "a"),
        request("org-2", "2025-03-01T10:10", "b"),
        operation("org-1", "2025-03-01T10:20"),
        operation("org-2", "2025-03-01T10:20"),
    ]
    pipeline.build(*files_of(*known))
    with serving(pipeline) as live:
        pipeline.land(*files_of(*known, request("org-1", "2025-03-01T10:30", "late"), name="again"))
        live.follow()
        kept = {
            level: live.history.rows(
                f"select organization_id, kind, id, amount from fresh.{level} join organizations using (organization)"
                " order by all nulls first"
            )
            for level in ("hourly", "daily", "monthly")
        }

    both = [("org-1", "requests", None, 0), ("org-1", "requests", "ws-1", 2)]
    days = [("org-1", "days", None, 0), ("org-1", "days", "", 2)]
    assert kept == {"hourly": both, "daily": both, "monthly": days + both}


def test_the_last_reading_counts_and_not_the_largest(built: Pipeline) -> None:
    """Of a day that history and a fresh file share, under a new name, and of the months around it."""
    with serving(built) as live:
        for number, (at, name, size) in enumerate(
            [("2025-03-01T10:00", "z", 9), ("2025-03-01T12:00", "y", 8), ("2025-02-01T12:00", "zz", 10)]
        ):
            row = reading("org-1", at, "d", datasource_name=name, bytes=size, rows=size)
            built.land(*files_of(row, name=f"late-{number}"))
            live.follow()
        row = said(live, [ANA])

        assert (row["storage_bytes"], row["storage_rows"], row["largest_datasource"]) == (8, 8, "y")


def test_readings_of_one_hour_under_two_names_are_one_data_source(tmp_path: Path) -> None:
    """The later one counts, though smaller and of a lesser name: in the snapshot, and in an hour that is counted again."""
    pipeline = Pipeline(tmp_path)
    first = reading("org-1", "2025-03-01T10:00", "d", datasource_name="z", bytes=9, rows=9)
    second = reading("org-1", "2025-03-01T10:30", "d", datasource_name="y", bytes=8, rows=8)
    third = reading("org-1", "2025-03-01T10:45", "d", datasource_name="x", bytes=7, rows=7)
    pipeline.build(*files_of(first, second))
    with serving(pipeline) as live:
        for size, name in ((8, "y"), (7, "x")):
            row = said(live, [ANA])
            assert (row["storage_bytes"], row["storage_rows"], row["largest_datasource"]) == (
                size,
                size,
                name,
            )
            pipeline.land(*files_of(third, name="late"))
            live.follow()


def test_errors_add_up_over_hours_and_days(built: Pipeline) -> None:
    """Three of them: two in one day that history has a part of, one on another day."""
    with serving(built) as live:
        for number, at in enumerate(("2025-03-01T12:00", "2025-03-01T13:00", "2025-03-02T12:00")):
            built.land(*files_of(request("org-1", at, f"e{number}", error=1), name=f"late-{number}"))
        live.follow()

        assert said(live, [ANA])["total_errors"] == 3


def test_a_correction_replaces_what_it_corrects(built: Pipeline) -> None:
    """A newer version of a row that history holds."""
    with serving(built) as live:
        newer = request("org-1", "2025-03-01T10:00", "a", read_bytes=7, exported_at="2025-03-02T00:00")
        built.land(*files_of(newer, name="correction"))
        live.follow()

        assert said(live, [ANA])["total_bytes_read"] == 27


def test_an_older_version_changes_nothing(built: Pipeline) -> None:
    """Whenever it arrives."""
    with serving(built) as live:
        older = request("org-1", "2025-03-01T10:00", "a", read_bytes=7, exported_at="2025-03-01T10:01")
        built.land(*files_of(older, name="old export"))
        live.follow()

        assert said(live, [ANA])["total_bytes_read"] == 30


def test_a_late_file_changes_its_month_only_for_those_it_names(built: Pipeline) -> None:
    """Ten months late, in another day's folder, and at the first instant of its month."""
    with serving(built) as live:
        (late,) = files_of(request("org-2", "2025-01-01T00:00", "late"), name="late")
        built.land(late.__class__(late.family, "2025-11-30", late.region, late.name, late.rows))
        live.follow()

        assert requests(live, BOB, date(2025, 1, 1), date(2025, 2, 1)) == 1
        assert requests(live, ANA) == 2


def test_a_changed_object_takes_its_old_rows_away(built: Pipeline) -> None:
    """Same key, other content: the hours of both versions are counted again."""
    with serving(built) as live:
        built.land(*files_of(request("org-1", "2025-03-01T12:00", "d")))
        live.follow()

        assert (requests(live, ANA), requests(live, BOB)) == (1, 0)

        built.land(
            *files_of(request("org-1", "2025-03-01T13:00", "e"), request("org-2", "2025-03-01T13:00", "f"))
        )
        live.follow()

        assert (requests(live, ANA), requests(live, BOB)) == (1, 1)


def test_a_day_that_raw_was_still_to_rebuild_is_counted_to_its_last_hour(built: Pipeline) -> None:
    """The ledger knew of a changed object when the snapshot was made, raw did not: what the object held is no more."""
    first, last = (
        request("org-1", "2025-03-01T00:00", "first"),
        request("org-1", "2025-03-01T23:59:59.999", "last"),
    )
    built.build(*files_of(first, last, name="more"))
    built.land(*files_of(request("org-2", "2025-03-01T12:00", "noon"), name="more"))
    with built.open() as run:
        run.take_in("pipe_stats")
    with serving(built) as live:
        live.follow()

        assert (requests(live, ANA), requests(live, BOB)) == (2, 2)


def test_an_hour_that_needs_a_vanished_file_stays_as_it_was(built: Pipeline) -> None:
    """Nothing is guessed: the hour is reported, every other hour of the new file counts."""
    (old,) = files_of(request("org-1", "2025-03-01T10:00", "a"))
    with serving(built) as live:
        built.vanish(old)
        built.land(
            *files_of(
                request("org-1", "2025-03-01T10:30", "held"),
                request("org-1", "2025-03-01T15:00", "free"),
                name="new",
            )
        )
        report = live.follow()

        assert report.held == {old.key: "vanished"}
        assert (report.hours, report.held_hours) == (1, 1)
        assert requests(live, ANA) == 3

        built.land(old)
        live.follow()

        assert requests(live, ANA) == 3  # a, held and free: the object came back without b


@pytest.mark.parametrize(
    ("of", "step"), [(raw, "insert_newest"), (Overlay, "_replace_periods")], ids=["a piece", "a level"]
)
def test_hours_that_fail_half_way_are_all_as_before_and_tried_again(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch, of: Any, step: str
) -> None:
    """Recomputed piece by piece, they and their days and months change together or not at all."""
    days = Span(date(2025, 3, 1), date(2025, 3, 3))
    with serving(built) as live, monkeypatch.context() as patches:
        built.land(
            *files_of(
                *(request("org-1", f"2025-03-0{day}T10:30", f"late {day}") for day in (1, 2)), name="late"
            )
        )
        patches.setattr(touched, "CHUNK_ROWS", 1)
        done, times = getattr(of, step), []

        def failing(*arguments: Any) -> None:
            times.append(arguments)
            if len(times) == 2:
                raise OSError("no space is left")
            done(*arguments)

        patches.setattr(of, step, failing)
        report = live.follow()
        assert (repr(report.failure), report.hours) == ("OSError('no space is left')", 0)
        hours = "select sum(amount) from present_hourly where kind = 'requests'"
        assert live.history.rows(hours) == [(3,)]
        assert [requests(live, ANA), requests(live, ANA, days.start, days.end)] == [2, 2]

        assert live.follow().hours == 2
        assert [requests(live, ANA), requests(live, ANA, days.start, days.end)] == [4, 4]
        assert len(times) == 4


def test_an_hour_is_made_up_for_once_its_file_is_back(
    built: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same version of it, restored from an archive: no listing would ever call it new."""
    (old,) = files_of(request("org-1", "2025-03-01T10:00", "a"))
    with serving(built) as live:
        path = built.landing / old.key
        path.rename(tmp_path / "archive")
        built.land(*files_of(request("org-1", "2025-03-01T10:30", "held"), name="new"))
        assert live.follow().held_hours == 1
        (tmp_path / "archive").rename(path)
        assert (live.follow().hours, requests(live, ANA)) == (0, 2)

        monkeypatch.setattr(fresh, "monotonic", lambda: time.monotonic() + fresh.HELD_SECONDS)

        assert (live.follow().hours, requests(live, ANA)) == (1, 3)


def test_a_vanished_file_that_nothing_touches_keeps_its_rows(built: Pipeline) -> None:
    """A lifecycle rule removed it: all it brought stays."""
    (old,) = files_of(request("org-1", "2025-03-01T10:00", "a"))
    with serving(built) as live:
        built.vanish(old)

        assert live.follow().held == {}
        assert requests(live, ANA) == 2


def test_a_broken_file_counts_once_it_is_replaced(built: Pipeline) -> None:
    """Set aside whole, then read."""
    (good,) = files_of(request("org-1", "2025-04-01T10:00", "d"), name="new")
    with serving(built) as live:
        built.land(truncated(good))

        assert live.follow().quarantined == 1
        assert requests(live, ANA) == 2

        built.land(good)
        live.follow()

        assert requests(live, ANA) == 3


def test_a_look_that_finds_nothing_does_nothing(built: Pipeline) -> None:
    """Its price is the listing."""
    with serving(built) as live:
        report = live.follow()

        assert (report.listed, report.taken, report.hours) == (1, 0, 0)


def test_a_newer_owner_takes_the_whole_past(built: Pipeline) -> None:
    """A snapshot of names that landed after the serving snapshot moves an organization to a customer."""
    with serving(built) as live:
        built.land(*files_of(organization("org-1", customer_id="owner"), name="names"))
        live.follow()

        assert (requests(live, ANA), requests(live, OWNER)) == (0, 2)


def test_an_owner_of_a_new_organization_is_known(built: Pipeline) -> None:
    """Named first, or seen first: both only in fresh files."""
    with serving(built) as live:
        built.land(*files_of(organization("org-9", customer_id="owner"), name="names"))
        live.follow()
        built.land(*files_of(request("org-9", "2025-05-01T10:00", "x"), name="new"))
        live.follow()

        assert requests(live, OWNER) == 1

        built.land(*files_of(request("org-8", "2025-05-01T10:00", "x"), name="newer"))
        live.follow()
        built.land(*files_of(organization("org-8", customer_id="owner"), name="more names"))
        live.follow()

        assert requests(live, OWNER) == 2


def test_names_follow_snapshots_and_their_changes(built: Pipeline) -> None:
    """The newest wins; when the object that had it changes, it is looked for anew."""
    with serving(built) as live:
        built.land(*files_of(workspace("ws-1", name="Old"), name="old"))
        newer = workspace("ws-1", name="New", exported_at="2025-06-01T00:00")
        built.land(*files_of(newer, name="new"))
        live.follow()

        assert [each["name"] for each in said(live, [ANA])["top_workspaces"]] == ["New"]

        built.land(*files_of(workspace("ws-2", name="Other"), name="new"))
        live.follow()

        assert [each["name"] for each in said(live, [ANA])["top_workspaces"]] == ["Old"]


def test_names_stay_when_a_rebuild_would_need_a_vanished_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a warehouse refuses to rebuild them; the file is reported at every look, nothing counts as taken, and the files are not
    fetched again each time."""
    pipeline = Pipeline(tmp_path)
    old, new = (
        files_of(workspace("ws-1", name=name, exported_at=at), name=name)[0]
        for name, at in (("old", "2025-01-01T00:00"), ("new", "2025-02-01T00:00"))
    )
    pipeline.build(old, new, *files_of(request("org-1", "2025-03-01T10:00", "a")))
    with serving(pipeline) as live:
        pipeline.vanish(old)
        pipeline.land(new.__class__(new.family, new.day, new.region, new.name, []))

        fetched: list[str] = []
        fetch = LandingStore.fetch

        def counted(self: LandingStore, objects: list[LandingObject], *more: Any, **options: Any) -> Any:
            fetched.extend(each.key for each in objects)
            return fetch(self, objects, *more, **options)

        monkeypatch.setattr(LandingStore, "fetch", counted)
        for _ in range(3):
            report = live.follow()
            assert (report.held, report.taken, report.changed) == ({old.key: "vanished"}, 0, False)
        assert fetched == [new.key, old.key]
        assert [each["name"] for each in said(live, [ANA])["top_workspaces"]] == ["new"]

        monkeypatch.setattr(fresh, "monotonic", lambda: time.monotonic() + fresh.HELD_SECONDS)
        pipeline.land(old)
        assert live.follow().taken > 0
        assert [each["name"] for each in said(live, [ANA])["top_workspaces"]] == ["old"]


def test_days_outside_the_calendar_wait(built: Pipeline) -> None:
    """As in the warehouse: a folder is not looked into, a row in another day's file waits until the calendar holds its day."""
    days = [Span(date(2025, 2, 1), date(2025, 4, 1))]
    with serving(built, calendar=lambda: days[0]) as live:
        (outside,) = files_of(request("org-1", "2025-04-02T10:00", "folder"), name="outside")
        (inside,) = files_of(request("org-1", "2025-04-01T10:00", "row"), name="inside")
        built.land(
            outside, inside.__class__(inside.family, "2025-03-31", inside.region, inside.name, inside.rows)
        )
        live.follow()

        assert requests(live, ANA) == 2

        days[0] = Span(date(2025, 2, 1), date(2025, 4, 2))
        live.follow()

        assert requests(live, ANA) == 3


def test_a_slow_look_goes_on_where_it_stopped(built: Pipeline) -> None:
    """Without any time at all it sees the newest days and one older one, and so comes to every day in turn; then it is complete."""
    with serving(built) as live:
        for day in range(2, 9):
            built.land(*files_of(request("org-1", f"2025-03-{day:02}T10:00", f"d{day}"), name="late"))
        seen, complete = [], []
        for _ in range(5):
            report = live.follow(seconds=0)
            seen.append(requests(live, ANA))
            complete.append(report.complete_at is not None)

        assert seen == [5, 6, 7, 8, 9]
        assert complete == [False, False, False, False, True]


def test_a_late_file_of_any_day_is_found_by_the_next_pass(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many older days there are: the oldest as well, though each look has no time. What was found is listed once more only."""
    days = [f"2025-{month:02}-{day:02}" for month in (1, 2, 4) for day in (3, 13, 23)]
    built.build(*files_of(*(request("org-1", f"{day}T10:00", day) for day in days), name="history"))
    with serving(built) as live:
        assert live.follow().listed == 3  # the newest days; the others have the marks of the ledger
        before = requests(live, ANA)
        built.land(*files_of(request("org-1", "2025-01-03T11:00", "late"), name="late"))
        live.follow(seconds=0)
        assert requests(live, ANA) == before

        monkeypatch.setattr(following, "PASS_SECONDS", 0.0)
        looks = [live.follow(seconds=0) for _ in range(6)]

        assert [look.taken for look in looks] == [0, 1, 0, 0, 0, 0]
        assert [look.listed for look in looks] == [3, 4, 3, 4, 3, 3]
        assert requests(live, ANA) == before + 1


def test_the_editions_own_year_is_looked_at_first(built: Pipeline) -> None:
    """Then the years around it: a file there may hold rows of this one."""
    with serving(built) as live:
        for day in range(1, 5):
            (stray,) = files_of(request("org-1", "2025-01-05T11:00", f"stray-{day}"), name=f"stray-{day}")
            built.land(stray.__class__(stray.family, f"2026-01-0{day}", stray.region, stray.name, stray.rows))
        built.land(*files_of(request("org-1", "2025-01-04T10:00", "own"), name="late"))
        seen = []
        for _ in range(4):
            live.follow(seconds=0)
            seen.append([requests(live, ANA, date(2025, 1, day), date(2025, 1, day + 1)) for day in (4, 5)])

        assert seen == [[0, 3], [1, 3], [1, 4], [1, 4]]


def test_a_name_that_cannot_be_a_key_hides_nothing_else(built: Pipeline) -> None:
    """It is told; the day and the family that it is in are followed."""
    with serving(built) as live:
        for day in range(2, 9):
            built.land(*files_of(request("org-1", f"2025-03-{day:02}T10:00", f"d{day}"), name="late"))
        (built.landing / "pipe_stats/dt=2025-03-03/region=eu/a\nb.parquet").parent.mkdir(exist_ok=True)
        (built.landing / "pipe_stats/dt=2025-03-03/region=eu/a\nb.parquet").write_bytes(b"x")
        report = live.follow()

        assert [*report.unread] == ["pipe_stats/dt=2025-03-03/region=eu/a\\x0ab.parquet"]
        assert requests(live, ANA) == 2 + 7
        assert report.complete_at is not None


def test_a_listing_that_fails_is_begun_anew(built: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half that was listed before counts for nothing: nothing is passed over."""
    with serving(built) as live:
        built.land(
            *files_of(*(request("org-1", f"2025-0{month}-05T10:00", f"m{month}") for month in range(3, 9)))
        )
        store = live._fresh.store
        with monkeypatch.context() as away:

            def failing(self: LandingStore, family: str) -> Iterator[Listing]:
                yield Listing()
                raise LandingStoreError("list", store.url, "It is away.", "wait.")

            away.setattr(LandingStore, "pages", failing)
            live.follow(seconds=0)
            with pytest.raises(LandingStoreError):
                live.follow(seconds=0)
        assert requests(live, ANA) == 5  # those of the newest days

        report = live.follow(seconds=10)

        assert (requests(live, ANA), report.complete_at is not None) == (8, True)


def standing_in_the_way(monkeypatch: pytest.MonkeyPatch, key: str, outcome: Problem | BaseException) -> None:
    """The store does not give this file."""
    bring = Folder.bring

    def instead(self: Folder, item: LandingObject, *how: Any) -> Path | Problem:
        if item.key != key:
            return bring(self, item, *how)
        if isinstance(outcome, Problem):
            return outcome
        raise outcome

    monkeypatch.setattr(Folder, "bring", instead)
    monkeypatch.setattr(following, "PASS_SECONDS", 0.0)


def days_of_history(built: Pipeline) -> None:
    """Newer days than those that files will be late for: of a late file only a pass can know."""
    days = ("2025-04-01", "2025-04-02", "2025-04-03")
    built.build(*files_of(*(request("org-1", f"{day}T10:00", day) for day in days), name="history"))


def test_a_file_that_the_store_refuses_holds_up_nothing_else(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are taken in and landing counts as seen; the refused one is told at every look, until it can be read."""
    days_of_history(built)
    with serving(built) as live:
        before = requests(live, ANA)
        (refused,) = files_of(request("org-1", "2025-01-03T10:00", "no"), name="refused")
        built.land(refused, *files_of(request("org-1", "2025-01-03T11:00", "yes"), name="beside"))
        built.land(*files_of(operation("org-1", "2025-01-05T10:00", written_bytes=77), name="other"))
        with monkeypatch.context() as patches:
            standing_in_the_way(patches, refused.key, Problem.REFUSED)
            looks = [live.follow(seconds=0) for _ in range(20)]
            complete = [look.complete_at or 0.0 for look in looks]

            assert {refused.key: "refused"} == looks[-1].unread == looks[-2].unread
            assert len(set(complete)) > 5 and looks[-1].failure is None
            assert requests(live, ANA) == before + 1
            assert said(live, [ANA])["ingestion_bytes"] == 77

        report = live.follow()
        assert (requests(live, ANA), report.unread) == (before + 2, {})


def test_what_fails_is_told_until_a_pass_went_well_and_keeps_no_other_family_away(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landing does not count as seen meanwhile, whichever look the failure fell into; then all of it is in."""
    days_of_history(built)
    with serving(built) as live:
        before = requests(live, ANA)
        (late,) = files_of(request("org-1", "2025-01-03T10:00", "late"), name="late")
        built.land(late, *files_of(operation("org-1", "2025-01-05T10:00", written_bytes=77), name="other"))
        with monkeypatch.context() as patches:
            standing_in_the_way(patches, late.key, BaseError("a bad day"))
            looks = [live.follow(seconds=0) for _ in range(20)]

            assert [look.complete_at for look in looks] == [None] * 20
            assert all(isinstance(look.failure, LandingStoreError) for look in looks[2:])
            assert (requests(live, ANA), said(live, [ANA])["ingestion_bytes"]) == (before, 77)

        report = live.follow()
        assert (requests(live, ANA), report.failure) == (before + 1, None)
        assert report.complete_at is not None


def test_a_day_that_cannot_be_listed_is_tried_again_and_keeps_no_other_day_away(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the pass goes on; completeness is not claimed before that day was seen."""
    days_of_history(built)
    with serving(built) as live:
        before = requests(live, ANA)
        for day in ("2025-01-03", "2025-01-04"):
            built.land(*files_of(request("org-1", f"{day}T10:00", f"late {day}"), name="late"))
        list_day = LandingStore.list_day
        with monkeypatch.context() as patches:

            def failing(self: LandingStore, family: str, day: date) -> Listing:
                if day == date(2025, 1, 4):
                    raise LandingStoreError("list", self.url, "It is away.", "wait.")
                return list_day(self, family, day)

            patches.setattr(LandingStore, "list_day", failing)
            reports = [live.follow() for _ in range(2)]
            assert [(each.complete_at, type(each.failure)) for each in reports] == [
                (None, LandingStoreError)
            ] * 2
            assert requests(live, ANA) == before + 1

        assert live.follow().complete_at is not None
        assert requests(live, ANA) == before + 2


def test_after_a_look_that_broke_off_nothing_counts_as_seen(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days that the pass had found were not taken in: another pass begins at once, however late the next one is due."""
    days_of_history(built)
    with serving(built) as live:
        before = requests(live, ANA)
        built.land(*files_of(request("org-1", "2025-01-03T10:00", "late"), name="late"))
        with monkeypatch.context() as patches:

            def failing(self: fresh.Fresh, family: str, day: date, _: object) -> list[LandingObject]:
                return [] if day.month == 4 else [][day.month]

            patches.setattr(fresh.Fresh, "new_of_day", failing)
            with pytest.raises(IndexError):
                live.follow(seconds=10)

        report = live.follow(seconds=10)
        assert (requests(live, ANA), report.complete_at is not None) == (before + 1, True)


def test_how_far_answers_reach_follows_the_newest_export(built: Pipeline) -> None:
    """And never past the year."""
    with serving(built) as live:
        assert live.through == datetime(2025, 3, 1, 11, 5, tzinfo=UTC)

        built.land(*files_of(request("org-1", "2025-05-01T10:00", "x"), name="new"))
        live.follow()
        assert live.through == datetime(2025, 5, 1, 10, 5, tzinfo=UTC)

        late = request("org-1", "2025-12-31T23:59", "y", exported_at="2026-01-02T00:00")
        built.land(*files_of(late, name="later"))
        live.follow()
        assert live.through == datetime(2025, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)


def test_freshness_needs_no_warehouse(built: Pipeline) -> None:
    """It is gone, and new files are in the answer all the same."""
    with serving(built) as live:
        built.duckdb.path.unlink()
        built.land(*files_of(request("org-1", "2025-05-01T10:00", "x"), name="new"))
        live.follow()

        assert requests(live, ANA) == 3


def test_answers_while_files_arrive_are_of_one_moment(built: Pipeline) -> None:
    """Each file brings a request to two workspaces: no answer has one without the other."""
    with serving(built) as live:
        before = requests(live, ANA)
        wrong: list[object] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                row = said(live, [ANA])
                counted = sum(each["requests"] for each in row["top_workspaces"])
                if counted != row["total_requests"] or (row["total_requests"] - before) % 2:
                    wrong.append(row)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(8):
            rows = [
                request(
                    "org-1", f"2025-0{1 + number}-05T10:00", f"x{number}{place}", workspace_id=f"ws-{place}"
                )
                for place in range(2)
            ]
            built.land(*files_of(*rows, name=f"new-{number}"))
            live.follow()
        done.set()
        for thread in threads:
            thread.join()

        assert wrong == []
        assert requests(live, ANA) == before + 16


# ---- What a snapshot of a warehouse in mid-work says


def test_files_that_raw_has_not_followed_are_read_by_serving(pipeline: Pipeline) -> None:
    """The snapshot has their names and not their rows: the first look makes up for it, on both engines."""
    pipeline.build(
        *files_of(request("org-1", "2025-03-01T10:00", "a"), request("org-1", "2025-03-01T11:00", "b"))
    )
    late = files_of(
        request("org-1", "2025-03-01T10:30", "c"), operation("org-1", "2025-03-02T10:30"), name="late"
    )
    pipeline.land(*late, *files_of(request("org-1", "2025-03-01T11:00", "d")))
    with pipeline.open() as run:
        run.import_everything()
    with serving(pipeline) as live:
        assert requests(live, ANA) == 2

        live.follow()

        assert (requests(live, ANA), said(live, [ANA])["ingestion_rows"]) == (2, 20)


def test_a_year_whose_levels_have_not_followed_is_not_written(pipeline: Pipeline) -> None:
    """It would be of two minds; the refusal says which levels wait."""
    pipeline.build(*files_of(request("org-1", "2025-03-01T10:00", "a")))
    pipeline.land(*files_of(request("org-1", "2025-03-01T10:30", "c"), name="late"))
    with pipeline.open() as run:
        run.import_everything()
        run.raw("pipe_stats")
    with (
        pytest.raises(SnapshotNotReady, match=r"(?i)hourly/pipe_stats has 1 partitions to refresh"),
        serving(pipeline),
    ):
        pass


def test_names_that_wait_are_not_left_behind(pipeline: Pipeline) -> None:
    """An owner known to the ledger and to nobody else would be lost."""
    pipeline.build(*files_of(request("org-1", "2025-03-01T10:00", "a")))
    pipeline.land(*files_of(organization("org-1", customer_id="owner")))
    with pipeline.open() as run:
        run.import_everything()
    with pytest.raises(SnapshotNotReady, match="(?i)organizations has snapshots to merge"), serving(pipeline):
        pass


def test_a_year_that_holds_nothing_yet_can_be_served(pipeline: Pipeline) -> None:
    """On New Year's Day: everything is in fresh files."""
    pipeline.build(*files_of(request("org-1", "2024-12-31T10:00", "a")))
    with serving(pipeline) as live:
        assert (requests(live, ANA), live.through) == (0, datetime(2025, 1, 1, tzinfo=UTC))

        pipeline.land(*files_of(request("org-1", "2025-01-01T10:00", "b")))
        live.follow()

        assert (requests(live, ANA), live.through) == (1, datetime(2025, 1, 1, 10, 5, tzinfo=UTC))


def test_a_frozen_edition_stays_as_it_is(pipeline: Pipeline) -> None:
    """Its snapshot follows nothing; once late rows are in the rollups, no other one is written."""
    pipeline.build(*files_of(request("org-1", "2025-03-01T10:00", "a")))
    with pipeline.open() as run:
        run.summaries(2025, freeze_at=NOW)
    with serving(pipeline) as live:
        pipeline.land(*files_of(request("org-1", "2025-03-01T10:30", "late"), name="late"))

        assert live.follow().taken == 0
        assert requests(live, ANA) == 1
    with pipeline.open() as run:
        run.follow()
    (pipeline.home / "warehouse-2025.duckdb").unlink()
    with pytest.raises(SnapshotNotReady, match="(?i)frozen and 1 landing rows came later"), serving(pipeline):
        pass


def test_a_snapshot_is_never_replaced(built: Pipeline) -> None:
    """DuckDB may give a reader the old file under the new one's name."""
    with serving(built), pytest.raises(FileExistsError), serving(built):
        pass


def test_a_draft_that_a_killed_writer_left_is_no_hindrance(built: Pipeline) -> None:
    """Nor is anything seen of it afterwards."""
    draft = built.home / ".warehouse-2025.duckdb.draft"
    draft.write_bytes(b"half")
    with serving(built) as live:
        assert requests(live, ANA) == 2
        assert not draft.exists()


def test_what_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    """A text, a database of something else, and nothing at all."""
    store = LandingStore.open(f"file://{tmp_path}/landing")
    (tmp_path / "text.duckdb").write_text("no database")
    for name in ("text.duckdb", "nothing.duckdb"):
        with pytest.raises(SnapshotUnreadable, match=name):
            Live.open(tmp_path / name, store, SECRET)


def test_a_bucket_is_followed_like_a_folder(built: Pipeline, tmp_path: Path) -> None:
    """Files are spooled into the worker's own folder, the only one that its database may read."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "endpoint": f"http://{host}:{port}",
        "region": "us-east-1",
        "access_key_id": "test",
        "secret_access_key": "test",
    }
    try:
        urllib3.request("PUT", f"http://{host}:{port}/landing")
        store = LandingStore.open("s3://landing", options)
        (new,) = files_of(request("org-1", "2025-05-01T10:00", "x"), name="new")
        store.put_new(new.key, write(tmp_path / "elsewhere", new))
        with built.warehouse.reading() as reader:
            write_snapshot(reader, tmp_path / "bucket.duckdb", 2025)
        with Live.open(tmp_path / "bucket.duckdb", store, SECRET) as live:
            assert live.follow().taken == 1
            assert requests(live, ANA) == 3
    finally:
        server.stop()


def test_a_file_that_cannot_be_taken_in_is_set_aside_with_the_reason(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others of its day and all that land later are counted; it is tried again when it changes, and after a while."""
    with serving(built) as live:
        bad = "pipe_stats/dt=2025-03-01/region=eu/c-bad.parquet"
        for name in ["a", "b", "c-bad", "d", "e"]:
            built.land(*files_of(request("org-1", "2025-03-01T10:00", f"new {name}"), name=name))
        settle = raw.insert_newest

        def failing(con: Any, family: Any, start: Any, end: Any, files: Any, *more: Any) -> None:
            if bad in {file.key for file in files}:
                raise duckdb.ConversionException("no such instant\nand more")
            settle(con, family, start, end, files, *more)

        with monkeypatch.context() as patches:
            patches.setattr(raw, "insert_newest", failing)
            report = live.follow()
            told = {bad: "ConversionException: no such instant"}
            assert (report.unread, report.failure, report.taken) == (told, None, 4)
            assert report.complete_at is not None
            built.land(*files_of(request("org-1", "2025-03-01T10:00", "later"), name="later"))
            report = live.follow()
            assert (report.unread, report.taken) == (told, 1)
            assert requests(live, ANA) == 2 + 5

        built.land(*files_of(request("org-1", "2025-03-01T10:00", "mended"), name="c-bad"))
        assert (live.follow().unread, requests(live, ANA)) == ({}, 2 + 6)


def test_names_that_cannot_be_taken_in_keep_no_others_away(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One snapshot fails; the one beside it is merged."""
    with serving(built) as live:
        built.land(*files_of(workspace("ws-1", "org-1", name="bad"), name="bad"))
        built.land(*files_of(workspace("ws-1", "org-1", name="good"), name="good"))
        merge = dimensions.merge

        def failing(con: Any, dimension: Any, files: Any, fetched: Any) -> Any:
            if any("bad" in file.key for file in files):
                raise duckdb.ConversionException("no")
            return merge(con, dimension, files, fetched)

        monkeypatch.setattr(dimensions, "merge", failing)
        report = live.follow()

        assert ([*report.unread.values()], report.failure) == (["ConversionException: no"], None)
        known = live._generation.names.workspaces.items()
        assert {name for (_, id), name in known if id == "ws-1"} == {"good"}


def test_what_is_no_files_fault_sets_none_aside(built: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little memory is told as trouble, and all is tried again."""
    with serving(built) as live:
        built.land(*files_of(request("org-1", "2025-03-01T10:00", "x"), name="x"))
        with monkeypatch.context() as patches:

            def failing(*_: Any) -> None:
                raise duckdb.OutOfMemoryException("no memory")

            patches.setattr(raw, "insert_newest", failing)
            report = live.follow()
            assert (type(report.failure), report.unread) == (duckdb.OutOfMemoryException, {})
        assert live.follow().taken == 1


def test_a_file_that_goes_before_it_is_read_is_passed_over(
    built: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed and handed out, then gone: the others are taken in, and it is told."""
    with serving(built) as live:
        (gone,) = files_of(request("org-1", "2025-03-01T10:00", "gone"), name="gone")
        built.land(gone, *files_of(request("org-1", "2025-03-01T10:00", "stays"), name="stays"))
        bring = Folder.bring

        def and_gone(self: Folder, item: LandingObject, *how: Any) -> Path | Problem:
            path = bring(self, item, *how)
            if item.key == gone.key:
                (built.landing / gone.key).unlink(missing_ok=True)
            return path

        monkeypatch.setattr(Folder, "bring", and_gone)
        report = live.follow()

        assert (report.unread, report.failure) == ({gone.key: "vanished"}, None)
        assert requests(live, ANA) == 2 + 1
        assert live.follow().unread == {}


def test_files_that_links_lead_to_are_counted(built: Pipeline, tmp_path: Path) -> None:
    """A file and a day's folder on another disk, which the database of a worker is locked out of."""
    elsewhere = Pipeline(tmp_path / "disk")
    with serving(built) as live:
        elsewhere.land(*files_of(request("org-1", "2025-03-01T11:00", "x"), name="x"))
        elsewhere.land(*files_of(request("org-1", "2025-03-05T11:00", "y"), name="y[1]"))
        (file,) = (elsewhere.landing / "pipe_stats/dt=2025-03-01").rglob("x.parquet")
        (built.landing / "pipe_stats/dt=2025-03-01/region=eu/linked.parquet").symlink_to(file)
        (built.landing / "pipe_stats/dt=2025-03-05").symlink_to(
            elsewhere.landing / "pipe_stats/dt=2025-03-05"
        )
        report = live.follow()

        assert (report.taken, report.quarantined, report.unread) == (2, 0, {})
        assert requests(live, ANA) == 2 + 2


def test_a_region_that_disputes_an_organization_adds_nothing_to_what_is_published(built: Pipeline) -> None:
    """Its requests and its workspaces' names are another customer's: nobody is answered them until the regions agree."""
    with serving(built) as live:
        names = (organization(customer_id="alpha"), workspace(name="Alpha's shop"))
        built.land(*files_of(*names, name="alpha"))
        live.follow()
        alpha, beta = (wrapped_id(SECRET, id) for id in ("alpha", "beta"))
        assert requests(live, alpha) == 2

        names = (organization(customer_id="beta"), workspace(name="Beta's payroll"))
        built.land(*files_of(*names, name="beta", region="us"))
        built.land(*files_of(request("org-1", "2025-03-02T10:00", "us", region="us"), name="us", region="us"))
        live.follow()
        assert [requests(live, alpha), requests(live, beta), requests(live, ANA)] == [2, 0, 0]
        assert "payroll" not in str(said(live, [alpha]))

        agreed = organization(customer_id="beta") | {"exported_at": datetime(2025, 4, 1)}
        built.land(*files_of(agreed, name="agreed"))
        live.follow()
        assert [requests(live, alpha), requests(live, beta)] == [0, 3]


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Kiritimati"])
def test_the_clock_of_the_machine_does_not_show_in_answers(tmp_path: Path, zone: str) -> None:
    """Instants with a zone that land beside a snapshot are counted in their own hours, and no other is lost."""
    script = f"from tests.test_serving_follow import follow_here; follow_here({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "TZ": zone}, check=True, timeout=120)


def follow_here(folder: str) -> None:
    """Serve four hours of a day, land one request more, every file with a zone, and count."""
    pipeline = Pipeline(Path(folder))
    hours = ("10:00", "15:00", "15:10", "23:50")
    early = [request("org-1", f"2025-03-01T{hour}", hour) for hour in hours]
    pipeline.land(*files_of(*early))
    _give_a_zone(pipeline.landing)
    pipeline.build()
    with serving(pipeline) as live:
        pipeline.land(*files_of(request("org-1", "2025-03-01T10:30", "late"), name="late"))
        _give_a_zone(pipeline.landing, "late")
        live.follow()
        assert requests(live, ANA) == 5
        assert requests(live, ANA, date(2025, 3, 1), date(2025, 3, 2)) == 5


def _give_a_zone(landing: Path, name: str = "") -> None:
    for path in landing.glob(f"pipe_stats/*/*/{name}*.parquet"):
        table = pq.read_table(path, partitioning=None)
        zoned = [
            pa.field(each.name, pa.timestamp("us", "UTC")) if pa.types.is_timestamp(each.type) else each
            for each in table.schema
        ]
        pq.write_table(table.cast(pa.schema(zoned)), path)
