"""What a kill in mid-swap leaves in ClickHouse, rows that stand twice: counted once, and mended by the next ordinary build."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.examples import first
from tests.landing_files import files_of, operation, organization, reading, request, workspace
from tests.pipeline import Pipeline, Run, differs_from_oracle
from wrapped_assets.assets.publishing import edition_of
from wrapped_assets.resources.clickhouse import ClickHouseWriter
from wrapped_assets.resources.clickhouse.session import Session, Values
from wrapped_assets.resources.errors import EditionNotWhole, SnapshotNotReady
from wrapped_assets.resources.warehouse import Pending, Reader
from wrapped_assets.snapshot.from_warehouse import write_snapshot

pytestmark = pytest.mark.clickhouse

FILES = files_of(
    request(id="a", at="2025-03-01"),
    request(id="b", at="2025-03-02", workspace_id="ws-2"),
    request("org-2", id="c", at="2025-04-02"),
    operation("org-2", id="d", at="2025-04-02"),
    reading(at="2025-03-01"),
    organization("org-1", name="Ana", customer_id="a"),
    workspace("ws-1", name="one"),
    workspace("ws-2", name="two"),
)


class Killed(Exception):
    """The server is gone."""


def session_of(run: Run) -> Session:
    """The session the warehouse works with."""
    assert isinstance(run.writer, ClickHouseWriter)
    return run.writer.session


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """What all tests here begin with."""
    made = Pipeline(tmp_path_factory.mktemp("built"), engine="clickhouse")
    made.build(*FILES)
    return made


@pytest.fixture
def pipeline(built: Pipeline, tmp_path: Path) -> Pipeline:
    """A copy of it."""
    return built.twin(tmp_path)


@pytest.mark.parametrize("table", ["wrapped_organizations", "dimensions_workspaces"])
def test_owners_and_names_that_stand_twice_count_once(pipeline: Pipeline, table: str) -> None:
    """A swap of them was killed: until the next one the old rows stand beside the new ones."""
    with pipeline.open() as run:
        expected = run.writer.facts(2025)
        session_of(run).run(f"insert into {table} select * from {table}")
        run.summaries(2025, full=True)

        assert run.writer.facts(2025) == expected
        assert {each["requests"] for each in expected} == {1, 2}


REFRESHES: dict[str, Callable[[Run], object]] = {
    "raw_pipe_stats": lambda run: run.raw("pipe_stats", full=True),
    "hourly_pipe_stats_requests": lambda run: run.rollup("hourly", "pipe_stats", full=True),
    "weekly_ingestion_operations": lambda run: run.rollup("weekly", "ingestion", full=True),
    "monthly_pipe_stats_durations": lambda run: run.rollup("monthly", "pipe_stats", full=True),
    "monthly_storage_sizes": lambda run: run.rollup("monthly", "storage", full=True),
    "dimensions_organizations": lambda run: run.dimension("organizations", full=True),
    "dimensions_workspaces": lambda run: run.dimension("workspaces", full=True),
    "wrapped_organizations": lambda run: run.identities(full=True),
    "wrapped_summaries": lambda run: run.summaries(2025, full=True),
}


@contextmanager
def killed_in_the_swap(table: str, when: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Who puts a staged table in place dies at it."""
    ran = Session.run

    def dies(self: Session, statement: str, values: Values | None = None) -> None:
        """`replace partition` shows the new parts, then removes the old; in the middle both are there."""
        if not statement.startswith(f"alter table {table} "):
            return ran(self, statement, values)
        if when == "at its end":
            ran(self, statement, values)
            raise Killed
        parts = f"select distinct partition_id from system.parts where active and database = currentDatabase() and table = 'staging_{table}'"
        for (partition,) in self.rows(parts):
            ran(self, f"alter table {table} attach partition id '{partition}' from staging_{table}")
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Session, "run", dies)
        yield


@pytest.mark.parametrize(
    ("table", "when"),
    first(12, [(table, when) for when in ("in the middle", "at its end") for table in REFRESHES]),
)
def test_a_full_rebuild_that_was_killed_in_its_swap_is_mended_by_an_ordinary_one(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, table: str, when: str
) -> None:
    """Nothing had landed, so nothing below the table says that it is stale: the swap that was begun does, and once only."""
    with pipeline.open() as run:
        expected = run.tables()
        session_of(run).run(f"insert into {table} select * from {table}")  # why somebody asks for a full one
        with killed_in_the_swap(table, when, monkeypatch):
            REFRESHES[table](run)
        assert run.pending() != Pending()
    with pipeline.open() as run:
        run.layers()
        run.summaries(2025)

        assert run.tables() == expected
        assert run.pending() == Pending()


READS: dict[str, Callable[[Reader], object]] = {
    "documents": lambda reader: reader.facts(2025),
    "some documents": lambda reader: reader.facts(2025, ["anybody"]),
    "the largest": lambda reader: reader.facts(2025, most=1),
    "who gets a link": lambda reader: reader.recipients(2025),
    "months": lambda reader: reader.requests_by_month(2025),
    "what is published": lambda reader: edition_of(reader, 2025, False, list),
}


def test_an_edition_whose_swap_was_killed_is_not_read_until_it_is_mended(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An organization was sold to a customer who is new: seller and buyer stand in it, each once and each with its requests.

    A publication would find as many documents as customers, and their sum as large as that of the months. (Found by the
    simulation, seed 67532154: there a customer stood twice.)
    """
    sold = organization("org-1", name="Ana", customer_id="b", exported_at="2025-06-01")
    pipeline.land(*files_of(sold, name="sold"))
    with pipeline.open() as run:
        run.import_everything()
        run.layers()
        with killed_in_the_swap("wrapped_summaries", "in the middle", monkeypatch):
            run.summaries(2025)
        for read in READS.values():
            with pytest.raises(EditionNotWhole, match="The 2025 edition cannot be read just now"):
                read(run.writer)
        assert run.pending().years == {2025}

        run.editions()

        assert [len(run.writer.facts(2025)), len(run.writer.recipients(2025))] == [2, 2]
        for read in READS.values():
            read(run.writer)  # none refuses any more


FREEZE, AFTER = datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)


def test_nothing_that_was_made_of_a_torn_day_freezes_or_is_served(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The levels above have followed it, and wait for nothing: only raw is to be rebuilt, which holds up nothing else."""
    late = files_of(request(id="late", at="2025-03-01T05:00:00"), name="late")
    pipeline.land(*late)
    with pipeline.open() as run:
        run.import_everything()
        with killed_in_the_swap("raw_pipe_stats", "in the middle", monkeypatch):
            run.raw("pipe_stats")
        for level in ("hourly", "daily", "weekly", "monthly"):
            run.rollup(level, "pipe_stats")
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)

        assert sum(row["requests"] for row in run.writer.facts(2025)) > 4  # of a day that stands twice
        edition = run.writer.edition(2025)
        assert edition is not None and not edition.frozen
        with pytest.raises(SnapshotNotReady, match="aw has 2 days to rebuild after a kill"):
            write_snapshot(run.writer, tmp_path / "torn.duckdb", 2025)

        run.layers()
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        edition = run.writer.edition(2025)
        assert edition is not None and edition.frozen
        assert differs_from_oracle(run, [*FILES, *late]) == {}


def test_owners_made_of_a_torn_snapshot_stand_once(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody settles owners by hand before the names are mended: those whom the snapshot did not change are in it twice."""
    more = files_of(organization("org-9", customer_id="nine", exported_at="2025-06-01"), name="nine")
    pipeline.land(*more)
    with pipeline.open() as run:
        run.import_everything()
        with killed_in_the_swap("dimensions_organizations", "in the middle", monkeypatch):
            run.dimension("organizations")
        run.identities(full=True)
        run.layers()
        run.summaries(2025)

        assert run.pending() == Pending()
        assert differs_from_oracle(run, [*FILES, *more]) == {}
