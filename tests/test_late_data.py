"""What a late file does: it changes exactly what its rows touch, however old their day, and nothing else."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import many_rows, oracle
from tests.landing_files import LandingFile, Row, files_of, operation, organization, reading, request
from tests.pipeline import ALL_LEVELS, ROLLUPS, SECRET, Pipeline, Run, differs_from_oracle, fact
from wrapped_assets.periods import Span
from wrapped_assets.resources.duckdb import raw

# A year in which three organizations were busy now and then, as it stands in December.
YEAR = files_of(
    *(
        make(org, at=at, id=f"{org} {at}")
        for make in (request, operation)
        for org in ("org-1", "org-2", "org-3")
        for at in ("2024-06-03T07:00:00", "2025-02-12T10:00:00", "2025-02-12T11:00:00", "2025-12-10T10:00:00")
    ),
    *(
        reading(org, at=at, bytes=100)
        for org in ("org-1", "org-2", "org-3")
        for at in ("2025-02-12T10:00:00", "2025-12-10T10:00:00")
    ),
    organization("org-1", customer_id="c"),
    name="in-time",
)


@pytest.fixture(scope="module")
def the_year(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The year, built once."""
    pipeline = Pipeline(tmp_path_factory.mktemp("year"))
    pipeline.build(*YEAR)
    return pipeline


@pytest.fixture
def december(the_year: Pipeline, tmp_path: Path) -> Pipeline:
    """The year, built."""
    return the_year.twin(tmp_path)


def late(*rows: Row, name: str = "late") -> list[LandingFile]:
    """Files that arrive long after their rows happened."""
    return files_of(*rows, name=name)


def id_of(customer: str) -> str:
    """The public id of a customer."""
    return oracle.wrapped_id(SECRET, customer)


def summary(run: Run, customer: str, year: int = 2025) -> dict[str, Any]:
    """A customer's document."""
    told: dict[str, Any] = json.loads(run.documents(year)[id_of(customer)])
    return told


# ---- What becomes stale


def test_a_file_ten_months_back_makes_its_day_week_month_and_editions_stale(december: Pipeline) -> None:
    """One layer after the other, each stale only when the one below it has changed, and nothing beside them."""
    december.land(*late(request("org-1", at="2025-02-12T10:30:00", id="late")))
    day, week, month = date(2025, 2, 12), date(2025, 2, 10), date(2025, 2, 1)
    with december.open() as run:
        assert run.pending().partitions == {}
        run.take_in("pipe_stats")
        assert run.pending().partitions == {("raw", "pipe_stats"): {day}}
        run.raw("pipe_stats")
        assert run.pending().partitions == {("hourly", "pipe_stats"): {day}}
        run.rollup("hourly", "pipe_stats")
        assert run.pending().partitions == {("daily", "pipe_stats"): {day}}
        run.rollup("daily", "pipe_stats")
        assert run.pending().partitions == {
            ("weekly", "pipe_stats"): {week},
            ("monthly", "pipe_stats"): {month},
        }
        run.rollup("weekly", "pipe_stats")
        run.rollup("monthly", "pipe_stats")
        assert run.pending().partitions == {}
        assert not run.pending().identities
        assert run.editions() == {2025}
        assert run.pending().years == set()
        assert summary(run, "c")["requests"]["total"] == 4


@pytest.mark.parametrize(
    ("at", "week", "month", "years"),
    [
        ("2024-12-31T23:59:59.999", date(2024, 12, 30), date(2024, 12, 1), {2024, 2025}),
        ("2025-01-01T00:00:00", date(2024, 12, 30), date(2025, 1, 1), {2025}),
        ("2024-02-29T12:00:00", date(2024, 2, 26), date(2024, 2, 1), {2024, 2025}),
        ("2025-12-29T00:00:00", date(2025, 12, 29), date(2025, 12, 1), {2025}),
    ],
)
def test_at_the_edges_of_a_year_the_week_and_the_editions_are_its_own(
    december: Pipeline, at: str, week: date, month: date, years: set[int]
) -> None:
    """A day belongs to one ISO week, one month, its own edition and the next one there is, which compares with it."""
    december.land(*late(operation("org-1", at=at, id="late")))
    with december.open() as run:
        run.take_in("ingestion")
        run.raw("ingestion")
        for level in ("hourly", "daily"):
            run.rollup(level, "ingestion")
        assert run.pending().partitions == {
            ("weekly", "ingestion"): {week},
            ("monthly", "ingestion"): {month},
        }
        run.layers()
        assert run.editions() == years


def test_rows_of_several_days_in_one_late_file_make_each_of_them_stale(december: Pipeline) -> None:
    """Whatever folder the file is in."""
    rows = [request(at="2025-02-12T10:30:00", id="x"), request(at="2024-06-03T10:00:00", id="y")]
    december.land(LandingFile("pipe_stats", "2025-12-10", "eu", "late", rows))
    with december.open() as run:
        run.take_in("pipe_stats")
        assert run.pending().partitions == {("raw", "pipe_stats"): {date(2025, 2, 12), date(2024, 6, 3)}}


def test_what_was_known_already_goes_no_further(december: Pipeline) -> None:
    """A copy of a file that has landed: raw looks at it, and no rollup follows."""
    (known,) = [file for file in YEAR if file.family == "pipe_stats" and file.day == "2025-02-12"]
    december.land(LandingFile("pipe_stats", "2025-02-12", "eu", "copy", known.rows))
    with december.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        run.rollup("hourly", "pipe_stats")
        assert run.pending().partitions == {}
        assert run.pending().years == set()


# ---- What is recomputed


LATE_ROWS = {
    "a request": request("org-1", at="2025-02-12T10:30:00", id="late", read_bytes=7),
    "a corrected request": request(
        "org-1", at="2025-02-12T10:00:00", id="org-1 2025-02-12T10:00:00", error=1, exported_at="2025-12-11"
    ),
    "an operation": operation("org-1", at="2025-02-12T10:30:00", id="late"),
    "a size reading": reading("org-1", at="2025-02-12T10:30:00", bytes=1),
    "a request of a new organization": request("org-9", at="2025-02-12T10:30:00", id="late"),
}


@pytest.mark.parametrize("what", list(LATE_ROWS))
def test_only_rows_of_the_organizations_touched_are_written_again(december: Pipeline, what: str) -> None:
    """A mark on everybody else's rows, on theirs in other periods and on all summaries shows who was recomputed."""
    row = LATE_ROWS[what]
    owner: str = {"org-1": "c"}.get(row["organization_id"]) or row["organization_id"]
    december.land(*late(row))
    with december.open() as run:
        marked = _mark(run, f"organization_id <> '{row['organization_id']}' or {{period}} not in ({PERIODS})")
        run.con.execute(f"update main.wrapped_summaries set {fact('p50_us', '777')}")
        run.import_everything()
        run.layers()
        assert run.summaries(2025).recomputed == 1
        for table, rows in marked.items():
            assert rows > 0
            assert run.rows(f"select count(*) from {table} where {MARK[table]} = 777") == [(rows,)], table
        rewritten = "select wrapped_id from main.wrapped_summaries where facts ->> 'p50_us' is distinct from '777' and year = 2025"
        assert run.rows(rewritten) == [(id_of(str(owner)),)]


def test_only_days_of_the_months_touched_are_written_again(december: Pipeline) -> None:
    """A mark on every day of a year shows which were counted anew: those of February, and of one customer."""
    december.land(*late(LATE_ROWS["a request"]))
    with december.open() as run:
        run.con.execute("update main.wrapped_days set errors = 777")
        run.import_everything()
        run.layers()
        run.summaries(2025)
        rewritten = "select distinct wrapped_id, month(day) from main.wrapped_days where errors <> 777"
        assert run.rows(rewritten) == [(id_of("c"), 2)]


PERIODS = "'2025-02-12 10:00:00', '2025-02-12', '2025-02-10', '2025-02-01', '2025-01-01'"
PERIOD = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
COUNT = {"ingestion_operations": "operations", "storage_sizes": "readings"}
MARK = {
    f"{level}.{table}": COUNT.get(table, "requests")
    for level in ALL_LEVELS
    for tables in ROLLUPS.values()
    for table in tables
}


def _mark(run: Run, where: str) -> dict[str, int]:
    """Put a mark on rows of every rollup; how many, by table."""
    marked = {}
    for table, count in MARK.items():
        condition = where.format(period=PERIOD[table.partition(".")[0]])
        statement = f"update {table} set {count} = 777 where {condition}"
        ((marked[table],),) = run.rows(statement)
    return marked


@pytest.mark.parametrize("what", list(LATE_ROWS))
def test_after_a_late_row_everything_is_as_if_it_had_been_in_time(december: Pipeline, what: str) -> None:
    """The same tables, the same documents, and nothing left to do."""
    files = late(LATE_ROWS[what])
    december.land(*files)
    with december.open() as run:
        run.follow()
        assert differs_from_oracle(run, [*YEAR, *files]) == {}
        assert run.differences() == []


def test_raw_merges_only_the_late_file(december: Pipeline) -> None:
    """The files that were in time may be long gone."""
    december.vanish(*YEAR)
    files = late(*LATE_ROWS.values())
    december.land(*files)
    with december.open() as run:
        run.follow()
        assert differs_from_oracle(run, [*YEAR, *files]) == {}


# ---- What late rows mean


def test_late_requests_of_last_year_change_this_years_comparison(december: Pipeline) -> None:
    """2025 compares with 2024: one more request there, another number to compare with here."""
    december.land(*late(request("org-1", at="2024-06-30T08:00:00", id="late")))
    with december.open() as run:
        before = summary(run, "c")["previous_year"]
        run.follow()
        months = {"first_month": 6, "last_month": 6}
        assert before == {"requests": 1, "change_pct": None, "compared": None}
        assert summary(run, "c")["previous_year"] == {
            "requests": 2,
            "change_pct": -100.0,
            "compared": months | {"previous_requests": 2, "requests": 0},
        }
        assert summary(run, "c", 2024)["requests"]["total"] == 2


def test_a_late_reading_older_than_the_last_one_does_not_change_the_size(december: Pipeline) -> None:
    """A gauge shows its newest reading; a late one that is newer is shown."""
    with december.open() as run:
        for at, size in (("2025-11-11T00:00:00", 100), ("2025-12-10T10:00:00.001", 55)):
            december.land(*late(reading("org-1", at=at, bytes=55), name=f"late-{at}"))
            run.follow()
            assert summary(run, "c")["storage"]["bytes"] == size


def test_a_late_correction_counts_instead_of_what_it_corrects(december: Pipeline) -> None:
    """The same key with a newer version: errors change, requests do not. An older version changes nothing."""
    key = {"org": "org-1", "at": "2025-02-12T10:00:00", "id": "org-1 2025-02-12T10:00:00"}
    with december.open() as run:
        december.land(*late(request(**key, error=1, exported_at="2025-12-11"), name="correction"))
        run.follow()
        december.land(*late(request(**key, error=0, exported_at="2025-12-10"), name="older"))
        run.follow()
        told = summary(run, "c")["requests"]
        assert (told["total"], told["errors"]) == (3, 1)


def test_a_late_file_of_an_unknown_organization_makes_a_new_customer(december: Pipeline) -> None:
    """Named by no snapshot, it is its own customer at once."""
    december.land(*late(request("org-9", at="2025-02-12T10:30:00")))
    with december.open() as run:
        run.import_everything()
        run.layers()
        run.summaries(2025)
        assert summary(run, "org-9")["requests"]["total"] == 1
        assert len(run.documents(2025)) == 4


def test_late_files_merge_in_any_number_of_refreshes(december: Pipeline) -> None:
    """Ten late files, refreshed one by one, or some together: the same as all at once."""
    rows = [request("org-2", at=f"2025-02-12T10:{n:02}:00", id=f"late-{n % 4}") for n in range(10)]
    files = [file for n, row in enumerate(rows) for file in late(row, name=f"late-{n}")]
    with december.open() as run:
        for number, file in enumerate(files):
            december.land(file)
            run.take_in("pipe_stats")
            if number % 3 == 0:
                run.raw("pipe_stats", Span.day(date(2025, 2, 12)))
            if number % 4 == 0:
                run.layers()
        run.follow()
        assert differs_from_oracle(run, [*YEAR, *files]) == {}


def test_late_rows_of_more_than_a_row_group_all_count(december: Pipeline) -> None:
    """DuckDB 2.0.0 loses them where they go into a table that `limit 0` made in the same transaction."""
    many_rows.land_requests(december.landing, "2025-02-12", 2 * many_rows.ROW_GROUP)
    with december.open() as run:
        run.follow()
        counted = "select sum(requests) from {}.pipe_stats_requests where organization_id = 'org-0'"
        for level in ("hourly", "daily", "monthly", "yearly"):
            assert run.rows(counted.format(level)) == [(2 * many_rows.ROW_GROUP,)], level
        assert run.broken() == set()


def test_a_row_exported_again_moves_the_clock_of_its_edition(december: Pipeline) -> None:
    """`generated_at` is the newest export contained, whether it said anything new or not."""
    again = late(
        request("org-1", at="2025-02-12T10:00:00", id="org-1 2025-02-12T10:00:00", exported_at="2025-12-24")
    )
    december.land(*again)
    with december.open() as run:
        run.follow()
        assert summary(run, "c")["generated_at"] == "2025-12-24T00:00:00.000Z"
        assert differs_from_oracle(run, [*YEAR, *again]) == {}


def test_the_first_file_of_a_day_concerns_only_those_it_names(december: Pipeline) -> None:
    """Each midnight starts such a day: it must not recompute every customer's year."""
    december.land(*late(request("org-1", at="2025-02-13T00:00:00", id="late")))
    with december.open() as run:
        run.import_everything()
        run.layers()
        assert run.summaries(2025).recomputed == 1


@pytest.mark.parametrize("bulk_rows", [0, raw.BULK_ROWS], ids=["in bulk", "few"])
def test_the_first_files_of_a_day_load_though_one_of_them_has_vanished(
    december: Pipeline, monkeypatch: pytest.MonkeyPatch, bulk_rows: int
) -> None:
    """As on any other day: the refresh fails and names it, and the files that are there count."""
    monkeypatch.setattr(raw, "BULK_ROWS", bulk_rows)
    gone, here = (late(request(at="2025-02-13T00:00:00", id=name), name=name)[0] for name in ("gone", "here"))
    december.land(gone, here)
    with december.open() as run:
        run.take_in("pipe_stats")
        december.vanish(gone)
        with pytest.raises(Exception, match="gone.parquet: vanished"):
            run.raw("pipe_stats")
        assert run.rows("select request_id from raw.pipe_stats where start_datetime = '2025-02-13'") == [
            ("here",)
        ]


def test_a_correction_that_empties_a_group_takes_it_out_of_every_level(december: Pipeline) -> None:
    """The bucket of the corrected durations holds nothing any more: no row of zero stays behind."""
    corrected = late(
        *(
            request("org-1", at=at, id=f"org-1 {at}", duration=9.5, exported_at="2025-12-24")
            for at in ("2025-02-12T10:00:00", "2025-02-12T11:00:00", "2025-12-10T10:00:00")
        )
    )
    december.land(*corrected)
    with december.open() as run:
        run.follow()
        assert run.rows("select count(*) from yearly.pipe_stats_durations where requests = 0") == [(0,)]
        assert run.differences() == []
        assert differs_from_oracle(run, [*YEAR, *corrected]) == {}
