"""What the rollups promise: hours, days, ISO weeks and months hold what raw holds, at every edge of the calendar."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from tests.landing_files import LandingFile, files_of, operation, reading, request
from tests.pipeline import ALL_LEVELS, FAMILIES, ROLLUP_LEVELS, ROLLUPS, Pipeline, Run, differs_from_oracle
from wrapped_assets.periods import Span
from wrapped_assets.products import FAMILIES as DECLARED
from wrapped_assets.resources.checks import CHECKS, Check

LAST_OF_2024, FIRST_OF_2025 = "2024-12-31T23:59:59.999", "2025-01-01T00:00:00"
LAST_OF_2025, FIRST_OF_2026 = "2025-12-31T23:59:59.999", "2026-01-01T00:00:00"


def table(run: Run, name: str, columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a rollup, in their own order."""
    return run.rows(f"select {columns} from {name} order by all")


# ---- Edges of the calendar


def test_the_first_and_last_millisecond_of_a_year_are_in_it(pipeline: Pipeline) -> None:
    """And in their own month, but the turn of the year is one ISO week."""
    pipeline.build(
        *files_of(*(request(at=at) for at in (LAST_OF_2024, FIRST_OF_2025, LAST_OF_2025, FIRST_OF_2026)))
    )
    with pipeline.open() as run:
        weeks = [(date(2024, 12, 30), 2), (date(2025, 12, 29), 2)]
        assert table(run, "weekly.pipe_stats_requests", "week, requests") == weeks
        months = [date(2024, 12, 1), date(2025, 1, 1), date(2025, 12, 1), date(2026, 1, 1)]
        assert table(run, "monthly.pipe_stats_requests", "month, requests") == [
            (month, 1) for month in months
        ]
        hours = [
            datetime(2024, 12, 31, 23),
            datetime(2025, 1, 1, 0),
            datetime(2025, 12, 31, 23),
            datetime(2026, 1, 1, 0),
        ]
        assert table(run, "hourly.pipe_stats_requests", "hour, requests") == [(hour, 1) for hour in hours]
        totals = {year: [row["requests"] for row in run.writer.facts(year)] for year in (2024, 2025, 2026)}
        assert totals == {2024: [1], 2025: [2], 2026: [1]}


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2024-12-29", date(2024, 12, 23)),  # a Sunday
        ("2024-12-30", date(2024, 12, 30)),  # the first Monday of ISO year 2025
        ("2025-01-05", date(2024, 12, 30)),
        ("2025-01-06", date(2025, 1, 6)),
        ("2024-02-29", date(2024, 2, 26)),
        ("2026-01-04", date(2025, 12, 29)),
    ],
)
def test_a_week_runs_from_monday_to_sunday_whatever_the_year(
    pipeline: Pipeline, day: str, monday: date
) -> None:
    """Its last millisecond is Sunday's."""
    pipeline.build(*files_of(request(at=f"{day}T00:00:00"), request(at=f"{day}T23:59:59.999")))
    with pipeline.open() as run:
        assert table(run, "weekly.pipe_stats_requests", "week, requests") == [(monday, 2)]


def test_a_leap_day_is_a_day_of_february(pipeline: Pipeline) -> None:
    """29 February 2024 is the 60th of 366 days, and March starts after it."""
    pipeline.build(*files_of(request(at="2024-02-29T23:59:59.999"), request(at="2024-03-01T00:00:00")))
    with pipeline.open() as run:
        assert table(run, "monthly.pipe_stats_days", "month, event_date") == [
            (date(2024, 2, 1), date(2024, 2, 29)),
            (date(2024, 3, 1), date(2024, 3, 1)),
        ]


def test_an_hour_ends_a_millisecond_before_the_next(pipeline: Pipeline) -> None:
    """Both sides of 11 o'clock, on a day whose clocks change in Europe: the pipeline knows only UTC."""
    pipeline.build(*files_of(request(at="2025-03-30T01:59:59.999"), request(at="2025-03-30T02:00:00")))
    with pipeline.open() as run:
        assert table(run, "daily.pipe_stats_hours", "hour_of_day, requests") == [(1, 1), (2, 1)]


# ---- What is added up, and what is not


@pytest.mark.duckdb("asks tables of years, which only DuckDB has")
def test_sums_pass_two_to_the_64_without_losing_a_bit(pipeline: Pipeline) -> None:
    """At every level."""
    most = 2**64 - 1
    pipeline.build(
        *files_of(
            *(request(id=f"r{n}", read_bytes=most, read_rows=most, result_rows=most) for n in range(3)),
            *(operation(id=f"o{n}", written_bytes=most, written_rows=most) for n in range(3)),
        )
    )
    with pipeline.open() as run:
        for level in ALL_LEVELS:
            read = table(run, f"{level}.pipe_stats_requests", "read_bytes, read_rows, result_rows")
            assert read == [(3 * most, 3 * most, 3 * most)]
            written = table(run, f"{level}.ingestion_operations", "written_bytes, written_rows")
            assert written == [(3 * most, 3 * most)]


def test_storage_is_the_last_reading_and_never_a_sum_over_time(pipeline: Pipeline) -> None:
    """The newest reading of each period, and its largest; a data source that was emptied is empty."""
    sizes = {
        "2025-03-01T10:00:00": 7,
        "2025-03-01T10:59:59.999": 5,
        "2025-03-31T00:00:00": 0,
        "2025-04-01T00:00:00": 3,
    }
    pipeline.build(*files_of(*(reading(at=at, bytes=size, rows=size * 2) for at, size in sizes.items())))
    with pipeline.open() as run:
        columns = "bytes, rows, max_bytes, readings"
        assert table(run, "hourly.storage_sizes", f"hour, {columns}") == [
            (datetime(2025, 3, 1, 10), 5, 10, 7, 2),
            (datetime(2025, 3, 31, 0), 0, 0, 0, 1),
            (datetime(2025, 4, 1, 0), 3, 6, 3, 1),
        ]
        assert table(run, "weekly.storage_sizes", f"week, {columns}") == [
            (date(2025, 2, 24), 5, 10, 7, 2),
            (date(2025, 3, 31), 3, 6, 3, 2),
        ]
        assert table(run, "monthly.storage_sizes", f"month, {columns}") == [
            (date(2025, 3, 1), 0, 0, 7, 3),
            (date(2025, 4, 1), 3, 6, 3, 1),
        ]


def test_failed_operations_are_counted_by_their_result(pipeline: Pipeline) -> None:
    """Only "error" is a failure; a message beside an "ok" is none."""
    rows = [
        operation(id="a", result="ok", error="a warning"),
        operation(id="b", result="error"),
        operation(id="c", result="Error"),
    ]
    pipeline.build(*files_of(*rows))
    with pipeline.open() as run:
        assert table(run, "monthly.ingestion_operations", "operations, failures") == [(3, 1)]


DURATIONS = {
    0.0: 0,
    0.000001: 1,
    0.000255: 255,
    0.000256: 256,
    0.000257: 256,
    0.000258: 257,
    0.000511: 383,
    0.000512: 384,
    1.0: 1780,  # 1 000 000 us: 19 doublings of a microsecond, the leading byte 244
    (2**45 - 1) / 1e6: 4991,
}


@pytest.mark.duckdb("asks tables of years, which only DuckDB has")
def test_durations_fall_into_buckets_of_their_leading_bits(pipeline: Pipeline) -> None:
    """Exact below 256 us, 128 buckets for every doubling above: the same on every engine."""
    rows = [request(id=f"r{n}", duration=seconds) for n, seconds in enumerate(DURATIONS)]
    pipeline.build(*files_of(*rows))
    with pipeline.open() as run:
        counts = {bucket: list(DURATIONS.values()).count(bucket) for bucket in DURATIONS.values()}
        for level in ALL_LEVELS:
            found = table(run, f"{level}.pipe_stats_durations", "duration_bucket, requests")
            assert found == sorted(counts.items())


# ---- Refreshing


def test_midnight_belongs_to_the_period_it_begins(pipeline: Pipeline) -> None:
    """A day, week or month that is rebuilt alone takes nothing from the one after it, where all three change at once."""
    sunday, monday = "2025-08-31T23:59:59.999", "2025-09-01"
    pipeline.build(*files_of(*(make(at=at) for at in (sunday, monday) for make in (request, reading))))
    with pipeline.open() as run:
        expected = run.tables()
        for level in ROLLUP_LEVELS:
            for family in ("pipe_stats", "storage"):
                run.rollup(level, family, Span.day(date(2025, 8, 31)), full=True)
        assert run.tables() == expected


def test_a_level_refreshes_the_periods_it_is_asked_for(pipeline: Pipeline) -> None:
    """The others stay stale until their turn."""
    pipeline.land(*files_of(request(at="2025-03-01"), request(at="2025-03-02"), request(at="2025-04-01")))
    with pipeline.open() as run:
        run.take_in("pipe_stats")
        run.raw("pipe_stats")
        run.rollup("hourly", "pipe_stats", Span.day(date(2025, 3, 2)))
        assert table(run, "hourly.pipe_stats_days", "event_date") == [(date(2025, 3, 2),)]
        assert run.pending().partitions["hourly", "pipe_stats"] == {date(2025, 3, 1), date(2025, 4, 1)}
        run.rollup("daily", "pipe_stats")
        run.rollup("monthly", "pipe_stats", Span.day(date(2025, 4, 1)))
        assert table(run, "monthly.pipe_stats_days", "event_date") == []
        run.layers()
        assert table(run, "monthly.pipe_stats_days", "event_date") == [
            (date(2025, 3, 1),),
            (date(2025, 3, 2),),
            (date(2025, 4, 1),),
        ]


@pytest.mark.duckdb("reaches into the DuckDB file")
def test_a_refresh_with_nothing_stale_does_nothing(pipeline: Pipeline) -> None:
    """A wrong value planted in each level survives it: no row is written twice."""
    pipeline.build(*files_of(request(), operation(), reading()))
    with pipeline.open() as run:
        tables = [f"{level}.{name}" for level in ALL_LEVELS for names in ROLLUPS.values() for name in names]
        for name in tables:
            run.con.execute(f"update {name} set organization_id = 'planted'")
        run.layers()
        assert all(run.rows(f"select organization_id from {name}") == [("planted",)] for name in tables)


@pytest.mark.duckdb("reaches into the DuckDB file")
def test_a_full_refresh_mends_whatever_is_wrong(pipeline: Pipeline) -> None:
    """Values changed, rows lost and rows too many, at every level: a rebuild from below puts them right."""
    files = files_of(
        request(), request("org-2"), operation(), operation("org-2"), reading(), reading("org-2")
    )
    pipeline.build(*files)
    with pipeline.open() as run:
        for level in ALL_LEVELS:
            for names in ROLLUPS.values():
                for name in names:
                    run.con.execute(f"update {level}.{name} set organization_id = 'org-9' where rowid = 0")
                    run.con.execute(f"delete from {level}.{name} where organization_id = 'org-2'")
                    run.con.execute(f"insert into {level}.{name} from {level}.{name}")
        run.follow(full=True)
        assert differs_from_oracle(run, files) == {}


def test_rows_that_are_gone_from_raw_are_gone_from_every_level(pipeline: Pipeline) -> None:
    """An object was changed and holds nothing of an organization any more."""
    file = LandingFile("pipe_stats", "2025-03-01", "eu", "x", [request("org-1"), request("org-2")])
    pipeline.build(file)
    emptied = LandingFile("pipe_stats", "2025-03-01", "eu", "x", [])
    pipeline.build(emptied)
    with pipeline.open() as run:
        assert differs_from_oracle(run, [emptied]) == {}
        assert run.rows("from main.wrapped_summaries") == []
        assert run.writer.edition(2025) is None


# ---- The checks


def check(level: str, family: str) -> Check:
    """The conservation check of a table."""
    (found,) = [each for each in CHECKS if (each.statement, each.family) == (f"conserved_{level}", family)]
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A warehouse with one row in every rollup. What a test does to it must be undone."""
    pipeline = Pipeline(tmp_path_factory.mktemp("built"))
    pipeline.build(*files_of(request(), operation(), reading()))
    with pipeline.open() as run:
        yield run


def test_a_sound_warehouse_breaks_no_rule(built: Run) -> None:
    """Neither those of the checks nor the deep comparison."""
    assert built.broken() == set()
    assert built.differences() == []


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_one_wrong_value_in_any_measure_is_reported(built: Run, level: str) -> None:
    """Whatever the table and the measure: nothing leaks between a level and the one it is made from."""
    for family in FAMILIES:
        for rollup in DECLARED[family].rollups:
            name = f"{level}.{family}_{rollup.name}"
            for measure in rollup.measures:
                step = "interval 1 millisecond" if measure.kind == "instant" else "1"
                with built.damaged(f"update {name} set {measure.name} = {measure.name} + {step}"):
                    assert [found["in_table"] for found in built.violations(check(level, family))] == [
                        name
                    ], measure


@pytest.mark.parametrize(
    ("level", "broken"),
    [
        ("hourly", {"hourly.pipe_stats conserves_raw", "daily.pipe_stats conserves_hourly"}),
        (
            "daily",
            {
                "daily.pipe_stats conserves_hourly",
                "weekly.pipe_stats conserves_daily",
                "monthly.pipe_stats conserves_daily",
            },
        ),
        ("weekly", {"weekly.pipe_stats conserves_daily"}),
        (
            "monthly",
            {
                "monthly.pipe_stats conserves_daily",
                "wrapped_summaries year_conserves_monthly_pipe_stats",
                "wrapped_summaries totals_equal_rollups",
            },
        ),
        ("yearly", {"wrapped_summaries year_conserves_monthly_pipe_stats"}),
    ],
)
def test_a_wrong_rollup_is_reported_by_the_checks_beside_it_and_by_no_other(
    built: Run, level: str, broken: set[str]
) -> None:
    """The check towards the level below, and those of the levels above; the summaries' when it is a month."""
    with built.damaged(f"update {level}.pipe_stats_requests set requests = requests + 1"):
        assert {" ".join(each) for each in built.broken()} == broken


@pytest.mark.parametrize("level", ALL_LEVELS)
@pytest.mark.parametrize("damage", ["delete from {name}", "insert into {name} from {name}"])
def test_a_lost_or_doubled_rollup_row_is_reported(built: Run, level: str, damage: str) -> None:
    """In each table of each family."""
    for family, names in ROLLUPS.items():
        for name in names:
            with built.damaged(damage.format(name=f"{level}.{name}")):
                found = [each["in_table"] for each in built.violations(check(level, family))]
                assert found == [f"{level}.{name}"]


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_the_deep_comparison_finds_what_conservation_cannot(built: Run, level: str) -> None:
    """Requests moved from one pipe to another: the totals agree, the rows do not."""
    with built.damaged(f"update {level}.pipe_stats_requests set pipe_id = 'another'"):
        assert built.violations(check(level, "pipe_stats")) == []
        assert sorted(
            (each["in_table"], each["side"])
            for each in built.differences("wrapped_summaries" if level == "yearly" else level)
        ) == [
            (f"{level}.pipe_stats_requests", "rebuilt"),
            (f"{level}.pipe_stats_requests", "stored"),
        ]
