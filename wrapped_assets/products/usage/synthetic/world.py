"""What a synthetic world is made of: a handful of numbers that everything else follows from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wrapped_assets.periods import Span
from wrapped_assets.products.usage.synthetic import vocabulary
from wrapped_assets.products.usage.synthetic.vocabulary import REGIONS


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
    def region_names(self) -> tuple[str, ...]:
        """The regions' names."""
        return tuple(name for name, _, _ in REGIONS[: self.regions])

    def variables(self) -> dict[str, Any]:
        """What the SQL reads of the world, by the names it uses."""
        _, labels, offsets = zip(*REGIONS[: self.regions], strict=True)
        return {
            **{name.lower(): value for name, value in vars(vocabulary).items() if name.isupper()},
            "seed": self.seed,
            "first_day": self.start,
            "last_day": self.last,
            "requests": self.requests,
            "operations": self.requests // 5 if self.operations is None else self.operations,
            "readings": self.requests // 10 if self.readings is None else self.readings,
            "organizations": self.organizations,
            "customers": self.customers,
            "independents": self.independents,
            "regions": self.regions,
            "region_names": self.region_names,
            "region_labels": labels,
            "utc_offsets": offsets,
            # Enough that a small customer's pipes still get some, few enough to stay in the cache.
            "slots": 65_536 if self.organizations <= 500 else 262_144,
        }

    def chunks(self, most_events: int = 250_000) -> Iterator[Span]:
        """The whole period in order, each chunk inside one month and of about `most_events` events."""
        given = self.variables()
        events = given["requests"] + given["operations"] + given["readings"]
        most_days = max(1, int(most_events * (self.end - self.start).days / max(1, events)))
        start = self.start
        while start < self.end:
            next_month = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            end = min(start + timedelta(days=most_days), next_month, self.end)
            yield Span(start, end)
            start = end
