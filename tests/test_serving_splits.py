"""An answer is what a full batch would say, wherever history ends and fresh files begin."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import flat, worlds
from tests.landing_files import LandingFile, write
from tests.pipeline import SECRET, Pipeline
from wrapped_assets.resources.landing_store import LandingStore
from wrapped_assets.serving.live import Live

YEARS = (2024, 2025, 2026)


def days_of(dice: random.Random, year: int) -> tuple[date, date]:
    """A half-open range inside the year, often one with an edge of a month or the year."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    edges = [first, end, *(date(year, month, 1) for month in range(1, 13))]
    some = [first + timedelta(dice.randrange((end - first).days + 1)) for _ in range(2)]
    start, stop = sorted(dice.sample([*edges, *some, *some, *some], 2))
    return start, stop


def wrong_answers(
    live: Live, files: Sequence[LandingFile], dice: random.Random, questions: int = 6
) -> list[tuple[object, ...]]:
    """The questions whose answers are not what the oracle says of all files: the question, what was said, what is true."""
    everyone = flat.customers(files, SECRET)
    found = []
    for number in range(questions):
        asked = dice.sample(everyone, dice.randint(1, len(everyone))) if everyone and number else everyone
        start, end = (
            days_of(dice, live.year) if number > 1 else (date(live.year, 1, 1), date(live.year + 1, 1, 1))
        )
        answer = live.summary([*asked, "unknown"], start, end)
        (row,) = answer.rows
        said = dict(zip([name for name, _ in answer.columns], row, strict=True))
        true = flat.summary(files, SECRET, asked, start, end)
        if said != true:
            differing = {name: (said[name], true[name]) for name in true if said[name] != true[name]}
            found.append((asked, start, end, differing))
    return found


def check_split(home: Path, engine: str, files: list[LandingFile], seed: int) -> None:
    """History is a random part of the files, the others land in random groups; every answer on the way is right."""
    dice = random.Random(seed)
    dice.shuffle(files)
    pipeline = Pipeline(home, engine=engine)
    landed = files[: dice.randint(0, len(files))]
    pipeline.build(*landed)
    for year in YEARS:
        snapshot = home / f"{year}.duckdb"
        with pipeline.warehouse.reading() as reader:
            if reader.edition(year) is None:
                continue
            reader.write_snapshot(snapshot, year)
        landing = home / f"landing-{year}"
        landing.mkdir()
        for file in landed:
            (landing / file.key).parent.mkdir(parents=True, exist_ok=True)
            (landing / file.key).hardlink_to(pipeline.landing / file.key)
        live = Live.open(snapshot, LandingStore.open(f"file://{landing}"), SECRET)
        try:
            present = list(landed)
            assert wrong_answers(live, present, dice, 3) == []
            rest = files[len(landed) :]
            while rest:
                size = dice.randint(1, len(rest))
                for file in rest[:size]:
                    write(landing, file)
                present, rest = present + rest[:size], rest[size:]
                live.follow()
                assert wrong_answers(live, present, dice) == []
        finally:
            live.close()


@pytest.mark.parametrize("seed", range(8))
def test_any_split_says_what_the_batch_says(tmp_path: Path, engine: str, seed: int) -> None:
    """A bigger hostile world, split anywhere."""
    check_split(tmp_path, engine, worlds.make_world(seed, 40), seed)
