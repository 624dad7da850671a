"""From landing files to documents: what arrives decides the result, never when, how often or in which order.

The property runs the whole pipeline on hostile worlds (`tests/worlds.py`) and compares every table and every
document with `tests/oracle.py`, which shares no code with it.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import worlds
from tests.landing_files import (
    DIMENSIONS,
    FAMILIES,
    LandingFile,
    files_of,
    operation,
    organization,
    reading,
    request,
    truncated,
    workspace,
)
from tests.pipeline import DAYS, ROLLUP_LEVELS, YEARS, Pipeline, Run, differs_from_oracle
from tests.worlds import Choices, Drawn, Rolled
from wrapped_assets.assets import importing
from wrapped_assets.periods import Span
from wrapped_assets.resources.duckdb import dimensions, raw, rollups
from wrapped_assets.resources.errors import LandingFilesGone

FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
FEWER = settings(FEW, max_examples=4)
SPANS = (
    DAYS,
    Span.year(2025),
    Span(date(2024, 12, 29), date(2025, 1, 3)),
    Span(date(2025, 2, 1), date(2025, 3, 2)),
    Span.day(date(2025, 3, 1)),
)


# ---- Plans: what may happen between the first file and the last


@dataclass(frozen=True)
class Landing:
    """A writer leaves files."""

    files: tuple[LandingFile, ...]


@dataclass(frozen=True)
class Work:
    """Somebody, or a sensor, has one layer refreshed."""

    method: str
    arguments: tuple[Any, ...]


Plan = list[Landing | Work]


def make_plan(choices: Choices, files: Sequence[LandingFile]) -> Plan:
    """All the files in some order, some of them different at first, and work on any layer in between."""
    order = list(files)
    random.Random(choices.pick(range(1000))).shuffle(order)
    earlier = [_earlier_version(choices, file) for file in order if choices.pick(range(6)) == 5]
    landings: list[LandingFile] = [*earlier, *order]
    plan: Plan = []
    while landings:
        size = choices.pick((1, 2, 5, 20))
        plan.append(Landing(tuple(landings[:size])))
        landings = landings[size:]
        plan += choices.several(_work, 0, 5)
    return plan


def _earlier_version(choices: Choices, file: LandingFile) -> LandingFile:
    """The object as it was before somebody changed it, which no writer should do."""
    changed = [{**row, **_other_values(row)} for row in file.rows]
    before = (
        replace(file, rows=changed),
        replace(file, rows=file.rows[: len(file.rows) // 2]),
        truncated(file),
    )
    return choices.pick(before)


def _other_values(row: dict[str, Any]) -> dict[str, Any]:
    other = {"organization_id": "org-2", "workspace_id": "ws-4", "pipe_name": "was something else"}
    return {column: value for column, value in other.items() if column in row}


def _work(choices: Choices) -> Work:
    span, full = choices.pick(SPANS), choices.pick((False, False, True))
    options: tuple[Work, ...] = (
        Work("take_in", (choices.pick(FAMILIES + DIMENSIONS), span)),
        Work("raw", (choices.pick(FAMILIES), span, full)),
        Work("rollup", (choices.pick(ROLLUP_LEVELS), choices.pick(FAMILIES), span, full)),
        Work("dimension", (choices.pick(DIMENSIONS), full)),
        Work("identities", (full,)),
        Work("summaries", (choices.pick(YEARS), full)),
        Work("layers", (full, span)),
    )
    return choices.pick(options)


def carry_out(pipeline: Pipeline, plan: Plan) -> None:
    """Do what the plan says, the warehouse opened anew after each landing; nothing needs to end up to date."""
    for step in plan:
        if isinstance(step, Landing):
            pipeline.land(*step.files)
            continue
        with pipeline.open() as run:
            try:
                getattr(run, step.method)(*step.arguments)
            except LandingFilesGone as error:
                # A file was changed and is not imported again yet.
                assert "changed" in str(error)


@contextmanager
def work_in_pieces(rows: int, files: int) -> Iterator[None]:
    """As if a year of files were too large for one piece: every layer is cut into many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "CHUNK_ROWS", rows)
        patch.setattr(rollups, "CHUNK_ROWS", rows)
        patch.setattr(importing, "BATCH_FILES", files)
        patch.setattr(dimensions, "BATCH_FILES", files)
        yield


def distinct(files: Sequence[LandingFile]) -> list[LandingFile]:
    """The files with one per key: of two under the same key the later is what a lister finds."""
    # The oracle takes a snapshot without names for broken, the pipeline for a snapshot of unnamed things.
    agreed = [f for f in files if not (f.family in DIMENSIONS and f.stored.get("name") == "absent")]
    return list({file.key: file for file in agreed}.values())


@contextmanager
def new_pipeline() -> Iterator[Pipeline]:
    """A pipeline of its own for each example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Pipeline(Path(folder))


Story = tuple[list[LandingFile], Plan, int, int]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A world, a plan for it, and how large the pieces of work are."""
    files = distinct(draw(worlds.worlds()))
    plan = make_plan(Drawn(draw), files)
    return files, plan, draw(st.sampled_from([1, 4, 10**6])), draw(st.sampled_from([2, 500]))


def rolled_story(seed: int) -> Story:
    """The seed's story."""
    dice = random.Random(seed)
    files = distinct(worlds.make_world(seed, dice.choice((3, 12, 40))))
    return files, make_plan(Rolled(dice), files), dice.choice((1, 4, 10**6)), dice.choice((2, 500))


def tell(story: Story, then_rebuild: bool = False) -> None:
    """Carry out the plan, bring everything up to date, and hold it against the oracle."""
    files, plan, rows, batch = story
    with new_pipeline() as pipeline, work_in_pieces(rows, batch):
        carry_out(pipeline, plan)
        with pipeline.open() as run:
            run.follow()
            assert differs_from_oracle(run, files) == {}
            assert is_settled(run)
            if then_rebuild:
                assert run.differences() == []
                before = run.tables()
                run.follow(full=True)
                assert run.tables() == before
                assert differs_from_oracle(run, files) == {}


def is_settled(run: Run) -> bool:
    """Whether no layer has anything left to do."""
    pending = run.pending()
    return not (pending.partitions or pending.dimensions or pending.identities or pending.years)


# ---- The promises


@pytest.mark.proof
@FEW
@given(stories())
def test_neither_order_nor_runs_nor_repeats_show_in_any_table_or_document(story: Story) -> None:
    """Land the files as you like, refresh what you like when you like: you get the oracle's numbers, byte for byte."""
    tell(story)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_neither_order_nor_runs_nor_repeats_show_in_many_more_worlds(seed: int) -> None:
    """The same in larger worlds and longer stories; and a rebuild of every layer finds nothing to change."""
    tell(rolled_story(seed), then_rebuild=True)


@pytest.mark.proof
@FEWER
@given(stories())
def test_a_rebuild_of_every_layer_after_any_story_changes_nothing(story: Story) -> None:
    """What was refreshed bit by bit is what a full refresh makes; the deep comparison said so before."""
    tell(story, then_rebuild=True)


def test_two_warehouses_fed_differently_from_one_landing_folder_hold_the_same(pipeline: Pipeline) -> None:
    """One takes everything at once, the other family by family and day by day, backwards; the ledger included."""
    files = distinct(worlds.make_world(seed=11, size=25))
    pipeline.build(*files)
    other = Pipeline(pipeline.home, "other")
    with other.open() as run:
        for family in reversed(FAMILIES):
            days = sorted({date.fromisoformat(file.day) for file in files if file.family == family})
            for day in reversed(days):
                run.take_in(family, Span.day(day))
                run.raw(family)
        run.follow()
        slowly, documents = run.tables(), [run.documents(year) for year in YEARS]
    with pipeline.open() as run:
        tables = run.tables()
        # Only DuckDB has tables of years.
        assert tables == {name: slowly[name] for name in tables}
        assert [run.documents(year) for year in YEARS] == documents


def test_a_world_of_a_hundred_customers_is_ranked_as_the_oracle_ranks_it(pipeline: Pipeline) -> None:
    """Exactly, ties and all, with more regions than are shown."""
    files = distinct(worlds.make_world(seed=1, size=20, crowd=True))
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        assert any(b'"percentile"' in text for year in YEARS for text in run.documents(year).values())


@pytest.mark.proof
@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Kiritimati"])
def test_the_clock_of_the_machine_does_not_show(tmp_path: Path, zone: str) -> None:
    """A process three and a half hours behind UTC, or fourteen ahead, counts the same days and hours."""
    script = f"from tests.test_pipeline import build_here; build_here({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "TZ": zone}, check=True, timeout=120)


def build_here(folder: str) -> None:
    """Build the edges of the year, times with and without a zone among them, and hold them against the oracle."""
    edges = (
        "2024-12-31T23:59:59.999",
        "2025-01-01T00:00:00",
        "2025-03-30T02:30:00",
        "2025-12-31T23:59:59.999",
    )
    makers = (request, operation, reading)
    files = files_of(*(make(at=at) for make in makers for at in edges), organization(), workspace())
    pipeline = Pipeline(Path(folder))
    pipeline.land(*files)
    for path in pipeline.landing.glob("pipe_stats/*/*/*.parquet"):
        table = pq.read_table(path, partitioning=None)
        zoned = [
            pa.field(each.name, pa.timestamp("ms", "UTC")) if pa.types.is_timestamp(each.type) else each
            for each in table.schema
        ]
        pq.write_table(table.cast(pa.schema(zoned)), path)
    pipeline.build()
    with pipeline.open() as run:
        different = differs_from_oracle(run, files)
        assert different == {}, different
