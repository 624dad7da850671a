"""An edition's file in a DuckDB of the run's own: what it reads of raw and of the dimensions streams in from ClickHouse."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.clickhouse import marks, sql
from wrapped_assets.resources.clickhouse.answers import answered
from wrapped_assets.resources.clickhouse.connection import Limits
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb import sql as duckdb_sql
from wrapped_assets.resources.duckdb.connection import Engine, connect


@dataclass(frozen=True)
class ClickHouseBeside:
    """`edition_database.Beside` over a session: tables of one stream each."""

    session: Session
    con: duckdb.DuckDBPyConnection

    def events(self, family: str, span: Span, subjects: Sequence[str] | None = None) -> None:
        declared = FAMILIES[family]
        time, columns = declared.event_time, [column.raw_name for column in declared.columns]
        statement = (
            f"select {sql.names(columns)} from raw_{family}"
            f" where {time} >= toDateTime64({{since:Date32}}, 6, 'UTC') and {time} < toDateTime64({{until:Date32}}, 6, 'UTC')"
        )
        self._make("events", f"raw.{family}", duckdb_sql.raw_ddl(declared))
        values: dict[str, Any] = {"since": span.start, "until": span.end}
        if subjects is not None:
            statement += f" and {declared.subject} in {{subjects:Array(String)}}"
            values["subjects"] = list(subjects)
        self._fill("events", statement, values)

    def snapshots(self, dimension: str) -> None:
        table = f"{dimension}_snapshots"
        self._make(table, f"dimensions.{dimension}", duckdb_sql.dimension_ddl(DIMENSIONS[dimension]))
        self._fill(table, f"select * from dimensions_{dimension}", {})

    def _make(self, table: str, like: str, ddl: str) -> None:
        """A temporary table of another's columns."""
        self.con.execute(
            ddl.replace(f"create table if not exists {like}", f"create or replace temp table {table}")
        )

    def _fill(self, table: str, statement: str, values: Mapping[str, Any]) -> None:
        with answered(self.session, self.con, statement, values) as has_rows:
            if has_rows:
                self.con.execute(f"insert into {table} by name from answer")


@contextmanager
def beside(session: Session, path: Path, limits: Limits) -> Iterator[ClickHouseBeside]:
    """Have an edition's file open, for a while, beside a session."""
    engine = Engine(limits.memory_limit, limits.threads, path.parent / "spill")
    with connect(path, engine, read_only=False) as con:
        yield ClickHouseBeside(session, con)


def snapshot_version(session: Session, dimension: str) -> str:
    """What a dimension says: another text when any of its rows is another."""
    ((rows, version),) = session.rows(
        f"select count(), sum(toUInt128(cityHash64(*))) from dimensions_{dimension}"
    )
    return f"{rows} {version}"


def raw_versions(session: Session, family: str) -> Mapping[date, str]:
    """What each day of raw holds: another text whenever its rows changed; not of those whose swap was cut short."""
    broken = marks.broken(session, "raw", family)
    statement = (
        "select period, toString(max(sequence)) from built where layer = 'raw' and family = {family:String}"
        " group by period having max(sequence) > 0 order by period"
    )
    found = session.rows(statement, {"family": family})
    return {day: version for day, version in found if day not in broken}
