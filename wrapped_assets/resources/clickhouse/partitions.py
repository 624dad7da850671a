"""Swapping partitions: built in staging, compared, and put in place of the old ones, each at once.

A period of many rows is a partition. Those of few rows share one, by month or by year: chDB loads every part at every start, so
years of sparse days cost a minute each time. Whoever swaps a shared partition copies the periods that stay into staging.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from wrapped_assets import queries
from wrapped_assets.resources.clickhouse import marks, sql
from wrapped_assets.resources.clickhouse.cluster import local
from wrapped_assets.resources.clickhouse.session import Session

# Partitions swapped by one statement: its text stays small.
AT_ONCE = 200

# From so many rows of raw on (of landing, for raw itself), a period is a partition. A part costs chDB 1.5 ms of CPU at each start, a row that
# is copied beside a changed one a microsecond.
MANY_ROWS = 20_000
# How the id of a shared partition ends: its own_partition is 0.
_SHARED = "-0"

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


def alone(periods: Iterable[date], rows: Mapping[date, int]) -> list[int]:
    """The numbers of those periods that have many rows."""
    return [sql.partition(period) for period in periods if rows.get(period, 0) >= MANY_ROWS]


def stage(table: str, columns: Sequence[str], time: str, rows: str) -> str:
    """The statement that stages rows. It binds `alone`, the numbers of the periods that get a partition of their own."""
    names, number = sql.names(columns), f"toYYYYMMDD({time})"
    return (
        f"insert into {sql.staging(table)} ({names}, own_partition)\n"
        f"select {names}, if({number} in {{alone:Array(UInt32)}}, {number}, 0)\nfrom (\n{rows}\n)"
    )


@dataclass(frozen=True)
class Swap:
    """Staged partitions of a table that are to be put in place: their ids, those that have rows, and the periods in them."""

    table: str
    places: Sequence[str]
    present: frozenset[str]
    periods: frozenset[date]


def prepare(
    session: Session,
    table: str,
    columns: Sequence[str],
    time: str,
    staged: Sequence[date],
    changed: Iterable[date],
) -> Swap:
    """The swap of those periods that changed, or that lie elsewhere than before; what shares a partition with them is staged too."""
    before = _places(session, table, time, staged)
    now = _places(session, sql.staging(table), time)
    moved = {period for period in staged if before.get(period) != now.get(period)}
    places = {
        place for period in moved.union(changed) for held in (before, now) for place in held.get(period, ())
    }
    if shared := [place for place in places if place.endswith(_SHARED)]:
        parts = {"table": table, "staging": sql.staging(table), "period": time}
        names = sql.names([*columns, "own_partition"])
        values = {"places": shared, "partitions": [sql.partition(period) for period in staged]}
        session.run(sql.render("partitions/stage_neighbours", columns=names, **parts), values)
        now = _places(session, sql.staging(table), time)
    periods = {period for held in (before, now) for period in held if places & held[period]}
    return Swap(table, sorted(places), frozenset().union(*now.values()), frozenset(periods))


def _places(
    session: Session, table: str, time: str, periods: Sequence[date] | None = None
) -> dict[date, set[str]]:
    values = {
        "partitions": [sql.partition(period) for period in periods or ()],
        "everything": periods is None,
    }
    found: dict[date, set[str]] = {}
    for period, place in session.rows(sql.render("partitions/places", table=table, period=time), values):
        found.setdefault(period, set()).add(place)
    return found


def put_in_place(
    session: Session,
    layer: str,
    family: str,
    rebuilt: Sequence[marks.Partition],
    swaps: Sequence[Swap],
    sequence: int,
) -> None:
    """Swap what is staged. A neighbour that an earlier kill left doubled was copied as it stands, and stays to be rebuilt."""
    doubled = marks.broken(session, layer, family).difference(each.period for each in rebuilt)
    periods = frozenset().union(*(each.periods for each in swaps)) - doubled
    mended = [each.period for each in rebuilt if each.must_rebuild]
    with marks.swapping(session, layer, family, sorted(periods), sequence, mended):
        for each in swaps:
            swap(session, each.table, each.places, each.present)


def swap(session: Session, table: str, places: Sequence[str], present: Collection[str]) -> None:
    """Put the staged partitions in place of the old ones; those of which nothing is staged become empty."""
    source = sql.staging(table) if session.cluster is None else f"{sql.staging(table)}_local"
    for first in range(0, len(places), AT_ONCE):
        commands = [
            f"replace partition id '{place}' from {source}"
            if place in present
            else f"drop partition id '{place}'"
            for place in places[first : first + AT_ONCE]
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
