"""The reader's side: the current version of each year, followed while it is read."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from wrapped_assets.editions import catalog, object_keys, pointer
from wrapped_assets.editions.errors import Damaged, StoreFailed
from wrapped_assets.editions.pointer import Promotion
from wrapped_assets.editions.store import Store
from wrapped_assets.editions.version import Caches, Version


@dataclass(frozen=True)
class _Seen:
    """What a year's pointer said, and when it was looked at (on the clock's scale)."""

    at: float
    promotion: Promotion | None = None
    version: Version | None = None


class Published:
    """What readers see: for each year the version that was promoted last. Safe for threads.

    A promotion or rollback is noticed within `follow_seconds`, by one small get a year in that time. While the store does
    not answer, what is known stays current and `trouble` says why.
    """

    def __init__(
        self,
        store: Store,
        caches: Caches | None = None,
        follow_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.trouble: str | None = None
        self._caches = caches or Caches()
        self._follow_seconds = follow_seconds
        self._clock = clock
        self._years: dict[int, _Seen] = {}
        self._looking = threading.Lock()

    def years(self) -> list[int]:
        """The years that have a current version, ascending."""
        return object_keys.numbers(self.store.names(object_keys.CURRENT), object_keys.YEAR)

    def current(self, year: int) -> Version | None:
        """The current version of a year; None when none was ever promoted.

        Nearly always without asking the store. Raises StoreFailed or Damaged only when no version of the year is known.
        """
        if not object_keys.YEAR.fullmatch(str(year)):
            return None
        seen = self._years.get(year)
        if seen is not None and self._clock() < seen.at + self._follow_seconds:
            return seen.version
        # One looks; the others go on with what is known, if something is.
        if self._looking.acquire(blocking=seen is None):
            try:
                seen = self._look(year)
            finally:
                self._looking.release()
        return seen.version if seen else None

    def _look(self, year: int) -> _Seen:
        now, seen = self._clock(), self._years.get(year)
        if seen is not None and now < seen.at + self._follow_seconds:
            return seen
        try:
            promotion = pointer.newest(self.store, year, seen.promotion if seen else None)
            if seen is None or promotion != seen.promotion:
                version = catalog.promoted(self.store, promotion, self._caches) if promotion else None
                seen = _Seen(now, promotion, version)
            self.trouble = None
        except (StoreFailed, Damaged) as error:
            if seen is None:
                raise
            self.trouble = str(error)
        self._years[year] = _Seen(now, seen.promotion, seen.version)
        return self._years[year]
