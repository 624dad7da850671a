"""A snapshot, its own landing folder, and questions whose answers the oracle knows."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests import flat
from tests.landing_files import LandingFile, write
from tests.pipeline import SECRET, Pipeline
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot.from_warehouse import write_snapshot

YEAR = date(2025, 1, 1), date(2026, 1, 1)


@contextmanager
def serving(pipeline: Pipeline, year: int = 2025, **options: Any) -> Iterator[Live]:
    """A snapshot of the pipeline's warehouse as it is now, and an open Live on its landing folder."""
    snapshot = pipeline.home / f"{pipeline.name}-{year}.duckdb"
    with pipeline.warehouse.reading() as reader:
        write_snapshot(reader, snapshot, year)
    with Live.open(snapshot, LandingStore.open(f"file://{pipeline.landing}"), SECRET, **options) as live:
        yield live


def said(live: Live, customers: Sequence[str], start: date = YEAR[0], end: date = YEAR[1]) -> dict[str, Any]:
    """The one row of the summary, by column."""
    answer = live.summary(customers, start, end)
    (row,) = answer.rows
    return dict(zip([name for name, _ in answer.columns], row, strict=True))


def wrong_answers(
    live: Live, files: Sequence[LandingFile], dice: random.Random, questions: int = 6, secret: bytes = SECRET
) -> list[tuple[Any, ...]]:
    """The questions whose answers are not what the oracle says of the files: what was asked, and (said, true) by column."""
    everyone = flat.customers(files, secret)
    year = date(live.year, 1, 1), date(live.year + 1, 1, 1)
    found: list[tuple[Any, ...]] = []
    for number in range(questions):
        asked = dice.sample(everyone, dice.randint(1, len(everyone))) if everyone and number else everyone
        start, end = days_of(dice, live.year) if number > 1 else year
        row = said(live, [*asked, "unknown"], start, end)
        true = flat.summary(files, secret, asked, start, end)
        if row != true:
            differing = {name: (row[name], true[name]) for name in true if row[name] != true[name]}
            found.append((asked, start, end, differing))
    return found


def days_of(dice: random.Random, year: int) -> tuple[date, date]:
    """A half-open range inside the year, often with an edge of a month or the year; sometimes empty."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    edges = [first, end, *(date(year, month, 1) for month in range(1, 13))]
    some = [first + timedelta(dice.randrange((end - first).days + 1)) for _ in range(2)]
    start, stop = sorted(dice.choices([*edges, *some, *some, *some], k=2))
    return start, stop


@dataclass
class Landing:
    """A landing folder that files arrive in one after the other, beginning with links to those of a pipeline."""

    folder: Path
    present: list[LandingFile]

    @classmethod
    def like(cls, pipeline: Pipeline, folder: Path, files: Sequence[LandingFile]) -> "Landing":
        """A folder of its own with the same file versions in it."""
        present = _newest(files)
        for file in present:
            target = folder / file.key
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(pipeline.landing / file.key)
        folder.mkdir(exist_ok=True)
        return cls(folder, present)

    def land(self, *files: LandingFile) -> None:
        """Files arrive; one whose key is taken replaces what was there."""
        for file in files:
            write(self.folder, file)
        self.present = _newest([*self.present, *files])


def _newest(files: Sequence[LandingFile]) -> list[LandingFile]:
    """Of files with one key the last: it was written over the others."""
    return list({file.key: file for file in files}.values())
