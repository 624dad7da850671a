"""From a failing story to the shortest one that still fails: leave out as many steps as possible, large pieces first."""

from collections.abc import Callable, Sequence

from tests.simulation.story import Step


def shortest(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """A part of the story that fails and of which no single step can be left out (delta debugging)."""
    kept = list(steps)
    size = max(len(kept) // 2, 1)
    while True:
        shrunk = False
        place = 0
        while place < len(kept):
            without = kept[:place] + kept[place + size :]
            if fails(without):
                kept, shrunk = without, True
            else:
                place += size
        if size == 1 and not shrunk:
            return kept
        size = size if shrunk and size == 1 else max(size // 2, 1)
