"""A look at landing: which folders it goes through, and what it reports."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

# Listed at every look; older days follow in rotation.
NEWEST_DAYS = 3


@dataclass
class FollowReport:
    """What one look at landing did.

    `held` are the files that would have been needed and could not be read: the hours they have rows in stay as they were.
    `unread` are new files and folders that could not be looked at; the next look tries again.
    """

    listed: int = 0
    taken: int = 0
    quarantined: int = 0
    hours: int = 0
    held: dict[str, str] = field(default_factory=dict)
    held_hours: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    through: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether answers may differ from before."""
        return self.taken > 0 or self.hours > 0


class Rotation:
    """Where the last look stopped among the older days."""

    def __init__(self) -> None:
        self._position: date | None = None

    def places(
        self, folders: Mapping[str, set[date]], until: float | None, report: FollowReport
    ) -> Iterator[tuple[str, date]]:
        """(family, day): the newest days, then older ones from where the last look stopped, all or until that monotonic second."""
        every = sorted(set().union(*folders.values()), reverse=True)
        newest, older = every[:NEWEST_DAYS], every[NEWEST_DAYS:]
        for number, day in enumerate([*newest, *self._rotated(older)]):
            # One older day at least, or a slow store would never get to it.
            if number > NEWEST_DAYS and until is not None and time.monotonic() >= until:
                return
            if number >= NEWEST_DAYS:
                self._position = day
            report.listed += 1
            yield from ((family, day) for family in folders if day in folders[family])

    def _rotated(self, older: Sequence[date]) -> list[date]:
        after = [day for day in older if self._position is None or day < self._position]
        return [*after, *older[: len(older) - len(after)]]
