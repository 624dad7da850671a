"""What should come out: counted from the base events by plain SQL, never through the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from wrapped_assets import progress
from wrapped_assets.periods import Span
from wrapped_assets.products.usage.families import FAMILIES
from wrapped_assets.products.usage.synthetic.accidents import plan, quarantined_files, quarantined_rows
from wrapped_assets.products.usage.synthetic.generator import Generator, each_chunk, step_text
from wrapped_assets.products.usage.synthetic.world import World
from wrapped_assets.progress import Progress


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


def truth(world: World, report: Progress = progress.report) -> Truth:
    """Count the world's events, their carriers and its accidents."""
    chunks = each_chunk(world, _counted, "truth", report)
    generator = Generator(world)
    for name in chunks[0]:
        generator.connection.register(name, pa.concat_tables(chunk[name] for chunk in chunks))
    objects = {name: dict(generator.rows(f"from {name}_objects")) for name in FAMILIES}
    accidents = list(plan(world, chain.from_iterable(objects.values())))
    copies = [accident.path for accident in accidents if accident.kind == "copy"]
    return Truth(
        unique={
            name: generator.rows(f"select sum(events)::hugeint from {name}_counted")[0][0]
            for name in FAMILIES
        },
        landed={
            name: sum(rows.values()) + sum(rows.get(path, 0) for path in copies)
            for name, rows in objects.items()
        },
        quarantined_files=quarantined_files(accidents),
        quarantined_rows=quarantined_rows(accidents),
        customers={
            customer: CustomerTruth(customer, name, tuple(organization_ids), *sums)
            for customer, name, organization_ids, *sums in generator.rows(step_text("truth"))
        },
    )


def _counted(generator: Generator, chunk: Span) -> dict[str, pa.Table]:
    """The chunk's sums and objects, family by family."""
    tables = {}
    for name, family in FAMILIES.items():
        generator.exports(family, chunk)
        tables[f"{name}_counted"] = generator.table("from counted")
        tables[f"{name}_objects"] = generator.table("select path, count(*) from exports group by path")
    return tables
