"""What a serving snapshot holds: parts of answers at three levels, and what names and explains them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from wrapped_assets.families import FAMILIES, Family
from wrapped_assets.periods import DAILY, HOURLY, MONTHLY, Level, Span
from wrapped_assets.resources.duckdb import sql

VERSION = 2

# The order they are read in: what the hours hold, the days and months hold too. A week is no part of a year.
LEVELS = (HOURLY, DAILY, MONTHLY)

ALONE = ("edition", "organizations", "files", "file_hours", "waiting")

DAYS = "days"
"""The kind of part that is not of a family: it is made of the days of another kind."""


@dataclass(frozen=True)
class Kind:
    """A kind of part: the family and rollup it is made of, and how parts of two periods become one."""

    name: str
    family: Family
    rollup: str
    merge: Literal["sums", "last"]

    @property
    def table(self) -> str:
        """The rollup's table in every layer of a warehouse."""
        return f"{self.family.name}_{self.rollup}"

    def from_rollup(self, level: Level, source: str) -> str:
        """The statement for its parts of one level, from a rollup of that level; binds `$from` and `$to`."""
        return sql.render(f"serving/parts/{self.name}", period=level.period, source=source)

    def merged(self, level: Level, source: str, source_period: str) -> str:
        """The statement for its parts of one level, from its parts of the level below."""
        return sql.render(
            f"serving/merged/{self.merge}",
            period=level.period,
            period_type=level.period_type,
            source=source,
            source_period=source_period,
        )


REQUESTS = Kind("requests", FAMILIES["pipe_stats"], "requests", "sums")
OPERATIONS = Kind("operations", FAMILIES["ingestion"], "operations", "sums")
SIZES = Kind("sizes", FAMILIES["storage"], "sizes", "last")

KINDS = {kind.family.name: kind for kind in (REQUESTS, OPERATIONS, SIZES)}
"""By family. Answers know the families in it; of another one serving reads nothing."""


def days_of_months(source: str) -> str:
    """The statement for the parts of the kind `days`, from daily parts of the kind `requests`."""
    return sql.render("serving/merged/days", source=source)


def parts(level: Level, year: Span) -> list[Span]:
    """What a level is written in: hours, of which there are most and which lie in the order of time, month by month."""
    return (
        [MONTHLY.span(date(year.start.year, month, 1)) for month in range(1, 13)]
        if level is HOURLY
        else [year]
    )


def statements() -> list[str]:
    """Every `create table` of a snapshot; none needs another."""
    texts = [sql.render(f"serving/tables/{name}") for name in ALONE]
    for level in LEVELS:
        texts.append(f"create schema {level.name}")
        texts.append(
            sql.render(
                "serving/tables/parts", level=level.name, period=level.period, period_type=level.period_type
            )
        )
    return [*texts, "create schema dimensions", *sql.dimension_ddls()]
