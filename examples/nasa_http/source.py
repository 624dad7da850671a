"""The log as four regional databases, written by set-based SQL; what the regions do afterwards.

Everything that turns a line of the log into a request is in `sql/source/`; nothing here knows Dagster.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from examples.nasa_http import statements
from wrapped_assets.periods import Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.products.usage.synthetic import create_table
from wrapped_assets.progress import Progress
from wrapped_assets.resources.errors import Refused

REGIONS = ("aws-eu-central-1", "aws-us-east-1", "gcp-europe-west3", "gcp-us-east4")
"""Invented: the log knows one server. A host's region is a hash of its name, so a host has one."""

COLUMNS = ("host", "ts_local", "method", "url", "status", "bytes", "is_injected")


class NotTheLog(Refused):
    """The file is not the log this example is about."""

    def __init__(self, path: Path, seen: str) -> None:
        super().__init__(
            f"No log could be read from {path}.\n  {seen}\n"
            "  Next: give the path of requests_2017.parquet, NASA's web server log laid out over 2017. It is not part of this"
            " project, and the example cannot run without it; README.md in examples/nasa_http says how it is made"
            " from https://github.com/greymd/sample_apache_log."
        )


@dataclass(frozen=True)
class Withheld:
    """The day that one region's log did not have yet when it was first exported."""

    region: str
    day: date
    rows: int


@dataclass(frozen=True)
class Source:
    """The regional databases below a folder, and what was written into them."""

    folder: Path
    span: Span
    rows: int
    withheld: Withheld

    def release(self) -> None:
        """Let the withheld day appear in its region's log."""
        with duckdb.connect(str(_database(self.folder, self.withheld.region))) as region:
            region.execute("begin")
            region.execute("insert into pipe_stats from arriving_late")
            region.execute("drop table arriving_late")
            region.execute("commit")


def write(log: Path, folder: Path, report: Progress) -> Source:
    """Write one database a region below `folder`; NotTheLog when the file cannot be used."""
    lines = _inspect(log)
    folder.mkdir(parents=True, exist_ok=True)
    days: dict[str, dict[date, int]] = {}
    for number, region in enumerate(REGIONS):
        report("regional databases", number, len(REGIONS))
        days[region] = _write_region(log, folder, region)
    every_day = [day for counts in days.values() for day in counts]
    span = Span(min(every_day), max(every_day) + timedelta(days=1))
    withheld = _withhold(folder, days)
    report("regional databases", len(REGIONS), len(REGIONS))
    return Source(folder, span, lines, withheld)


def _inspect(log: Path) -> int:
    """How many lines the log has; refuses a file in which some line has no place."""
    if not log.is_file():
        raise NotTheLog(log, "There is no such file.")
    try:
        with duckdb.connect() as connection:
            found = (
                connection.execute("from read_parquet($path) limit 0", {"path": str(log)}).description or []
            )
            if missing := sorted(set(COLUMNS) - {column[0] for column in found}):
                raise NotTheLog(log, f"It lacks the columns {', '.join(missing)}.")
            values = {"path": str(log)}
            lines, incomplete, outside = connection.execute(
                statements.text("source/unusable"), values
            ).fetchall()[0]
    except duckdb.Error as error:
        raise NotTheLog(log, f"DuckDB said: {str(error).splitlines()[0]}") from error
    if incomplete or outside or not lines:
        raise NotTheLog(
            log, f"Of its {lines:,} lines {incomplete:,} are incomplete and {outside:,} not of 2017."
        )
    return int(lines)


def _write_region(log: Path, folder: Path, region: str) -> dict[date, int]:
    """Write one region's database, whole or not at all; returns its requests by UTC day."""
    unfinished = folder / f".{region}.unfinished"
    with duckdb.connect(str(unfinished)) as connection:
        for family in FAMILIES.values():
            connection.execute(create_table(family))
        share = {"path": str(log), "regions": len(REGIONS), "region": REGIONS.index(region)}
        connection.execute(statements.text("source/pipe_stats"), share)
        connection.execute(statements.text("source/organizations"))
        connection.execute(statements.text("source/workspaces"))
        counts = connection.execute(
            "select cast(start_datetime as date), count(*) from pipe_stats group by all"
        )
        days = dict(counts.fetchall())
    unfinished.replace(_database(folder, region))
    return days


def _withhold(folder: Path, days: dict[str, dict[date, int]]) -> Withheld:
    """Set the busiest day of the busiest region aside."""
    region = max(days, key=lambda name: (sum(days[name].values()), name))
    day = max(days[region], key=lambda day: (days[region][day], day))
    with duckdb.connect(str(_database(folder, region))) as connection:
        that_day = "where cast(start_datetime as date) = $day"
        connection.execute("begin")
        connection.execute(f"create table arriving_late as from pipe_stats {that_day}", {"day": day})
        connection.execute(f"delete from pipe_stats {that_day}", {"day": day})
        connection.execute("commit")
    return Withheld(region, day, days[region][day])


def _database(folder: Path, region: str) -> Path:
    return folder / f"{region}.duckdb"
