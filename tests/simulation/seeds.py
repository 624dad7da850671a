"""Many seeds at once, each in one of several processes."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.play import Told, drawn, play


def all_of(
    seeds: Sequence[int], engine: str, length: int, processes: int | None = None
) -> Iterator[tuple[int, Told]]:
    """Each seed with what came of it, as they end."""
    # chDB cannot be forked once it has started.
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(played, seed, engine, length): seed for seed in seeds}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def played(seed: int, engine: str, length: int) -> Told:
    """What came of one seed's whole story."""
    return play(seed, engine, drawn(seed, length))
