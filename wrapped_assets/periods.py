"""Half-open UTC ranges of days, and the four levels that rollups are kept at."""

from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True)
class Level:
    """A rollup layer: its name (also its schema), its period column, and where it is merged from."""

    name: str
    period: str
    period_type: str
    source: str
    feeds: tuple[str, ...]

    def start(self, day: date) -> date:
        """The first day of the partition that holds `day`."""
        if self.name == "weekly":
            return day - timedelta(days=day.weekday())
        if self.name == "yearly":
            return day.replace(month=1, day=1)
        return day.replace(day=1) if self.name == "monthly" else day

    def span(self, day: date) -> Span:
        """The partition that holds `day`."""
        start = self.start(day)
        if self.name == "weekly":
            return Span(start, start + timedelta(days=7))
        if self.name == "yearly":
            return Span.year(start.year)
        if self.name == "monthly":
            return Span(start, (start + timedelta(days=31)).replace(day=1))
        return Span.day(start)

    def covering(self, span: Span) -> Span:
        """The smallest span of whole partitions that holds `span`."""
        return Span(self.span(span.start).start, self.span(span.end - timedelta(days=1)).end)


HOURLY = Level("hourly", "hour", "timestamp", "raw", ("daily",))
DAILY = Level("daily", "day", "date", "hourly", ("weekly", "monthly"))
WEEKLY = Level("weekly", "week", "date", "daily", ())
MONTHLY = Level("monthly", "month", "date", "daily", ("yearly", "summaries"))

LEVELS: dict[str, Level] = {level.name: level for level in (HOURLY, DAILY, WEEKLY, MONTHLY)}
"""The levels that are assets."""

# Not an asset: wrapped_summaries keeps it, so that a customer's year is one row a group and not twelve.
YEARLY = Level("yearly", "year", "date", "monthly", ())

ALL_LEVELS: dict[str, Level] = {**LEVELS, YEARLY.name: YEARLY}


def consecutive(days: Iterable[date]) -> list[Span]:
    """The fewest spans that hold exactly these days."""
    spans: list[Span] = []
    for day in sorted(set(days)):
        if spans and spans[-1].end == day:
            spans[-1] = Span(spans[-1].start, day + timedelta(days=1))
        else:
            spans.append(Span.day(day))
    return spans
