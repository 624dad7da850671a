"""A range of days as whole months and the days that are left: what an answer is summed up from."""

from datetime import date

from wrapped_assets.periods import MONTHLY

Days = tuple[date, date]
"""From the first day up to the second."""


def cover(start: date, end: date) -> tuple[list[Days], list[Days]]:
    """Whole months, in one range at most, and days, in two: together the days from `start` up to `end`, each once."""
    if start >= end:
        return [], []
    first = start if start.day == 1 else MONTHLY.span(start).end
    last = MONTHLY.start(end)
    if first >= last:
        return [], [(start, end)]
    return [(first, last)], [edge for edge in ((start, first), (last, end)) if edge[0] < edge[1]]
