"""What stands in the places of the store, the clock, the settings and the threads while a story is played."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

from tests.simulation.process import Process
from tests.simulation.requests import Obstore
from wrapped_assets.assets import dimensions, landing, wrapped_summaries
from wrapped_assets.editions import store as published_store
from wrapped_assets.editions import writing
from wrapped_assets.landing import bucket as landing_bucket
from wrapped_assets.landing import store as landing_store
from wrapped_assets.resources.clickhouse import session
from wrapped_assets.sensors import follow_changes
from wrapped_assets.snapshot import following, fresh

Done = TypeVar("Done")


class InThisThread(Executor):
    """Does what it is given at once: with threads of its own the order of requests, and who meets which fault, would be chance."""

    def __init__(self, threads: int, name: str = "") -> None:
        """As a pool of threads is made."""

    def submit(self, work: Callable[..., Done], /, *args: Any, **named: Any) -> Future[Done]:
        """The future of something that is done, or that has failed."""
        future: Future[Done] = Future()
        try:
            future.set_result(work(*args, **named))
        except Exception as error:  # noqa: BLE001
            future.set_exception(error)
        return future

    def map(
        self,
        fn: Callable[..., Done],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[Done]:
        """One after the other; after a failure none is begun."""
        return map(fn, *iterables)


@contextmanager
def simulated(process: Process) -> Iterator[None]:
    """The simulated store, clock and settings in place of the real ones, temporary files in memory, and one thread."""
    store = Obstore()
    clock = SimpleNamespace(now=lambda zone: process.now.astimezone(zone))
    settings = SimpleNamespace(load=lambda: SimpleNamespace(frozen=process.frozen))
    with (
        patch.object(landing_bucket, "obstore", store),
        patch.object(published_store, "obstore", store),
        patch.object(landing_store, "ThreadPoolExecutor", InThisThread),
        patch.object(writing, "ThreadPoolExecutor", InThisThread),
        patch.object(session, "ThreadPoolExecutor", InThisThread),
        patch.object(session, "SENDERS", 1),
        patch.object(following, "ThreadPoolExecutor", InThisThread),
        patch.object(tempfile, "tempdir", str(process.home)),
        patch.object(fresh, "monotonic", lambda: process.now.timestamp()),
        patch.object(landing, "datetime", clock),
        patch.object(dimensions, "datetime", clock),
        patch.object(wrapped_summaries, "datetime", clock),
        patch.object(wrapped_summaries, "Settings", settings),
        patch.object(follow_changes, "Settings", settings),
    ):
        yield
