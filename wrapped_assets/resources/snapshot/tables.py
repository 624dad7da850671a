"""What a serving snapshot holds: the tables that are served, at three levels, and what names and explains them."""

from dataclasses import dataclass
from datetime import date

from wrapped_assets.families import DIMENSIONS, FAMILIES, Family, Rollup
from wrapped_assets.periods import DAILY, HOURLY, MONTHLY, Level, Span
from wrapped_assets.resources.duckdb import sql

VERSION = 1

# The order they are written in. A week is no part of a year.
LEVELS = (HOURLY, DAILY, MONTHLY)

ALONE = ("edition", "organizations", "files", "file_hours", "waiting", "day_totals")


@dataclass(frozen=True)
class Served:
    """A table of numbers that is kept at each level, and the rollup it is merged from."""

    name: str
    family: Family
    rollup: Rollup

    def states(self, owner: str, level: Level, source: str, source_period: str) -> str:
        """The statement for its rows of one level, from rows of the level below; binds `$from` and `$to`.

        `owner` is `organization_id`, or `organization` when the source is a served table itself.
        """
        return sql.render(
            f"serving/states/{self.name}",
            owner=owner,
            period=level.period,
            period_type=level.period_type,
            source=source,
            source_period=source_period,
        )


def _served(name: str, family: str, rollup: str) -> Served:
    declared = FAMILIES[family]
    return Served(name, declared, next(each for each in declared.rollups if each.name == rollup))


REQUESTS = _served("requests", "pipe_stats", "requests")
OPERATIONS = _served("operations", "ingestion", "operations")
SIZES = _served("sizes", "storage", "sizes")

SERVED = {table.family.name: table for table in (REQUESTS, OPERATIONS, SIZES)}
"""By family: each family has one."""


def parts(level: Level, year: Span) -> list[Span]:
    """What a level is written in: hours, of which there are most and which lie in the order of time, month by month."""
    return [MONTHLY.span(date(year.start.year, month, 1)) for month in range(1, 13)] if level is HOURLY else [year]


def statements() -> list[str]:
    """Every `create table` of a snapshot; none needs another."""
    texts = [f"create schema {level.name}" for level in LEVELS]
    texts += [sql.render(f"serving/tables/{name}") for name in ALONE]
    texts += [
        sql.render(
            f"serving/tables/{table.name}",
            level=level.name,
            period=level.period,
            period_type=level.period_type,
        )
        for table in SERVED.values()
        for level in LEVELS
    ]
    return [*texts, "create schema dimensions", *(sql.dimension_ddl(each) for each in DIMENSIONS.values())]
