"""What should come out: counted from the base events by plain SQL, never through the pipeline."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from wrapped_assets.products.usage.synthetic.accidents import plan
from wrapped_assets.products.usage.synthetic.generator import (
    Generator,
    Report,
    each_chunk,
    generators,
    silent,
)
from wrapped_assets.products.usage.synthetic.objects import LandingObject
from wrapped_assets.products.usage.synthetic.world import FAMILIES, Chunk, World

Totals = dict[str, tuple[int, ...]]
Readings = dict[str, tuple[str, datetime, int]]


@dataclass(frozen=True)
class CustomerTruth:
    """One customer's year. `name` is None when no snapshot names it, `storage_bytes` without any reading."""

    customer_id: str
    name: str | None
    organization_ids: tuple[str, ...]
    requests: int
    errors: int
    read_bytes: int
    operations: int
    written_bytes: int
    storage_bytes: int | None


@dataclass(frozen=True)
class Truth:
    """The world's own numbers.

    `unique` holds with the history alone and with the regional databases exported on top of it. `landed` are
    the good rows of the history's readable objects, overlaps and copied objects included; what is quarantined
    is counted by reason, over all families. `customers` is keyed by customer id, or by the organization id of
    an organization that is its own customer.
    """

    unique: Mapping[str, int]
    landed: Mapping[str, int]
    quarantined_files: Mapping[str, int]
    quarantined_rows: Mapping[str, int]
    customers: Mapping[str, CustomerTruth]

    @property
    def duplicates(self) -> dict[str, int]:
        """Landed good rows that are another version or copy of a unique one, by family."""
        return {family: self.landed[family] - self.unique[family] for family in self.unique}


@dataclass(frozen=True)
class _Tally:
    """One chunk's share of the truth."""

    unique: dict[str, int]
    objects: list[LandingObject]
    requests: Totals
    operations: Totals
    readings: Readings


def truth(world: World, report: Report = silent) -> Truth:
    """Count the world's events, their carriers and its accidents."""
    tallies = each_chunk(world, _tally, "truth", report)
    objects = list(chain.from_iterable(tally.objects for tally in tallies))
    accidents = plan(world, objects)
    return Truth(
        unique={family: sum(tally.unique[family] for tally in tallies) for family in FAMILIES},
        landed={
            family: sum(landed.rows for landed in (*objects, *accidents.copied) if landed.family == family)
            for family in FAMILIES
        },
        quarantined_files=accidents.broken_files,
        quarantined_rows=accidents.spoiled_rows,
        customers=_customers(world, tallies),
    )


def _tally(generator: Generator, chunk: Chunk) -> _Tally:
    unique: dict[str, int] = {}
    objects: list[LandingObject] = []
    answers = {}
    for family in FAMILIES:
        generator.batch(family, chunk)
        generator.carriers(family, chunk)
        objects += [
            LandingObject(family, day, region, name, rows)
            for day, region, name, rows in generator.run("export_files")
        ]
        unique[family] = generator.run("truth_rows")[0][0]
        answers[family] = generator.run(f"truth_{family}")
    return _Tally(
        unique,
        objects,
        {customer: tuple(totals) for customer, *totals in answers["pipe_stats"]},
        {customer: tuple(totals) for customer, *totals in answers["ingestion"]},
        {data_source: (customer, at, size) for customer, data_source, at, size in answers["storage"]},
    )


def _customers(world: World, tallies: list[_Tally]) -> dict[str, CustomerTruth]:
    last_readings: Readings = {}
    for tally in tallies:
        # The tallies come in order of time, so a later one holds the later reading.
        last_readings.update(tally.readings)
    storage: Counter[str] = Counter()
    for customer, _, size in last_readings.values():
        storage[customer] += size
    requests = _added(tally.requests for tally in tallies)
    operations = _added(tally.operations for tally in tallies)
    with generators(world) as free:
        listed = free.get().run("truth_customers")
    customers = {}
    for customer, name, organization_ids in listed:
        request_count, errors, read_bytes = requests.get(customer, (0, 0, 0))
        operation_count, written_bytes = operations.get(customer, (0, 0))
        customers[customer] = CustomerTruth(
            customer_id=customer,
            name=name,
            organization_ids=tuple(organization_ids),
            requests=request_count,
            errors=errors,
            read_bytes=read_bytes,
            operations=operation_count,
            written_bytes=written_bytes,
            storage_bytes=storage.get(customer),
        )
    return customers


def _added(parts: Iterable[Totals]) -> Totals:
    added: Totals = {}
    for part in parts:
        for customer, totals in part.items():
            before = added.get(customer, (0,) * len(totals))
            added[customer] = tuple(a + b for a, b in zip(before, totals, strict=True))
    return added
