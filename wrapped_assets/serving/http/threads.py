"""Blocking work of requests, in a few threads beside the event loop, and never longer than it may."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from wrapped_assets.serving.http.problems import Problem

SECONDS = 10.0
"""How long a request may wait for its answer."""

AT_ONCE = 8
"""Threads of one worker. They mostly wait: for a lock, a file, a database."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Threads:
    """Runs functions beside the event loop."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._pool = ThreadPoolExecutor(at_once, "request")
        self._seconds = seconds

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """What the function returns; 408 when that takes too long, though the thread goes on to its end."""
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self._pool, lambda: work(*args, **kwargs))
        try:
            return await asyncio.wait_for(job, self._seconds)
        except TimeoutError:
            raise Problem(408, f"The request took longer than {self._seconds:g} seconds") from None

    def close(self) -> None:
        """Let what runs end, and start nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
