"""What a synthetic world is made of: a handful of numbers that everything else follows from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from wrapped_assets.products.usage.synthetic.vocabulary import REGIONS

FAMILIES = ("pipe_stats", "ingestion", "storage")


@dataclass(frozen=True)
class Chunk:
    """Some days of one month, few enough to be made in memory; `end` is not one of them."""

    start: date
    end: date
    events: int

    @property
    def month(self) -> date:
        """The first day of the month that all of the chunk lies in."""
        return self.start.replace(day=1)


@dataclass(frozen=True)
class World:
    """One invented year. Equal worlds have equal content, another `year` the same companies and new events.

    `requests`, `operations` and `readings` count unique rows of pipe_stats, ingestion and storage over the
    whole period; operations default to a fifth of the requests, readings to a tenth. `organizations` includes
    those of several regions, those without a customer, and one that no snapshot names, so it must exceed
    `customers` by about a twentieth and six. The first four `regions` are the usual ones, up to eight exist.
    """

    seed: int = 1
    year: int = 2025
    requests: int = 1_000_000
    organizations: int = 200
    customers: int = 150
    regions: int = 4
    operations: int | None = None
    readings: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        least = self.customers + self.independents + 5
        if self.customers < 2 or self.organizations < least:
            raise ValueError(
                f"A world of {self.customers} customers cannot have {self.organizations} organizations. "
                f"Next: at least 2 customers, and at least {least} organizations for these."
            )
        if not 1 <= self.regions <= len(REGIONS):
            raise ValueError(f"A world has 1 to {len(REGIONS)} regions, got {self.regions}.")
        if self.end <= self.start:
            raise ValueError(f"A world must end after it starts, got {self.start} to {self.last_day}.")

    @property
    def start(self) -> date:
        """The first day."""
        return self.first_day or date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.last_day or date(self.year, 12, 31)

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.last + timedelta(days=1)

    @property
    def independents(self) -> int:
        """How many named organizations are their own customer."""
        return max(1, self.organizations // 20)

    @property
    def rows(self) -> dict[str, int]:
        """Unique rows by family."""
        operations = self.requests // 5 if self.operations is None else self.operations
        readings = self.requests // 10 if self.readings is None else self.readings
        return dict(zip(FAMILIES, (self.requests, operations, readings), strict=True))

    @property
    def region_names(self) -> tuple[str, ...]:
        """The regions' names."""
        return tuple(name for name, _, _ in REGIONS[: self.regions])

    def chunks(self, most_events: int = 250_000) -> Iterator[Chunk]:
        """The whole period in order, each chunk inside one month and of about `most_events` events."""
        events_per_day = sum(self.rows.values()) / (self.end - self.start).days
        most_days = max(1, int(most_events / max(1, events_per_day)))
        start = self.start
        while start < self.end:
            next_month = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            end = min(start + timedelta(days=most_days), next_month, self.end)
            yield Chunk(start, end, round(events_per_day * (end - start).days))
            start = end
