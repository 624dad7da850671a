"""A ClickHouse server killed at any moment, and a line that loses answers: run again, it ends in the same tables.

The moments are counted in statements, never in seconds. The server is another process; the pipeline lives on and must say
what happened.
"""

import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.clickhouse_server import PASSWORD
from tests.examples import first
from tests.pipeline import Pipeline, Table, differs_from_oracle
from tests.served import Served, serving
from tests.test_killed import AFTER, BEFORE, FILES
from tests.wire import KILLED, When, Wire, wired
from wrapped_assets.resources.errors import WarehouseError, WarehouseLost

pytestmark = pytest.mark.clickhouse_server


@dataclass(frozen=True)
class Story:
    """A server in which the first files were built, the landing folder with those that came since, and what they make."""

    home: Path
    tables: dict[str, Table]
    statements: list[str]

    @contextmanager
    def begin(self, folder: Path) -> Iterator[tuple[Wire, Served]]:
        """A copy of the server, and the warehouse behind a line to it."""
        shutil.copytree(self.home / "server" / "data", folder / "data", symlinks=True)
        with serving(folder) as server, wired(server) as wire:
            yield wire, Served(self.home, name=folder.name, url=server.url(port=wire.port))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, clickhouse_library: None) -> Story:
    """The story without any disturbance."""
    unborn = Story(tmp_path_factory.mktemp("story"), {}, [])
    with serving(unborn.home / "server") as server:
        Served(unborn.home, url=server.url()).build(*BEFORE)
        server.stop()
    with unborn.begin(unborn.home / "undisturbed") as (wire, pipeline):
        pipeline.land(*AFTER)
        bring_up_to_date(pipeline)
        statements = list(wire.seen)
        with pipeline.open() as run:
            assert differs_from_oracle(run, FILES) == {}
            return Story(unborn.home, run.tables(), statements)


def bring_up_to_date(pipeline: Pipeline) -> None:
    """Take in all that landed, and let every layer follow."""
    with pipeline.open() as run:
        run.follow()


def differing(story: Story, pipeline: Pipeline) -> list[str]:
    """The tables that are not what they are without any disturbance."""
    with pipeline.open() as run:
        held, pending = run.tables(), run.pending()
    assert not (pending.partitions or pending.dimensions or pending.identities or pending.years)
    return [name for name in story.tables if held[name] != story.tables[name]]


def holds_no_secret(told: BaseException | str) -> bool:
    """Whether nothing that was said, nor what it came from, holds the password, as it is or as a URL has it."""
    texts = [told] if isinstance(told, str) else []
    while isinstance(told, BaseException):
        texts.append(f"{told} {told!r}")
        told = told.__cause__ or told.__context__ or ""
    return not any(secret in text for text in texts for secret in (PASSWORD, quote(PASSWORD, safe="")))


@pytest.mark.parametrize("number", first(3, range(9)))
def test_a_server_killed_at_any_statement_leaves_nothing_half_done(
    story: Story, tmp_path: Path, number: int
) -> None:
    """kill -9 in front of it, while it works on it, or when it is done and has not said so: then the same tables."""
    at = random.Random(number).randint(1, len(story.statements))
    with story.begin(tmp_path / "server") as (wire, pipeline):
        wire.break_at(KILLED[number % len(KILLED)], at)
        with pytest.raises(WarehouseError) as told:
            bring_up_to_date(pipeline)
        assert wire.broken.is_set() and not wire.server.answers()
        assert holds_no_secret(told.value)
        wire.server.start()
        bring_up_to_date(pipeline)
        assert differing(story, pipeline) == [], story.statements[at - 1]


# A step that imports, builds or swaps, and what it does it with; one of each kind first.
STEPS = {
    "rows land": "INSERT INTO landing_pipe_stats",
    "the ledger is written": "INSERT INTO `landing_ledger`",
    "raw is swapped": "alter table raw_pipe_stats",
    "months change": "create or replace table staging_changed",
    "a mark is set": "INSERT INTO `built`",
    "owners are swapped": "alter table wrapped_organizations",
    "a year is swapped": "alter table wrapped_summaries",
    "an edition is closed": "INSERT INTO `edition_log`",
    "impossible rows are set aside": "INSERT INTO `landing_quarantined_rows`",
    "raw is staged": "insert into staging_raw_pipe_stats",
    "hours are staged": "insert into staging_hourly_pipe_stats_requests",
    "days are swapped": "alter table daily_pipe_stats_requests",
    "months are swapped": "alter table monthly_ingestion_operations",
    "names are swapped": "alter table dimensions_organizations",
    "a year is read": "from monthly_pipe_stats_requests as state",
    "summaries are staged": "INSERT INTO staging_wrapped_summaries",
}


@pytest.mark.parametrize("step", first(8, STEPS))
def test_a_server_killed_at_each_step_leaves_nothing_half_done(
    story: Story, tmp_path: Path, step: str
) -> None:
    """In every layer, in front of the step, then in the middle of it, then behind it: in the end the same tables."""
    deaths = 0
    with story.begin(tmp_path / "server") as (wire, pipeline):
        for when in KILLED:
            wire.break_at(when, STEPS[step])
            try:
                bring_up_to_date(pipeline)
            except WarehouseLost as lost:
                assert "stopped answering in the middle of the work" in str(lost) and holds_no_secret(lost)
            if not wire.broken.is_set():
                # It was done when the server was killed the last time, and is not done again.
                break
            deaths += 1
            wire.server.start()
        wire.follow(None)
        bring_up_to_date(pipeline)
        assert differing(story, pipeline) == []
    assert deaths >= 2


@pytest.mark.parametrize("table", ["raw_pipe_stats", "wrapped_summaries"])
def test_a_swap_that_was_killed_before_the_old_partition_was_gone_is_mended(
    story: Story, tmp_path: Path, table: str
) -> None:
    """`replace partition` shows the new parts and then removes the old: killed in between, both are there after a restart.

    For each other table `tests/test_clickhouse_doubled.py` shows it in process.
    """
    with story.begin(tmp_path / "server") as (wire, pipeline):
        wire.break_at("killed before", f"alter table {table}")
        with pytest.raises(WarehouseLost):
            bring_up_to_date(pipeline)
        wire.server.start()
        parts = f"select distinct partition_id from system.parts where active and table = 'staging_{table}'"
        for partition in wire.server.ask(parts).split():
            wire.server.ask(
                f"alter table wrapped.{table} attach partition id '{partition}' from wrapped.staging_{table}"
            )
        bring_up_to_date(pipeline)
        assert differing(story, pipeline) == []


def test_questions_and_blocks_whose_answers_are_lost_are_sent_again_and_count_once(
    story: Story, tmp_path: Path
) -> None:
    """The server did what was asked, and its answer never came: of every first sending of each."""
    with story.begin(tmp_path / "server") as (wire, pipeline):
        lost: list[str] = []

        def plan(number: int, statement: str) -> When | None:
            words = re.sub(r"^(--.*\n)+", "", statement).lower()
            again = lost and lost[-1] == statement
            if again or not words.startswith(("select", "with", "insert into `")):
                lost.append("")
                return None
            lost.append(statement)
            return "answer lost"

        wire.follow(plan)
        bring_up_to_date(pipeline)
        wire.follow(None)
        assert len(list(filter(None, lost))) > 200
        assert differing(story, pipeline) == []


@pytest.mark.parametrize(
    "statement",
    ["alter table raw_pipe_stats", "insert into staging_raw_pipe_stats", "INSERT INTO landing_pipe_stats"],
)
def test_what_is_not_safe_to_repeat_is_sent_once(story: Story, tmp_path: Path, statement: str) -> None:
    """When its answer is lost the run says so; running again ends in the same tables."""
    with story.begin(tmp_path / "server") as (wire, pipeline):
        wire.break_at("answer lost", statement)
        with pytest.raises(WarehouseLost):
            bring_up_to_date(pipeline)
        assert sum(statement in seen for seen in wire.seen) == 1
        bring_up_to_date(pipeline)
        assert differing(story, pipeline) == []


def test_a_server_that_is_back_before_it_is_needed_is_not_missed(story: Story, tmp_path: Path) -> None:
    """Restarted between two statements, in one session: the old connection is dead, and nobody notices."""
    with story.begin(tmp_path / "server") as (wire, pipeline), pipeline.open() as run:
        run.import_everything()
        wire.server.kill()
        wire.server.start()
        run.follow()
        assert run.tables() == story.tables
