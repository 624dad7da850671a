"""Swapping partitions: built in staging, compared, and put in place of the old ones, each at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from wrapped_assets import queries
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.cluster import local
from wrapped_assets.resources.clickhouse.session import Session

# Partitions swapped by one statement: its text stays small.
AT_ONCE = 200

# From so many partitions on, rows are inserted in their order. Each block of an insert makes a part of each partition that is in it,
# for 10 ms of CPU: 30 s for a year of few rows. Sorting costs a tenth to a third more where partitions are few and full.
MANY = 40


@contextmanager
def staged(session: Session, *tables: str) -> Iterator[None]:
    """An empty staging table beside each of these, dropped at the end. After a failure it stays until the next one replaces it."""
    for table in tables:
        for statement in _stage(session, table):
            session.run(statement)
    yield
    for table in tables:
        for statement in _drop(session, table):
            session.run(statement)


def _stage(session: Session, table: str) -> Iterable[str]:
    if session.cluster is None:
        return [sql.render("partitions/stage", table=table, staging=sql.staging(table))]
    ((engine, partition_key, sorting_key),) = session.rows(
        queries.text("clickhouse/cluster/keys"), {"table": local(table)}
    )
    return session.cluster.staged(table, engine, partition_key, sorting_key)


def _drop(session: Session, table: str) -> Iterable[str]:
    if session.cluster is None:
        return [sql.render("partitions/drop", staging=sql.staging(table))]
    return session.cluster.unstaged(table)


def staged_partitions(session: Session, table: str, time: str) -> set[int]:
    """The partitions that staging holds rows of, by the column of time."""
    statement = f"select distinct toYYYYMMDD({time}) from {sql.staging(table)}"
    return {partition for (partition,) in session.rows(statement)}


def swap(session: Session, table: str, partitions: Sequence[int], present: Collection[int]) -> None:
    """Put the staged partitions in place of the old ones; those of which nothing is staged become empty."""
    source = sql.staging(table) if session.cluster is None else f"{sql.staging(table)}_local"
    for first in range(0, len(partitions), AT_ONCE):
        commands = [
            f"replace partition {partition} from {source}"
            if partition in present
            else f"drop partition {partition}"
            for partition in partitions[first : first + AT_ONCE]
        ]
        for statement in _swap(session, table, ", ".join(commands)):
            session.run(statement)


def _swap(session: Session, table: str, commands: str) -> Iterable[str]:
    if session.cluster is None:
        return [f"alter table {table} {commands}"]
    return session.cluster.swapped(table, commands)


def swap_whole(session: Session, table: str, partition: str = "tuple()") -> None:
    """The same for a table, or a year of it, that is one partition. On a cluster it stands on every node, and replicas follow."""
    staging = sql.staging(table)
    within = "" if partition == "tuple()" else f" where year = {partition}"
    has_rows = session.value(f"select count() > 0 from {staging}{within}")
    command = f"replace partition {partition} from {staging}" if has_rows else f"drop partition {partition}"
    session.run(f"alter table {table} {command}")
