"""The regional databases: where the logs are written, read here and never changed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import duckdb

from wrapped_assets.products import DIMENSIONS, EXPORTED, FAMILIES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.errors import RegionUnavailable
from wrapped_assets.settings import Settings
from wrapped_assets.settings.address import Address


@dataclass(frozen=True)
class Exported:
    """The files that hold one day of an export, and how many rows are in them."""

    day: date
    paths: Sequence[Path]
    rows: int


class RegionalDatabase(Protocol):
    """One region's database, read-only, whatever its engine. Times are UTC."""

    @property
    def region(self) -> str:
        """The region's name."""

    def export(
        self, family: str, start: datetime, end: datetime, exported_at: datetime, folder: Path
    ) -> Iterator[Exported]:
        """The rows of [start, end) as Parquet below `folder`, day by day; days without rows are left out.

        Rows stream into the files. Those of a day may be gone when the next one is asked for.
        """

    def holds_rows(self, start: datetime, end: datetime) -> bool:
        """Whether any family has a row of [start, end)."""

    def snapshot(self, dimension: str, exported_at: datetime, path: Path) -> int:
        """Write the whole dimension as it is now to one Parquet file; returns its row count."""


@dataclass(frozen=True)
class DuckDBRegion:
    """One region's database in a DuckDB file."""

    region: str
    url: str

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection, closed whatever happens; RegionUnavailable when there is no such database."""
        path = Path(unquote(urlsplit(self.url).path))
        try:
            connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise RegionUnavailable(self.region, f"DuckDB said: {str(error).splitlines()[0]}") from error
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()

    def export(
        self, family: str, start: datetime, end: datetime, exported_at: datetime, folder: Path
    ) -> Iterator[Exported]:
        """The rows of [start, end) as Parquet below `folder`, one or more files a day."""
        statement = sql.export(FAMILIES[family])
        values = self._values(start, end, exported_at)
        # Not a cast to date, which rounds nanoseconds: the last 500 of a day would go to the next.
        day = f"cast(strftime({FAMILIES[family].event_time}, '%Y-%m-%d') as date)"
        target = str(folder).replace("'", "''")
        with self.connection() as connection:
            # One thread and room for a year of open files: one file a day.
            connection.execute("set threads = 1; set partitioned_write_max_open_files = 400")
            connection.execute(
                f"copy (select *, {day} as dt from ({statement})) to '{target}'"
                " (format parquet, compression zstd, partition_by (dt), overwrite_or_ignore)",
                values,
            )
            counted = f"select {day}, count(*) from ({statement}) group by all"
            counts = dict(connection.execute(counted, values).fetchall())
        for day, rows in sorted(counts.items()):
            yield Exported(day, sorted((folder / f"dt={day}").glob("*.parquet")), rows)

    def holds_rows(self, start: datetime, end: datetime) -> bool:
        """Whether any family has a row of [start, end)."""
        values = self._values(start, end, end)
        statements = (sql.export(family) for family in FAMILIES.values() if family.name in EXPORTED)
        with self.connection() as connection:
            return any(
                connection.execute(f"select 1 from ({statement}) limit 1", values).fetchall()
                for statement in statements
            )

    def _values(self, start: datetime, end: datetime, exported_at: datetime) -> dict[str, object]:
        return {
            "region": self.region,
            "exported_at": _naive(exported_at),
            "from": _naive(start),
            "to": _naive(end),
        }

    def snapshot(self, dimension: str, exported_at: datetime, path: Path) -> int:
        """Write the whole dimension as it is now to one Parquet file; returns its row count."""
        target = str(path).replace("'", "''")
        with self.connection() as connection:
            statement = sql.export(DIMENSIONS[dimension])
            copied = connection.execute(
                f"copy ({statement}) to '{target}' (format parquet, compression zstd)",
                {"exported_at": _naive(exported_at)},
            )
            return int(copied.fetchall()[0][0])


def _naive(moment: datetime) -> datetime:
    """UTC without a zone, to the millisecond: what landing files hold."""
    utc = (
        moment.replace(tzinfo=None)
        if moment.tzinfo is None
        else (moment - (moment.utcoffset() or timedelta()))
    )
    return utc.replace(tzinfo=None, microsecond=utc.microsecond // 1000 * 1000)


def open_region(settings: Settings, region: str) -> RegionalDatabase:
    """The database of one region of these settings; opens nothing yet."""
    url = settings.regions.get(region)
    if url is None:
        raise RegionUnavailable(region, f"Its configuration names {sorted(settings.regions)}.")
    if url.startswith("duckdb:"):
        return DuckDBRegion(region, url)
    # Imported only where it is used: DuckDB's commands start without it.
    from wrapped_assets.regions.clickhouse_region import ClickHouseRegion
    from wrapped_assets.resources.clickhouse.connection import Limits

    limits = Limits(settings.memory_limit, settings.threads)
    return ClickHouseRegion(region, Address.parse(url), limits)
