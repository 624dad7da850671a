"""The answers of a version that has none: a frozen edition that rows came too late for before it was published.

Its documents are the one truth about the year. The snapshot of the version before it would say something else, and follow landing.
"""

import time
from collections.abc import Mapping

from wrapped_assets.product import Endpoint
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.live.following import FollowReport


class NoAnswers(Exception):
    """The year has pages and no answers; the text is for the caller."""


class PagesOnly:
    """A year that nothing can be asked about, and that landing changes no more."""

    def __init__(self, year: int) -> None:
        self._year = year

    def run(self, endpoint: Endpoint, parameters: Mapping[str, object]) -> Answer:
        """Raises NoAnswers."""
        raise NoAnswers(f"The edition of {self._year} has pages only, no endpoint answers about it")

    def follow(self, seconds: float | None = None) -> FollowReport:
        """Nothing that lands is missing from answers that there are not."""
        return FollowReport(complete_at=time.time())

    def keep(self) -> None:
        """There is nothing to keep."""

    def close(self) -> None:
        """It holds nothing."""
