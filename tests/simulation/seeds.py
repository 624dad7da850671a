"""Many seeds at once, each in one of several processes."""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.play import Told, play
from tests.simulation.story import drawn

# chDB keeps a few threads and some memory of each time it was opened: forty stories later a process takes a third longer.
# The pool's own `max_tasks_per_child` waits for ever when its first processes end (Python 3.11.7).
STORIES_OF_A_PROCESS = 20


def all_of(
    seeds: Sequence[int], engine: str, length: int, processes: int | None = None
) -> Iterator[tuple[int, Told]]:
    """Each seed with what came of it, as they end."""
    several = processes or os.cpu_count() or 1
    size = several * STORIES_OF_A_PROCESS
    for start in range(0, len(seeds), size):
        yield from _together(seeds[start : start + size], engine, length, several)


def _together(seeds: Sequence[int], engine: str, length: int, processes: int) -> Iterator[tuple[int, Told]]:
    # chDB cannot be forked once it has started. Whoever interrupts means the parent: stories under way are played to their end.
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        waiting = {pool.submit(play, seed, engine, drawn(seed, length)): seed for seed in seeds}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)
