"""A range of days as whole months and the days that are left: what an answer is summed up from."""

from dataclasses import dataclass
from datetime import date

from wrapped_assets.periods import MONTHLY


@dataclass(frozen=True)
class Cover:
    """Half-open ranges that together are the range, each day in exactly one: at most one of months, two of days."""

    start: date
    end: date
    months: tuple[date, date] | None
    days: tuple[tuple[date, date], ...]

    @classmethod
    def of(cls, start: date, end: date) -> "Cover":
        """The cover of the days from `start` up to `end`; of no days at all when `end` is not after `start`."""
        if end <= start:
            return cls(start, start, None, ())
        first = start if start.day == 1 else MONTHLY.span(start).end
        last = MONTHLY.start(end)
        if first >= last:
            return cls(start, end, None, ((start, end),))
        edges = ((start, first), (last, end))
        return cls(start, end, (first, last), tuple(edge for edge in edges if edge[0] < edge[1]))
