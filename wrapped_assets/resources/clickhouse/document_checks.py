"""The checks of documents and of who they belong to: DuckDB's statements, on what they read of ClickHouse. What a document says is looked at in one language."""

from collections.abc import Mapping
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

STATEMENTS = ("internal_ids", "totals", "disputed_owners")

# What each table of DuckDB's statements is filled with.
_TABLES = {
    "wrapped_summaries": "select year, wrapped_id, requests, facts from wrapped_summaries where year = {year:Int32}",
    "wrapped_days": """
        select year, wrapped_id, day.1 as day, day.2 as requests, day.3 as errors
        from wrapped_summaries array join days as day
        where year = {year:Int32}""",
    "wrapped_organizations": "select organization_id, customer_id, wrapped_id from wrapped_organizations",
    "wrapped_editions": """
        select year, through, generated_at, last_sequence as last_file, frozen_at
        from wrapped_editions
        where year = {year:Int32}""",
}


def violations(session: Session, name: str, year: int = 0) -> Broken:
    """The rows that break a check's rule, of this year where it is about one; none is a pass."""
    statement = queries.text(f"duckdb/checks/{name}")
    with duckdb.connect(":memory:") as con:
        con.execute("set TimeZone = 'UTC'")
        for schema in (MONTHLY.name, "dimensions"):
            con.execute(f"create schema {schema}")
        for owners in products.DEFAULT.owners if "dimensions.disputes" in statement else ():
            con.execute(duckdb_sql.dimension_ddl(owners))
            _fill(session, con, f"dimensions.{owners.name}", f"select * from dimensions_{owners.name}", {})
            con.execute(queries.text("duckdb/dimensions/disputes"))
        for table, question in _TABLES.items():
            if f"main.{table}" not in statement:
                continue
            con.execute(queries.text(f"duckdb/schema/{table}"))
            _fill(session, con, f"main.{table}", question, {"year": year})
        for family in products.DEFAULT.families.values():
            for rollup in family.rollups:
                if f"{MONTHLY.name}.{family.table(rollup)}" not in statement:
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
                renamed = f"select * rename (year as {MONTHLY.period})"
                _fill(session, con, f"{MONTHLY.name}.{family.table(rollup)}", merged, values, renamed)
        return broken(con, statement, {"year": year} if "$year" in statement else {})


def _fill(
    session: Session,
    con: duckdb.DuckDBPyConnection,
    table: str,
    question: str,
    values: Mapping[str, Any],
    selected: str = "select *",
) -> None:
    with answered(session, con, question, values) as has_rows:
        if has_rows:
            con.execute(f"insert into {table} by name {selected} from answer")
