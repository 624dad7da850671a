"""The threads of a worker that look what was promoted, once a second, and what landed, every few seconds.

They are two, so that a listing of landing that takes long delays no promotion.
"""

import threading
from collections.abc import Callable

from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.live.shelf import FOLLOW_EVERY_SECONDS, LOOK_SECONDS, Shelf

START_SECONDS = 10.0
"""How long a worker that starts may look before it answers all the same: other things than editions can be asked of it."""


class Follower:
    """Keeps the shelf up to date while it runs."""

    def __init__(
        self,
        shelf: Shelf,
        metrics: Metrics,
        look_seconds: float = LOOK_SECONDS,
        follow_seconds: float = FOLLOW_EVERY_SECONDS,
    ) -> None:
        self._shelf = shelf
        self._metrics = metrics
        self._stopped = threading.Event()
        self._opened, self._caught_up = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=target, args=(seconds,), name=name, daemon=True)
            for name, target, seconds in (
                ("promotions", self._look, look_seconds),
                ("landing", self._follow, follow_seconds),
            )
        ]

    def start(self) -> None:
        """Look at once, then again and again."""
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float = START_SECONDS) -> bool:
        """Until everything promoted is open and was caught up with landing once, or could not be; False when that took too long."""
        return self._caught_up.wait(seconds)

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._opened.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(10)

    def _look(self, seconds: float) -> None:
        self._again(self._shelf.look, self._opened, seconds)

    def _follow(self, seconds: float) -> None:
        self._opened.wait()
        if not self._stopped.is_set():
            self._again(self._shelf.follow, self._caught_up, seconds)

    def _again(self, look: Callable[[], None], ended_once: threading.Event, seconds: float) -> None:
        while True:
            look()
            self._metrics.editions(self._shelf.editions, bool(self._shelf.trouble))
            ended_once.set()
            if self._stopped.wait(seconds):
                return
