"""A story: the steps of one seed, drawn before anything happens.

A step is a kind and a number that decides its details, so any of them can be left out and the others still mean something.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

# What may happen, and how often.
WEIGHTS = {
    # In the regions and in the bucket
    "events happen": 16,
    "rows are corrected": 6,
    "a region exports": 16,
    "names are exported": 5,
    "a writer drops a file": 7,
    "a file is repeated": 3,
    "a file is renamed": 2,
    "a file is truncated": 2,
    "a file is rewritten": 3,
    "time passes": 6,
    # In the pipeline
    "the import sensor ticks": 12,
    "the follow-up sensor ticks": 14,
    "days are backfilled": 3,
    "a layer is refreshed": 4,
    "everything is rebuilt": 1,
    "two runs race": 3,
    # In what is published and served
    "the secret is changed": 1,
    "an edition is frozen": 1,
    "an edition is published": 2,
    "a version is promoted": 2,
    "a promotion is rolled back": 1,
    "serving starts": 2,
    "serving follows": 4,
    "everything comes to rest": 2,
}


@dataclass(frozen=True)
class Step:
    """One step: its number in the whole story, what happens, and the seed of its details."""

    number: int
    kind: str
    seed: str

    def dice(self) -> random.Random:
        """Its own generator: the same details whatever else happens."""
        return random.Random(self.seed)


def drawn(seed: int, length: int) -> list[Step]:
    """The steps of a seed."""
    dice = random.Random(f"story {seed}")
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    return [
        Step(number, dice.choices(kinds, weights)[0], f"step {seed} {number}")
        for number in range(1, length + 1)
    ]


def only(steps: Sequence[Step], numbers: Sequence[int]) -> list[Step]:
    """Those with these numbers."""
    wanted = set(numbers)
    return [step for step in steps if step.number in wanted]
