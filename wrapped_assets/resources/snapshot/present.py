"""What answers are made of: the parts of a snapshot that still hold, and those that replace the others."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from wrapped_assets.periods import Level
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.snapshot.history import History, Row

# Organizations of one customer follow each other, so one range finds them. From about eight ranges on, a join is cheaper.
RANGES_AT_ONCE = 8


class Part(NamedTuple):
    """The columns of a row of `parts`: see sql/duckdb/serving/tables/parts.sql."""

    is_fresh: bool
    organization: int
    period: date
    kind: str
    id: str
    label: str
    amount: int
    errors: int
    bytes: int
    rows: int
    last_at: object


def parts(history: History, level: Level, organizations: Sequence[int], start: date, end: date) -> list[Row]:
    """The parts of some organizations' periods from `start` up to `end`, with the columns of `Part`.

    Plain tuples: making named ones of some hundred rows costs as much as all arithmetic after it.
    """
    found = _rows(history, level, organizations, start, end)
    replaced = {row[1:4] for row in found if row[0]}
    if not replaced:
        return found
    return [row for row in found if (row[4] is not None if row[0] else row[1:4] not in replaced)]


def _rows(history: History, level: Level, organizations: Sequence[int], start: date, end: date) -> list[Row]:
    names = {"level": level.name, "period": level.period}
    ranges = _ranges(organizations)
    if len(ranges) > RANGES_AT_ONCE:
        return history.rows(
            sql.render("serving/answer_of_many", **names), [list(organizations), start, end]
        )
    statement = sql.render("serving/answer", **names)
    return [row for first, last in ranges for row in history.rows(statement, [first, last, start, end])]


def _ranges(organizations: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of each run of consecutive numbers."""
    ranges: list[tuple[int, int]] = []
    for organization in sorted(organizations):
        if ranges and ranges[-1][1] + 1 == organization:
            ranges[-1] = (ranges[-1][0], organization)
        else:
            ranges.append((organization, organization))
    return ranges
