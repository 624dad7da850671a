"""What answers are made of: the parts of a snapshot that still hold, and those that replace the others."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple

import duckdb

from wrapped_assets.periods import Level
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.snapshot.history import History, Row

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
    errors: int | None
    bytes: int
    rows: int
    last_at: object


Days = tuple[date, date]
"""From the first day up to the second."""

Integer = Literal["bigint", "hugeint"]


def parts(history: History, level: Level, organizations: Sequence[int], spans: Sequence[Days]) -> list[Row]:
    """The parts of some organizations' periods in these spans, with the columns of `Part`.

    Plain tuples: making named ones of some hundred rows costs as much as all arithmetic after it.
    """
    if not (organizations and spans):
        return []
    found = _rows(history, level, organizations, spans)
    replaced = {row[1:4] for row in found if row[0]}
    if not replaced:
        return found
    return [row for row in found if (row[4] is not None if row[0] else row[1:4] not in replaced)]


def _rows(history: History, level: Level, organizations: Sequence[int], spans: Sequence[Days]) -> list[Row]:
    try:
        return _rows_as("bigint", history, level, organizations, spans)
    except duckdb.ConversionException:
        # Some number of bytes or rows takes more than 63 bits. As hugeint every one of them costs Python five times as much.
        return _rows_as("hugeint", history, level, organizations, spans)


def _rows_as(
    integer: Integer, history: History, level: Level, organizations: Sequence[int], spans: Sequence[Days]
) -> list[Row]:
    bounds = [day for span in spans for day in span]
    ranges = _ranges(organizations)
    if len(ranges) > RANGES_AT_ONCE:
        many = "organization in (select unnest(cast($1 as integer[])))"
        statement = _statement(many, integer, level, len(spans), first=2)
        return history.rows(statement, [list(organizations), *bounds])
    statement = _statement("organization >= $1 and organization <= $2", integer, level, len(spans), first=3)
    return [row for first, last in ranges for row in history.rows(statement, [first, last, *bounds])]


@cache
def _statement(organizations: str, integer: Integer, level: Level, spans: int, first: int) -> str:
    """The statement for so many spans, whose bounds are the parameters from number `first` on."""
    within = " or ".join(
        f"{level.period} >= ${number} and {level.period} < ${number + 1}"
        for number in range(first, first + 2 * spans, 2)
    )
    names = {"level": level.name, "period": level.period, "integer": integer}
    return sql.render("serving/answer", **names, within=within, organizations=organizations)


def _ranges(organizations: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of each run of consecutive numbers."""
    ranges: list[tuple[int, int]] = []
    for organization in sorted(organizations):
        if ranges and ranges[-1][1] + 1 == organization:
            ranges[-1] = (ranges[-1][0], organization)
        else:
            ranges.append((organization, organization))
    return ranges
