"""The facts of customers' years: the SQL of DuckDB warehouses, on rows of the rollups that stream into a DuckDB of the run's own.

So what a year means is written once. A batch of customers at a time: memory does not grow with the edition, and what
is too much of a batch is spilled to a folder that is removed afterwards.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from wrapped_assets import products, queries
from wrapped_assets.families import Family, Rollup
from wrapped_assets.periods import MONTHLY, YEARLY, Span
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.answers import answered
from wrapped_assets.resources.clickhouse.connection import Limits
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb import sql as duckdb_sql
from wrapped_assets.resources.duckdb import summaries
from wrapped_assets.resources.duckdb.connection import Engine

# Organizations whose rows are in DuckDB at once. ClickHouse reads whole pieces of 8,192 rows of a month, one an organization in the
# histograms: batches of 2,000 cost two and a half times as much (measured).
BATCH_ORGANIZATIONS = 30_000

# Summaries that go back in one Arrow batch.
PIECE_ROWS = 1_000

_IN_BATCH = "select organization_id from staging_members where batch = {batch:UInt32}"


def compute(session: Session, year: int, limits: Limits, into: str) -> None:
    """Add the facts of the customers in staging_members to a table like wrapped_summaries."""
    batches = session.rows("select distinct batch from staging_members order by batch")
    with tempfile.TemporaryDirectory(prefix="wrapped-edition-") as spill:
        engine = Engine(limits.memory_limit, limits.threads, Path(spill))
        for (batch,) in batches:
            with _empty(engine) as con:
                _Loading(session, con, year, batch).load()
                summaries.recompute(con, year, everyone=True)
                session.stream(into, summaries.whole(con, year, PIECE_ROWS))


@contextmanager
def _empty(engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB with the tables that are loaded or written here and no others: a statement that reads more fails."""
    with duckdb.connect(":memory:", config=engine.config()) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        for name in ("yearly", "dimensions", "stale"):
            con.execute(f"create schema {name}")
        for name in ("stale_summaries", "wrapped_organizations", "wrapped_summaries", "wrapped_days"):
            con.execute(queries.text(f"duckdb/schema/{name}"))
        for names in products.DEFAULT.names:
            con.execute(duckdb_sql.dimension_ddl(names))
        for family in products.DEFAULT.families.values():
            for rollup in family.rollups:
                con.execute(duckdb_sql.rollup_ddl(family, rollup, YEARLY))
        yield con


@dataclass(frozen=True)
class _Loading:
    """A batch of customers on its way into DuckDB."""

    session: Session
    con: duckdb.DuckDBPyConnection
    year: int
    batch: int

    def load(self) -> None:
        """Put their rollups, owners and names into the tables."""
        for family in products.DEFAULT.families.values():
            for rollup in family.rollups:
                self._fill_rollup(family, rollup)
        owners = "select organization_id, customer_id, wrapped_id from staging_members where batch = {batch:UInt32}"
        self._fill("main.wrapped_organizations", owners)
        for names in products.DEFAULT.names:
            named = f"select * from dimensions_{names.name} where {names.subject} in ({_IN_BATCH})"
            self._fill(f"dimensions.{names.name}", named)

    def _fill_rollup(self, family: Family, rollup: Rollup) -> None:
        table = family.table(rollup)
        statement = sql.render(
            "summaries/yearly",
            table=table,
            dimensions=sql.names(sql.stored_dimensions(rollup)),
            measures=sql.yearly_measures(rollup),
            in_batch=_IN_BATCH,
        )
        for span in _read(rollup, self.year):
            values = {"since": span.start, "until": span.end}
            self._fill(f"yearly.{table}", statement, values, sql.unnested(rollup, "answer"))

    def _fill(
        self, table: str, statement: str, values: Mapping[str, Any] | None = None, source: str = "from answer"
    ) -> None:
        with answered(self.session, self.con, statement, {"batch": self.batch, **(values or {})}) as has_rows:
            if has_rows:
                self.con.execute(f"insert into {table} by name {source}")


def ranks(session: Session, year: int, wrapped_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """The place of some customers among all of an edition: `cohort_size` and `fewer`, by wrapped_id."""
    with duckdb.connect(":memory:") as con:
        con.execute(
            "create table main.wrapped_summaries (year smallint, wrapped_id varchar, requests bigint)"
        )
        everybody = "select year, wrapped_id, requests from wrapped_summaries where year = {year:Int32}"
        with answered(session, con, everybody, {"year": year}) as has_rows:
            if has_rows:
                con.execute("insert into main.wrapped_summaries by name from answer")
        placed = con.execute(
            f"select wrapped_id, cohort_size, fewer from ({summaries.rank(products.DEFAULT)})"
            " where wrapped_id in (select unnest(cast($wrapped_ids as varchar[])))",
            {"year": year, "wrapped_ids": list(wrapped_ids)},
        )
        return {found: {"cohort_size": size, "fewer": fewer} for found, size, fewer in placed.fetchall()}


def _read(rollup: Rollup, year: int) -> list[Span]:
    """The spans of months to merge. Days are in one month only, and there are many; years are compared by those of both."""
    if "event_date" not in rollup.dimensions:
        return [Span.year(year)]
    return [MONTHLY.span(date(each, month, 1)) for each in (year - 1, year) for month in range(1, 13)]
