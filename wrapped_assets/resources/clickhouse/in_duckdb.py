"""Who owns what, and what documents say: asked in DuckDB's statements, of what they read of ClickHouse. So each such rule is in one language."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb

from wrapped_assets import products, queries
from wrapped_assets.periods import MONTHLY, Span
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.answers import answered
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb import sql as duckdb_sql
from wrapped_assets.resources.duckdb.rows import broken
from wrapped_assets.resources.warehouse import Broken

CHECKS = ("identities", "internal_ids", "totals", "disputed_owners")

# What each table of DuckDB's statements is filled with.
_TABLES = {
    "main.wrapped_summaries": "select year, wrapped_id, requests, facts from wrapped_summaries where year = {year:Int32}",
    "main.wrapped_days": """
        select year, wrapped_id, day.1 as day, day.2 as requests, day.3 as errors
        from wrapped_summaries array join days as day
        where year = {year:Int32}""",
    "main.wrapped_organizations": "select organization_id, customer_id, wrapped_id from wrapped_organizations",
    "main.wrapped_editions": """
        select year, through, generated_at, last_sequence as last_file, frozen_at
        from wrapped_editions
        where year = {year:Int32}""",
    "stale.identities": queries.text("clickhouse/status/stale_identities"),
}


def violations(session: Session, name: str, year: int = 0) -> Broken:
    """The rows that break a check's rule, of this year where it is about one; none is a pass."""
    statement = duckdb_sql.render(f"checks/{name}", months="from main.months")
    with _loaded(session, statement, year) as con:
        return broken(con, statement, {"year": year} if "$year" in statement else {})


def wanted_owners(session: Session, everyone: bool) -> list[tuple[Any, ...]]:
    """Each organization whose owner must be looked at, or everyone's: its id, customer, the customer's name, and since when it is known."""
    if not everyone and not session.rows(_TABLES["stale.identities"]):
        return []
    statement = duckdb_sql.render("dimensions/wanted_owners", months="from main.months")
    with _loaded(session, statement, has_months=everyone) as con:
        return con.execute(statement, {"everyone": everyone}).fetchall()


@contextmanager
def _loaded(
    session: Session, statement: str, year: int = 0, has_months: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB with what a statement reads; of documents and months of usage, those of this year."""
    with duckdb.connect(":memory:") as con:
        con.execute("set TimeZone = 'UTC'")
        for schema in (MONTHLY.name, "dimensions", "stale"):
            con.execute(f"create schema {schema}")
        con.execute("create table main.months (organization_id varchar, region varchar, month date)")
        if has_months and "main.months" in statement:
            _fill(session, con, "main.months", f"select distinct * from ({sql.months()})")
        if "dimensions." in statement:
            for owners in products.DEFAULT.owners:
                con.execute(duckdb_sql.dimension_ddl(owners))
                _fill(session, con, f"dimensions.{owners.name}", f"select * from dimensions_{owners.name}")
            for view in ("disputes", "owners"):
                con.execute(queries.text(f"duckdb/dimensions/{view}"))
        for table, question in _TABLES.items():
            if table in statement:
                con.execute(queries.text(f"duckdb/schema/{table.removeprefix('main.').replace('.', '_')}"))
                _fill(session, con, table, question, {"year": year})
        for family in products.DEFAULT.families.values():
            for rollup in family.rollups:
                table = f"{MONTHLY.name}.{family.table(rollup)}"
                if table not in statement:
                    continue
                con.execute(duckdb_sql.rollup_ddl(family, rollup, MONTHLY))
                # A year of months as one: the statement adds them up.
                merged = sql.render(
                    "summaries/yearly",
                    table=family.table(rollup),
                    dimensions=sql.names(sql.stored_dimensions(rollup)),
                    measures=sql.yearly_measures(rollup),
                    in_batch="select organization_id from wrapped_organizations",
                )
                span = Span.year(year)
                values = {"since": span.start, "until": span.end}
                _fill(session, con, table, merged, values, f"select * rename (year as {MONTHLY.period})")
        yield con


def _fill(
    session: Session,
    con: duckdb.DuckDBPyConnection,
    table: str,
    question: str,
    values: Mapping[str, Any] | None = None,
    selected: str = "select *",
) -> None:
    with answered(session, con, question, values) as has_rows:
        if has_rows:
            con.execute(f"insert into {table} by name {selected} from answer")
