"""What an edition says and holds when a layer below is ahead of it, behind it, or changed; on the way to its freeze too."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from tests.landing_files import LandingFile, Row, files_of, organization, reading, request, workspace
from tests.pipeline import Pipeline, Run, differs_from_oracle
from wrapped_assets.periods import Span
from wrapped_assets.resources.errors import WarehouseBusy
from wrapped_assets.resources.writer_lock import alone

FREEZE, AFTER = datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)
DAY = Span.day(date(2025, 6, 3))


def freeze(run: Run) -> int:
    """Refresh the edition of 2025 after its freeze; how many rows it leaves out."""
    return run.summaries(2025, now=AFTER, freeze_at=FREEZE).left_out


def is_frozen(run: Run) -> bool:
    """Whether the edition of 2025 is frozen."""
    edition = run.writer.edition(2025)
    return edition is not None and edition.frozen


def snapshot(*rows: Row, at: str) -> list[LandingFile]:
    """One snapshot with these rows."""
    return files_of(*(row | {"exported_at": datetime.fromisoformat(at)} for row in rows), name=at)


def test_an_edition_is_not_frozen_while_its_reach_cannot_be_told(pipeline: Pipeline) -> None:
    """An object of it was changed and not followed: it would say for ever that it reaches less far than it does."""
    pipeline.build(*files_of(request(id="a", at="2025-03-01"), name="a"))
    pipeline.land(*files_of(request(id="b", at="2025-07-01", exported_at="2025-07-02"), name="b"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        pipeline.land(*files_of(request(id="a", at="2025-03-01", read_bytes=5), name="a"))
        run.import_everything()
        freeze(run)
        assert not is_frozen(run)

        run.layers()
        freeze(run)
        edition = run.writer.edition(2025)
        assert edition is not None and edition.frozen
        assert edition.generated_at.date() == date(2025, 7, 2)
        assert freeze(run) == 0


def test_what_was_never_built_is_not_frozen(pipeline: Pipeline) -> None:
    """And nothing is noted as left out of it, for its first build holds it."""
    pipeline.land(*files_of(request(id="a", at="2025-03-01"), name="a"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        pipeline.land(*files_of(request(id="a", at="2025-03-01", read_bytes=5), name="a"))
        pipeline.land(*files_of(request(id="b", at="2025-07-01"), name="b"))
        run.import_everything()
        freeze(run)
        assert run.writer.edition(2025) is None

        run.layers()
        freeze(run)
        assert is_frozen(run)
        assert [row["requests"] for row in run.writer.facts(2025)] == [2]
        assert freeze(run) == 0


def test_the_plot_of_a_frozen_edition_shows_what_it_holds(pipeline: Pipeline) -> None:
    """Not the late row that the layers below follow all the same."""
    pipeline.build(*files_of(request(id="a", at="2025-03-01"), name="a"))
    with pipeline.open() as run:
        freeze(run)
        pipeline.land(*files_of(request(id="b", at="2025-03-02"), name="b"))
        run.import_everything()
        run.layers()
        assert freeze(run) == 1
        assert run.writer.requests_by_month(2025) == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_the_days_of_a_rebuilt_month_are_counted_anew(pipeline: Pipeline) -> None:
    """A late row that came with a rebuild of everything below."""
    files = files_of(request(id="a", at="2025-06-03"))
    late = files_of(request(id="b", at="2025-06-04"), name="late")
    pipeline.build(*files)
    pipeline.land(*late)
    with pipeline.open() as run:
        run.import_everything()
        run.layers(full=True)
        run.editions()
        assert differs_from_oracle(run, files + late) == {}


@pytest.mark.duckdb("damages a table of DuckDB")
def test_a_day_that_moved_is_found_by_the_deep_comparison(pipeline: Pipeline) -> None:
    """The totals are as they were."""
    pipeline.build(*files_of(request(id="a", at="2025-06-03"), request(id="b", at="2025-06-04")))
    with (
        pipeline.open() as run,
        run.damaged("update main.wrapped_days set day = day + 1 where day = '2025-06-04'"),
    ):
        assert {row["in_table"] for row in run.differences("wrapped_summaries")} == {"main.wrapped_days"}


def test_a_seller_that_keeps_another_organization_loses_the_sold_one(pipeline: Pipeline) -> None:
    """One of two organizations goes to another customer."""
    events = files_of(request("x"), request("y"), request("z"))
    owners = [
        organization("x", customer_id="a"),
        organization("y", customer_id="a"),
        organization("z", customer_id="b"),
    ]
    first, sold = (
        snapshot(*owners, at="2025-01-01"),
        snapshot(organization("x", customer_id="b"), at="2025-06-01"),
    )
    pipeline.build(*events, *first)
    pipeline.build(*sold)
    with pipeline.open() as run:
        assert differs_from_oracle(run, events + first + sold) == {}


def test_a_name_that_vanishes_is_gone_from_the_summaries(pipeline: Pipeline) -> None:
    """The snapshot that named the workspace was replaced by one that does not."""
    events = files_of(request())
    pipeline.build(*events, *files_of(workspace(name="Named"), workspace("ws-2"), name="w"))
    changed = files_of(workspace("ws-2"), name="w")
    pipeline.build(*changed)
    with pipeline.open() as run:
        assert differs_from_oracle(run, events + changed) == {}


def test_of_a_file_only_the_days_that_are_held_count_for_the_reach(pipeline: Pipeline) -> None:
    """Its other day, exported later, waits."""
    rows = [
        request(id="a", at="2025-06-03"),
        request(id="b", at="2025-06-04", exported_at="2025-06-09"),
    ]
    pipeline.land(LandingFile("pipe_stats", "2025-06-03", "eu", "two", rows))
    with pipeline.open() as run:
        run.import_everything()
        run.raw("pipe_stats", DAY)
        run.layers(span=DAY)
        run.summaries(2025)
        edition = run.writer.edition(2025)
        assert edition is not None and edition.generated_at.date() == DAY.start


def test_an_edition_can_be_read_in_pieces(pipeline: Pipeline) -> None:
    """Any choice of customers gets the facts that all of them get, its place among everybody included."""
    events = [request(f"org-{n}", id=f"{n}-{m}") for n in range(7) for m in range(n)]
    pipeline.build(*files_of(*events), *files_of(reading("idle"), reading("other", at="2024-05-05")))
    with pipeline.open() as run:
        everybody = run.writer.facts(2025)
        ids = list(run.writer.recipients(2025))
        assert len(everybody) == 7 and ids == sorted(row["wrapped_id"] for row in everybody)
        assert run.writer.facts(2025, ids) == everybody
        assert run.writer.facts(2025, ids[:3]) == [row for row in everybody if row["wrapped_id"] in ids[:3]]
        assert run.writer.facts(2025, ["unknown"]) == run.writer.facts(2025, []) == []


def test_late_rows_are_counted_by_whoever_reads(pipeline: Pipeline) -> None:
    """As the refresh counts them; a live edition leaves out nothing."""
    pipeline.build(*files_of(request(id="a", at="2025-03-01"), name="a"))
    with pipeline.open() as run:
        assert run.writer.left_out(2025) == run.writer.left_out(1999) == 0
        freeze(run)
        pipeline.land(*files_of(request(id="b", at="2025-03-02"), request(id="c", at="2025-03-02"), name="b"))
        run.import_everything()
        run.layers()
        assert freeze(run) == 2
    with pipeline.warehouse.reading() as reader:
        assert reader.left_out(2025) == 2


def test_nobody_writes_while_an_edition_is_read_as_a_whole(pipeline: Pipeline) -> None:
    """Its many statements agree with each other."""
    pipeline.build(*files_of(request()))
    with pipeline.warehouse.unchanging(patience=0) as reader:
        assert len(reader.recipients(2025)) == 1
        assert not can_be_written(pipeline)
    assert can_be_written(pipeline)


def can_be_written(pipeline: Pipeline) -> bool:
    """Whether another process would get in to write at once."""
    if pipeline.engine == "clickhouse":
        try:
            with alone(pipeline.clickhouse.lock, "the warehouse", patience=0):
                return True
        except WarehouseBusy:
            return False
    command = [
        sys.executable,
        "-c",
        "import duckdb, sys; duckdb.connect(sys.argv[1])",
        str(pipeline.duckdb.path),
    ]
    return subprocess.run(command, capture_output=True).returncode == 0
