"""Years of days with a few rows each in ClickHouse: they share partitions, and one changed row costs its month and no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.landing_files import LandingFile, files_of, request
from tests.pipeline import Pipeline, Run, differs_from_oracle
from tests.test_clickhouse_doubled import killed_in_the_swap, session_of
from wrapped_assets.periods import Span
from wrapped_assets.resources.clickhouse import partitions
from wrapped_assets.resources.clickhouse.session import Session, Values
from wrapped_assets.resources.warehouse import Pending

pytestmark = pytest.mark.clickhouse


def sparse(first: date, days: int) -> list[LandingFile]:
    """A request a day."""
    on = [first + timedelta(days=number) for number in range(days)]
    return files_of(*(request(id=f"{day}", at=f"{day}T09:00:00") for day in on))


def late(day: str) -> list[LandingFile]:
    """One more request of a day."""
    return files_of(request("org-2", id="late", at=f"{day}T11:00:00"), name="late")


def places(run: Run, table: str) -> list[str]:
    """The partitions of a table that hold rows."""
    found = session_of(run).rows(f"select distinct _partition_id from {table}")
    return sorted(place for (place,) in found)


def events(run: Run) -> dict[str, int]:
    """What the engine counted since it was started."""
    return dict(session_of(run).rows("select event, value from system.events"))


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever is done in here."""
    done: list[str] = []
    ran = Session.run

    def noted(self: Session, statement: str, values: Values | None = None) -> None:
        done.append(statement)
        ran(self, statement, values)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "run", noted)
        yield done


def test_days_of_few_rows_share_a_partition_by_month_and_longer_periods_by_year(tmp_path: Path) -> None:
    """Each part costs chDB a millisecond at every start: years of sparse days were a minute."""
    files = sparse(date(2025, 1, 1), 59)
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*files)
    with pipeline.open() as run:
        for table in ("raw_pipe_stats", "hourly_pipe_stats_requests", "daily_pipe_stats_days"):
            assert places(run, table) == ["202501-0", "202502-0"]
        assert places(run, "landing_pipe_stats") == ["202501", "202502"]
        assert places(run, "weekly_pipe_stats_hours") == ["2024-0", "2025-0"]  # 1 January 2025 is a Wednesday
        assert places(run, "monthly_pipe_stats_durations") == ["2025-0"]
        assert differs_from_oracle(run, files) == {}


def cost_of_one_row(folder: Path, days: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """The statements, the swapped partitions and the rows written when one row lands, beside so many days of another year."""
    files = [*sparse(date(2024, 3, 1), days), *sparse(date(2025, 12, 1), 20)]
    pipeline = Pipeline(folder, engine="clickhouse")
    pipeline.build(*files)
    more = late("2025-12-05")
    pipeline.land(*more)
    with pipeline.open() as run, statements(monkeypatch) as done:
        before = events(run)["InsertedRows"]
        run.follow()
        written = events(run)["InsertedRows"] - before
        assert differs_from_oracle(run, [*files, *more]) == {}
    return len(done), sum(text.count("replace partition id") for text in done), written


def test_one_row_costs_the_same_however_long_the_history_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements, swapped partitions (one of each of the 17 tables) and rows written, beside 30 days and beside 60."""
    short = cost_of_one_row(tmp_path / "short", 30, monkeypatch)

    assert short == cost_of_one_row(tmp_path / "long", 60, monkeypatch)
    assert short[1] == 17


def test_a_day_moves_to_a_partition_of_its_own_and_back_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its neighbours stay as they are."""
    monkeypatch.setattr(partitions, "MANY_ROWS", 3)
    few = sparse(date(2025, 3, 1), 4)
    many = [request("org-2", id=f"m{number}", at=f"2025-03-02T0{number}:00:00") for number in range(3)]
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*few)
    for rows, raw in ((many, ["202503-0", "202503-20250302"]), (many[:1], ["202503-0"])):
        file = files_of(*rows, name="more")
        pipeline.land(*file)
        with pipeline.open() as run:
            run.follow()
            assert places(run, "raw_pipe_stats") == places(run, "hourly_pipe_stats_days") == raw
            assert differs_from_oracle(run, [*few, *file]) == {}
            assert run.differences() == []


def test_a_neighbour_that_a_kill_left_doubled_is_copied_and_stays_to_be_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next build is of one day; the whole month stood twice."""
    files = sparse(date(2025, 3, 1), 3)
    pipeline = Pipeline(tmp_path, engine="clickhouse")
    pipeline.build(*files)
    more = late("2025-03-02")
    pipeline.land(*more)
    with pipeline.open() as run:
        run.import_everything()
        with killed_in_the_swap("raw_pipe_stats", "in the middle", monkeypatch):
            run.raw("pipe_stats")
        assert run.pending().torn == {date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 3)}
        run.raw("pipe_stats", Span.day(date(2025, 3, 2)))
        assert run.pending().torn == {date(2025, 3, 1), date(2025, 3, 3)}

        run.layers()
        run.editions()

        assert run.pending() == Pending()
        assert differs_from_oracle(run, [*files, *more]) == {}
