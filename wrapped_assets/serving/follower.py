"""The thread of a worker that looks, once a second, what was promoted and what landed."""

import threading

from wrapped_assets.serving.metrics import Metrics
from wrapped_assets.serving.shelf import LOOK_SECONDS, Shelf


class Follower:
    """Keeps the shelf up to date while it runs."""

    def __init__(self, shelf: Shelf, metrics: Metrics, look_seconds: float = LOOK_SECONDS) -> None:
        self._shelf = shelf
        self._metrics = metrics
        self._look_seconds = look_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Look at once, then again and again. Requests that come before the first look ended are told to wait."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while True:
            self._shelf.look()
            shelf = self._shelf
            self._metrics.editions(shelf.numbers(), shelf.files(), bool(shelf.trouble))
            if self._stopped.wait(self._look_seconds):
                return
