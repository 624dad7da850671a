"""Orders of events that once gave a wrong number: what waits below an edition, at the freeze or for a rebuild."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests import oracle
from tests.landing_files import files_of, operation, organization, reading, request
from tests.pipeline import SECRET, Pipeline, Run, differs_from_oracle, expected_tables
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import LandingFilesGone, SnapshotNotReady
from wrapped_assets.snapshot.from_warehouse import write_snapshot

FREEZE = datetime(2026, 1, 7, tzinfo=UTC)
AFTER = datetime(2026, 1, 8, tzinfo=UTC)

TWO_YEARS = files_of(
    request("org-1", at="2024-06-03T07:00:00", id="before"),
    request("org-1", at="2025-06-03T07:00:00", id="now"),
)


MAKE = {"pipe_stats": request, "ingestion": operation, "storage": reading}


def previous(run: Run, year: int = 2025) -> list[tuple[Any, ...]]:
    """What the summaries of a year compare with."""
    return run.rows(
        f"select cast(facts ->> 'previous_requests' as bigint) from main.wrapped_summaries where year = {year}"
    )


def is_frozen(run: Run, year: int) -> bool:
    """Whether an edition follows no more."""
    edition = run.writer.edition(year)
    return edition is not None and edition.frozen


def test_an_edition_built_before_the_year_it_compares_with(pipeline: Pipeline) -> None:
    """Whoever materializes the partition 2025 first and 2024 afterwards."""
    pipeline.land(*TWO_YEARS)
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        run.summaries(2025)
        run.summaries(2024)
        run.editions()
        assert run.pending().years == set()
        assert previous(run) == [(1,)]
        assert differs_from_oracle(run, TWO_YEARS) == {}


def test_an_edition_refreshed_before_the_rebuilt_year_it_compares_with(pipeline: Pipeline) -> None:
    """A backfill of last year's months, and then this year's edition before last year's."""
    pipeline.build(*TWO_YEARS)
    more = files_of(request("org-1", at="2024-06-03T07:30:00", id="late"), name="late")
    pipeline.land(*more)
    with pipeline.open() as run:
        run.import_everything()
        run.layers(full=True)
        run.summaries(2025)
        run.editions()
        assert run.pending().years == set()
        assert previous(run) == [(2,)]


def test_an_edition_does_not_freeze_while_a_month_of_the_year_it_compares_with_waits(
    pipeline: Pipeline,
) -> None:
    """A run of the months failed, and the follower goes on to the editions: what is frozen then is compared with for ever."""
    pipeline.build(*TWO_YEARS)
    late = files_of(request("org-1", at="2024-12-02", id="late"), name="late")
    pipeline.land(*late)
    with pipeline.open() as run:
        run.import_everything()
        run.raw("pipe_stats")
        run.rollup("hourly", "pipe_stats")
        run.rollup("daily", "pipe_stats")
        assert not run.summaries(2025, now=AFTER, freeze_at=FREEZE).frozen
        assert not is_frozen(run, 2025)
        with pytest.raises(SnapshotNotReady, match="onthly/pipe_stats has 1 partitions to refresh"):
            write_snapshot(run.writer, pipeline.home / "snapshot.duckdb", 2025)

        run.layers()
        run.summaries(2024)
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert is_frozen(run, 2025)
        assert previous(run) == [(2,)]


def test_no_snapshot_is_taken_while_documents_have_changes_to_follow(pipeline: Pipeline) -> None:
    """A version would answer two requests where its documents say one; on ClickHouse they may be of a level that was cut off."""
    pipeline.build(*TWO_YEARS)
    pipeline.land(*files_of(request("org-1", at="2025-12-02", id="late"), name="late"))
    path = pipeline.home / "snapshot.duckdb"
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        with pytest.raises(SnapshotNotReady, match="ts summaries have changes to follow"):
            write_snapshot(run.writer, path, 2025)
        assert write_snapshot(run.writer, path, 2024).year == 2024

        run.editions()
        assert write_snapshot(run.writer, pipeline.home / "whole.duckdb", 2025).year == 2025


def test_a_year_is_served_while_only_its_reach_cannot_be_told(pipeline: Pipeline) -> None:
    """A changed object waits for raw, which holds what it said before: the documents have followed all that raw holds."""
    pipeline.build(*files_of(request("org-1", at="2025-03-01", id="a"), name="a"))
    pipeline.land(*files_of(request("org-1", at="2025-03-01", id="a", read_bytes=5), name="a"))
    pipeline.land(*files_of(request("org-1", at="2025-07-01", id="b", exported_at="2025-07-02"), name="b"))
    with pipeline.open() as run:
        run.import_everything()
        run.raw("pipe_stats", Span(date(2025, 7, 1), date(2025, 7, 2)))
        for level in ("hourly", "daily", "weekly", "monthly"):
            run.rollup(level, "pipe_stats")
        run.identities()
        run.summaries(2025)

        assert ("raw", "pipe_stats") in run.pending().partitions
        assert write_snapshot(run.writer, pipeline.home / "snapshot.duckdb", 2025).year == 2025


def test_an_edition_does_not_freeze_while_a_snapshot_of_owners_waits(pipeline: Pipeline) -> None:
    """Its documents would stay with an owner that is not one any more, and nobody would be told."""
    pipeline.build(*TWO_YEARS)
    pipeline.land(*files_of(organization("org-1", name="acme", customer_id="customer-9"), name="owners"))
    with pipeline.open() as run:
        run.import_everything()
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert not is_frozen(run, 2025)


@pytest.mark.parametrize("family", MAKE)
def test_rows_that_raw_had_not_merged_at_the_freeze_are_counted_as_left_out(
    pipeline: Pipeline, family: str
) -> None:
    """A file that cannot be merged just then holds up no freeze (the follower goes on past a failed layer)."""
    pipeline.build(*TWO_YEARS)
    waits = files_of(MAKE[family]("org-1", at="2025-07-01", id="waits"), name="waits")
    others = [each for each in MAKE if each != family]
    merged = files_of(*(MAKE[each]("org-1", at="2025-07-01", id="merged") for each in others), name="merged")
    pipeline.land(*waits, *merged)
    with pipeline.open() as run:
        run.take_in(family)
        for other in others:
            run.take_in(other)
            run.raw(other)
            for level in ("hourly", "daily", "weekly", "monthly"):
                run.rollup(level, other)
        run.identities()
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert is_frozen(run, 2025)
        frozen = run.documents(2025)
        assert sorted(frozen.items()) == expected_tables([*TWO_YEARS, *merged])["documents of 2025"]
        run.layers()
        report = run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert run.documents(2025) == frozen
        assert report.left_out == 1


def test_an_edition_does_not_freeze_without_the_customers_that_have_no_identity_yet(
    pipeline: Pipeline,
) -> None:
    """Levels are up to date, the identities are not: a customer would be lost for ever, and not even counted."""
    pipeline.build(*TWO_YEARS)
    pipeline.land(*files_of(request("org-2", at="2025-07-01", id="new"), name="new"))
    with pipeline.open() as run:
        run.import_everything()
        for family in ("pipe_stats",):
            run.raw(family)
            for level in ("hourly", "daily", "weekly", "monthly"):
                run.rollup(level, family)
        assert run.pending().identities
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        run.layers()
        report = run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        held = oracle.wrapped_id(SECRET, "org-2") in run.documents(2025)
        assert held or report.left_out == 1


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_a_rebuild_that_needs_a_vanished_object_refuses_though_something_waits(pipeline: Pipeline) -> None:
    """A full refresh of a day with a new file: it must not merge that one and call it a rebuild."""
    gone = files_of(request(id="gone"), name="gone")
    pipeline.build(*gone, *files_of(request(id="here"), name="here"))
    pipeline.vanish(*gone)
    pipeline.land(*files_of(request(id="new"), name="new"))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.con.execute("update raw.pipe_stats set read_bytes = 7 where request_id = 'here'")
        with pytest.raises(LandingFilesGone, match="gone.parquet: vanished"):
            run.raw("pipe_stats", full=True)


@pytest.mark.duckdb("reaches into the DuckDB file")
def test_a_full_rebuild_rebuilds_the_other_days_though_something_waits_for_them(pipeline: Pipeline) -> None:
    """One day needs a vanished object; the next day, with a new file, is to be rebuilt, not merged into."""
    gone = files_of(request(id="gone", at="2025-03-01"), name="gone")
    pipeline.build(*gone, *files_of(request(id="next", at="2025-03-02"), name="next"))
    pipeline.vanish(*gone)
    pipeline.land(*files_of(request(id="new", at="2025-03-02"), name="new"))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.con.execute("update raw.pipe_stats set read_bytes = 7 where request_id = 'next'")
        with pytest.raises(LandingFilesGone):
            run.raw("pipe_stats", full=True)
        assert run.rows("select read_bytes from raw.pipe_stats where request_id = 'next'") == [(1000,)]


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_an_edition_stays_while_its_changed_object_waits(pipeline: Pipeline) -> None:
    """A changed object vanished after its import: raw stays as it was, and so does what the edition says."""
    file = files_of(request("org-1", at="2025-06-03T07:00:00"))
    pipeline.build(*file)
    changed = files_of(request("org-1", at="2025-06-03T07:00:00", read_bytes=5))
    assert [f.key for f in file] == [f.key for f in changed]
    pipeline.land(*changed)
    with pipeline.open() as run:
        before = run.documents(2025)
        run.take_in("pipe_stats")
        pipeline.vanish(*changed)
        with pytest.raises(LandingFilesGone):
            run.raw("pipe_stats")
        run.summaries(2025)
        assert run.rows("select count(*) from raw.pipe_stats") == [(1,)]
        assert run.documents(2025) == before


@pytest.mark.duckdb("a vanished object stands in the way of a rebuild from files; ClickHouse has the rows")
def test_an_edition_that_waits_for_a_vanished_file_comes_to_rest(pipeline: Pipeline) -> None:
    """Each failing try of raw must not make the edition stale again."""
    pipeline.build(*TWO_YEARS)
    gone = files_of(
        request("org-1", at="2025-06-03T08:00:00", id="gone", exported_at="2025-06-05"), name="gone"
    )
    pipeline.land(*gone)
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        pipeline.vanish(*gone)
        for _ in range(2):
            with pytest.raises(LandingFilesGone):
                run.raw("pipe_stats")
            run.summaries(2025)
        with pytest.raises(LandingFilesGone):
            run.raw("pipe_stats")
        assert run.pending().years == set()


def test_an_edition_built_in_bulk_before_the_year_it_compares_with(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first build of more than BULK_ROWS, and the partition 2025 materialized before 2024."""
    from wrapped_assets.resources.duckdb import raw

    monkeypatch.setattr(raw, "BULK_ROWS", 0)
    test_an_edition_built_before_the_year_it_compares_with(pipeline)
