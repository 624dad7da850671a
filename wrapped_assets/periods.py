"""Half-open UTC ranges of days, and the levels that rollups are kept at."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Span:
    """Days from `start` up to but not including `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(
                f"A span must end after it starts, got {self.start} to {self.end} (the end is excluded)."
            )

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @classmethod
    def day(cls, day: date) -> "Span":
        """One day."""
        return cls(day, day + timedelta(days=1))

    @classmethod
    def year(cls, year: int) -> "Span":
        """One calendar year."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1))


# Every day that both engines can keep but 2299-12-31, after which ClickHouse has none to end the span with.
EVERYTHING = Span(date(1900, 1, 1), date(2299, 12, 31))


def years(span: Span) -> list[Span]:
    """The calendar years that a span touches."""
    return [Span.year(year) for year in range(span.start.year, (span.end - timedelta(days=1)).year + 1)]


def _week(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=7))


def _month(day: date) -> Span:
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1))


def _year(day: date) -> Span:
    return Span.year(day.year)


@dataclass(frozen=True)
class Level:
    """A rollup layer: its name (also its schema), its period column, and the levels it can be merged from, the first that is kept.

    `span` gives the partition that holds a day.
    """

    name: str
    period: str
    period_type: str
    span: Callable[[date], Span]
    below: tuple[str, ...] = ()

    def source(self, kept: Collection[str]) -> str:
        """What the level is computed from where these levels are kept: one of them, or `raw`."""
        return next((name for name in self.below if name in kept), "raw")

    @property
    def unit(self) -> str:
        """What a partition is: the period, and of hours a day."""
        return "day" if self.period == "hour" else self.period

    def start(self, day: date) -> date:
        """The first day of the partition that holds `day`."""
        return self.span(day).start

    def covering(self, span: Span) -> Span:
        """The smallest span of whole partitions that holds `span`."""
        return Span(self.start(span.start), self.span(span.end - timedelta(days=1)).end)


def read_by_edition(year: int) -> Span:
    """The days that the documents of a year tell of: its own, and those of the year before, with which they compare."""
    return Span(Span.year(year - 1).start, Span.year(year).end)


HOURLY = Level("hourly", "hour", "timestamp", Span.day)
DAILY = Level("daily", "day", "date", Span.day, ("hourly",))
WEEKLY = Level("weekly", "week", "date", _week, ("daily", "hourly"))
MONTHLY = Level("monthly", "month", "date", _month, ("daily", "hourly"))

LEVELS: dict[str, Level] = {level.name: level for level in (HOURLY, DAILY, WEEKLY, MONTHLY)}
"""The levels that are assets."""

# Not an asset: the summaries keep it, so that a subject's year is one row a group and not twelve.
YEARLY = Level("yearly", "year", "date", _year, ("monthly",))

ALL_LEVELS: dict[str, Level] = {**LEVELS, YEARLY.name: YEARLY}


def consecutive(days: Iterable[date], level: Level = DAILY) -> list[Span]:
    """The fewest spans that hold exactly these days, or exactly the level's periods that they lie in."""
    spans: list[Span] = []
    for span in sorted({level.span(day) for day in days}):
        if spans and spans[-1].end == span.start:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return spans
