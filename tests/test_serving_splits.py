"""An answer is what a full batch would say, wherever history ends and fresh files begin."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import flat, worlds
from tests.examples import first
from tests.landing_files import LandingFile
from tests.live import Landing, said, serving, wrong_answers
from tests.pipeline import SECRET, Pipeline
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot.from_warehouse import write_snapshot
from wrapped_assets.snapshot.warm_start import Keeper

pytestmark = pytest.mark.proof

YEARS = (2024, 2025, 2026)


def changed(dice: random.Random, files: Sequence[LandingFile]) -> list[LandingFile]:
    """Some of the files under their own keys, with rows of others of their kind, or with none."""
    found = []
    for file in dice.sample(list(files), min(len(files), dice.choice((0, 0, 1, 2)))):
        donors = [
            each for each in files if each.family == file.family and not each.stored and not each.damage
        ]
        rows = [row for donor in donors for row in donor.rows]
        held = dice.sample(rows, dice.randint(0, min(len(rows), 4)))
        # A column that holds a negative number is a signed one, and cannot hold the largest counters.
        if any(isinstance(value, int) and value < 0 for row in held for value in row.values()):
            held = []
        found.append(replace(file, rows=held, stored={}, damage=""))
    return found


def check_split(home: Path, engine: str, files: Sequence[LandingFile], dice: random.Random) -> None:
    """History is a random part of the files, the others land in random groups, some change; every answer on the way is right, also of
    a process that goes on where the one before it ended."""
    files = dice.sample(list(files), len(files))
    history, rest = files[: (cut := dice.randint(0, len(files)))], files[cut:]
    pipeline = Pipeline(home, engine=engine)
    pipeline.build(*history)
    for year in YEARS:
        with pipeline.warehouse.reading() as reader:
            write_snapshot(reader, home / f"{year}.duckdb", year)
        landing = Landing.like(pipeline, home / f"landing-{year}", history)
        store = LandingStore.open(f"file://{landing.folder}")
        snapshot, waiting, is_first = home / f"{year}.duckdb", list(rest), True
        while waiting or is_first:
            keeper = Keeper(home / "kept" / f"{year}.kept", SECRET, {})
            with Live.open(snapshot, store, SECRET, keeper=keeper) as live:
                assert wrong_answers(live, landing.present, dice, 3) == []
                if not is_first:
                    again = live.follow()
                    assert (again.taken, again.hours) == (0, 0)
                is_first = False
                while waiting:
                    size = dice.randint(1, len(waiting))
                    landing.land(*changed(dice, landing.present), *waiting[:size])
                    waiting = waiting[size:]
                    report = live.follow()
                    assert not report.held and not report.unread
                    assert wrong_answers(live, landing.present, dice) == []
                    if dice.random() < 0.3:
                        break
                live.keep()


@settings(max_examples=12, deadline=None)
@given(files=worlds.worlds(size=10), seed=st.integers(0, 2**32))
def test_any_split_of_any_small_world(files: list[LandingFile], seed: int) -> None:
    """Hypothesis makes the world smaller until only the reason of a failure is left."""
    with tempfile.TemporaryDirectory() as home:
        check_split(Path(home), "duckdb", files, random.Random(seed))


@pytest.mark.parametrize("seed", first(3, range(6)))
def test_any_split_of_a_bigger_world(tmp_path: Path, engine: str, seed: int) -> None:
    """The same on both engines."""
    check_split(tmp_path, engine, worlds.make_world(seed, 40), random.Random(seed))


@pytest.mark.parametrize("seed", range(3))
def test_whole_years_are_what_the_warehouse_says(tmp_path: Path, seed: int) -> None:
    """The summaries of a warehouse that has all files, against answers from a snapshot that had half of them."""
    files = worlds.make_world(100 + seed, 40)
    half, everything = Pipeline(tmp_path / "half"), Pipeline(tmp_path / "all")
    half.build(*files[: len(files) // 2])
    everything.build(*files)
    half.land(*files)
    with everything.warehouse.reading() as reader:
        facts = {row["wrapped_id"]: row for row in reader.facts(2025)}
    with serving(half) as live:
        live.follow()
        for customer in flat.customers(files, SECRET):
            row, true = said(live, [customer]), facts.get(customer)
            assert row["total_requests"] == (true["requests"] if true else 0)
            if true is None:
                continue
            assert (row["total_errors"], row["total_bytes_read"], row["total_rows_read"]) == (
                true["errors"],
                true["bytes_read"],
                true["rows_read"],
            )
            assert (row["storage_bytes"], row["ingestion_bytes"], row["ingestion_rows"]) == (
                true["storage_bytes"] or 0,
                true["ingestion_bytes"],
                true["ingestion_rows"],
            )
            assert row["top_event_types"] == true["event_types"]
            assert [each["requests"] for each in row["top_workspaces"]][:5] == [
                each["requests"] for each in true["workspaces"]
            ]
