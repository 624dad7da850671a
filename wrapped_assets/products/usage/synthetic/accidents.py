"""Which landing objects meet which accident. What an accident does to an object is in `damage`.

No accident takes a good row away: a bad file is one more object beside the good one it was made from, and bad
rows are added to a good file. So whoever quarantines rightly still counts every event.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from wrapped_assets.products.usage.synthetic.damage import (
    BROKEN_BYTES,
    BROKEN_TABLES,
    SHAPES,
    SIGNED,
    bad_rows,
    break_beside,
    evolve,
    spoil,
)
from wrapped_assets.products.usage.synthetic.objects import LandingObject
from wrapped_assets.products.usage.synthetic.world import FAMILIES, World

# One object in so many was sent twice, under another name.
COPIED_ONE_IN = 128
_ANY_INSTANT = datetime(2025, 1, 1)


@dataclass(frozen=True)
class Accidents:
    """Good objects and what happens to each."""

    copied: tuple[LandingObject, ...] = ()
    broken: tuple[tuple[LandingObject, str], ...] = ()
    spoiled: tuple[tuple[LandingObject, str], ...] = ()
    evolved: tuple[LandingObject, ...] = ()

    @property
    def broken_files(self) -> dict[str, int]:
        """How many objects there are of each kind that cannot be taken in."""
        return dict(Counter(kind for _, kind in self.broken))

    @property
    def spoiled_rows(self) -> dict[str, int]:
        """How many rows there are for each reason to leave them out."""
        counts: Counter[str] = Counter()
        for landed, reason in self.spoiled:
            rows = bad_rows(SHAPES[landed.family], _ANY_INSTANT)[reason]
            counts["negative" if reason == SIGNED else reason] += len(rows)
        return dict(counts)

    def cause(self, folder: Path) -> None:
        """Let them happen to the objects under `folder`."""
        for landed in self.copied:
            file = folder / landed.key
            file.with_name(f"{file.stem}-copy.parquet").write_bytes(file.read_bytes())
        for landed, kind in self.broken:
            break_beside(folder / landed.key, kind, SHAPES[landed.family])
        for landed, reason in self.spoiled:
            spoil(folder / landed.key, reason, SHAPES[landed.family])
        for landed in self.evolved:
            evolve(folder / landed.key)


def plan(world: World, objects: Iterable[LandingObject]) -> Accidents:
    """Deal the accidents out among good objects, one to each at most, the same every time."""
    by_family: dict[str, list[LandingObject]] = {family: [] for family in FAMILIES}
    for landed in objects:
        by_family[landed.family].append(landed)
    plans = [_plan(world.seed, family, landed) for family, landed in by_family.items()]
    return Accidents(
        copied=tuple(landed for each in plans for landed in each.copied),
        broken=tuple(pair for each in plans for pair in each.broken),
        spoiled=tuple(pair for each in plans for pair in each.spoiled),
        evolved=tuple(landed for each in plans for landed in each.evolved),
    )


def _plan(seed: int, family: str, objects: list[LandingObject]) -> Accidents:
    """A world of too few objects has as many accidents as fit."""
    deck = iter(sorted(objects, key=lambda landed: hashlib.sha256(f"{seed} {landed.key}".encode()).digest()))
    kinds, reasons = (*BROKEN_BYTES, *BROKEN_TABLES), bad_rows(SHAPES[family], _ANY_INSTANT)
    # The names come first in each zip: it must not draw an object that then goes without.
    broken = tuple((landed, kind) for kind, landed in zip(kinds, deck, strict=False))
    spoiled = tuple((landed, reason) for reason, landed in zip(reasons, deck, strict=False))
    evolved = tuple(islice(deck, 1))
    return Accidents(tuple(islice(deck, max(1, len(objects) // COPIED_ONE_IN))), broken, spoiled, evolved)
