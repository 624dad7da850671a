"""Many seeds at once, each in one of several processes."""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.play import Told, drawn, play

# chDB keeps a few threads and some memory of each time it was opened: forty stories later a process takes a third longer.
STORIES_OF_A_PROCESS = 12


def all_of(
    seeds: Sequence[int], engine: str, length: int, processes: int | None = None
) -> Iterator[tuple[int, Told]]:
    """Each seed with what came of it, as they end."""
    # chDB cannot be forked once it has started. Whoever interrupts means the parent: stories under way are played to their end.
    pool = ProcessPoolExecutor(
        processes or os.cpu_count(),
        get_context("spawn"),
        signal.signal,
        (signal.SIGINT, signal.SIG_IGN),
        max_tasks_per_child=STORIES_OF_A_PROCESS,
    )
    try:
        waiting = {pool.submit(played, seed, engine, length): seed for seed in seeds}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def played(seed: int, engine: str, length: int) -> Told:
    """What came of one seed's whole story."""
    return play(seed, engine, drawn(seed, length))
