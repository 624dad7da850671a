"""A range of days as whole months and the days that are left: what an answer is summed up from."""

from dataclasses import dataclass
from datetime import date

from wrapped_assets.periods import MONTHLY

Days = tuple[date, date]
"""From the first day up to the second."""


@dataclass(frozen=True)
class Cover:
    """Half-open ranges that together are the range, each day in exactly one: at most one of whole months, two of days."""

    months: tuple[Days, ...] = ()
    days: tuple[Days, ...] = ()

    @classmethod
    def of(cls, start: date, end: date) -> "Cover":
        """The cover of the days from `start` up to `end`; of none when `end` is not after `start`."""
        if end <= start:
            return cls()
        first = start if start.day == 1 else MONTHLY.span(start).end
        last = MONTHLY.start(end)
        if first >= last:
            return cls(days=((start, end),))
        edges = ((start, first), (last, end))
        return cls(((first, last),), tuple(edge for edge in edges if edge[0] < edge[1]))
