"""Swapping partitions: built in staging, compared, and put in place of the old ones, each at once."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.session import Session

# Partitions swapped by one statement: its text stays small.
AT_ONCE = 200


@contextmanager
def staged(session: Session, *tables: str) -> Iterator[None]:
    """An empty staging table beside each of these, and none when all is done."""
    for table in tables:
        session.run(sql.render("partitions/stage", table=table, staging=sql.staging(table)))
    yield
    for table in tables:
        session.run(sql.render("partitions/drop", staging=sql.staging(table)))


def swap(session: Session, table: str, partitions: Sequence[int], present: Collection[int]) -> None:
    """Put the staged partitions in place of the old ones; those of which nothing is staged become empty."""
    for first in range(0, len(partitions), AT_ONCE):
        commands = [
            f"replace partition {partition} from {sql.staging(table)}"
            if partition in present
            else f"drop partition {partition}"
            for partition in partitions[first : first + AT_ONCE]
        ]
        session.run(f"alter table {table} {', '.join(commands)}")


def swap_whole(session: Session, table: str, partition: str = "tuple()") -> None:
    """The same for a table, or a year of it, that is one partition."""
    staging = sql.staging(table)
    within = "" if partition == "tuple()" else f" where year = {partition}"
    has_rows = session.value(f"select count() > 0 from {staging}{within}")
    command = f"replace partition {partition} from {staging}" if has_rows else f"drop partition {partition}"
    session.run(f"alter table {table} {command}")
