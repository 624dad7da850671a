"""What was built from what: numbers that ascend with every change, and say which partitions hold which of them.

ClickHouse has no transactions. So what follows from a change is written before it, and that it was made is written after
it, each as one block: whoever is killed in between recomputes once more, and never too little.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from wrapped_assets import queries
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.session import Session

# Where the calendar of the contract begins and ends.
ALWAYS = Span(date(1, 1, 1), date(9999, 12, 31))
# What is one partition from end to end is marked under this day.
WHOLE = date(1970, 1, 1)


@dataclass(frozen=True)
class Partition:
    """A partition with something below it: the newest change there, and the newest that the partition holds."""

    layer: str
    family: str
    period: date
    newest: int
    held: int
    must_rebuild: bool


def partitions(
    session: Session, layer: str = "", family: str = "", span: Span = ALWAYS, everything: bool = False
) -> list[Partition]:
    """The stale partitions, or with `everything` all that have something below them."""
    values = {
        "layer": layer,
        "family": family,
        "since": span.start,
        "until": span.end,
        "everything": everything,
    }
    found = session.rows(sql.render("status/stale", levels=_levels()), values)
    return [Partition(*row) for row in found]


def _levels() -> str:
    """The query for what is below the partitions of every level, by the layer that each family computes it from."""
    found: dict[tuple[str, str], list[str]] = {}
    for family in FAMILIES.values():
        for level in family.levels:
            found.setdefault((family.source(level), level.name), []).append(family.name)
    branches = []
    for (below, name), families in found.items():
        level = LEVELS[name]
        start = "period" if level.unit == "day" else sql.start_of(level, "period")
        listed = ", ".join(f"'{each}'" for each in families)
        branches.append(
            f"select '{name}', family, toDate32({start}) as start, max(changed), 0"
            f" from marks where layer = '{below}' and family in ({listed}) group by family, start"
        )
    return "\n    union all\n    ".join(branches)


def next_sequence(session: Session) -> int:
    """The number of the next change. There is one writer, so nobody else takes it."""
    return int(session.value(queries.text("clickhouse/landing/newest_sequence"))) + 1


def will_change(session: Session, layer: str, family: str, periods: Iterable[date], sequence: int) -> None:
    """Say that these partitions are about to change: what is built from them is stale from now on."""
    _mark(session, layer, family, [(period, 0, sequence) for period in periods])


def holds(session: Session, layer: str, family: str, periods: Iterable[tuple[date, int]]) -> None:
    """Say up to which change below them these partitions are built."""
    _mark(session, layer, family, [(period, newest, 0) for period, newest in periods])


@contextmanager
def swapping(
    session: Session,
    layer: str,
    family: str,
    periods: Collection[date],
    sequence: int,
    mended: Collection[date] = (),
) -> Iterator[None]:
    """Swap these partitions in here. Killed meanwhile they may hold old rows and new ones: then they are built anew, from scratch.

    `mended` are those built anew for that reason. One that came out as it stands, because its swap had only not been told
    of, is not swapped again.
    """
    place = {"layer": layer, "family": family}
    begun = [place | {"period": period, "begun": sequence, "done": 0} for period in periods]
    session.insert("swaps", begun)
    yield
    done = [
        place | {"period": period, "begun": 0, "done": sequence} for period in sorted({*periods, *mended})
    ]
    session.insert("swaps", done)


def broken(session: Session, layer: str, family: str) -> set[date]:
    """The partitions whose last swap was begun and not done."""
    statement = "select period from broken_swaps where layer = {layer:String} and family = {family:String}"
    return {period for (period,) in session.rows(statement, {"layer": layer, "family": family})}


def is_broken(session: Session, layer: str, period: date = WHOLE) -> bool:
    """Whether the last swap of what is one partition was begun and not done."""
    statement = (
        "select count() > 0 from broken_swaps where layer = {layer:String} and period = {period:Date32}"
    )
    return bool(session.value(statement, {"layer": layer, "period": period}))


def _mark(session: Session, layer: str, family: str, rows: list[tuple[date, int, int]]) -> None:
    names = ("period", "source_sequence", "sequence")
    place = {"layer": layer, "family": family}
    session.insert("built", [place | dict(zip(names, row, strict=True)) for row in rows])
