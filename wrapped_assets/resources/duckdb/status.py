"""What the warehouse says about itself: what is stale, what is in quarantine, what landed; `warehouse.Reader` has each question in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import YEARLY, Span
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.warehouse import EXAMPLES, LandingTotals, Pending, QuarantineEntry


def pending(con: duckdb.DuckDBPyConnection) -> Pending:
    found = Pending()
    for layer, family, period in con.execute(queries.text("duckdb/status/stale_partitions")).fetchall():
        if layer == YEARLY.name:
            found.documents.add(period.year)
        else:
            found.partitions.setdefault((layer, family), set()).add(period)
    found.dimensions.update(
        name for (name,) in con.execute("select distinct family from stale.dimensions").fetchall()
    )
    found.documents.update(_years(con, "stale.summaries"))
    found.years.update(found.documents | _years(con, "stale.editions"))
    (identities,) = con.execute("select count(*) > 0 from stale.identities").fetchall()[0]
    disputes = con.execute(queries.text("duckdb/checks/disputed_owners")).fetchall()
    return replace(found, identities=identities, disputes=[told for (told,) in disputes[:EXAMPLES]])


def _years(con: duckdb.DuckDBPyConnection, table: str) -> set[int]:
    return {year for (year,) in con.execute(f"select distinct year from {table}").fetchall()}


def quarantine(con: duckdb.DuckDBPyConnection, span: Span, family: str = "") -> list[QuarantineEntry]:
    values = {"from": span.start, "to": span.end, "family": family}
    rows = con.execute(queries.text("duckdb/status/quarantine"), values).fetchall()
    return [QuarantineEntry(*row) for row in rows]


def landing_totals(con: duckdb.DuckDBPyConnection, family: str, span: Span) -> LandingTotals:
    """Files and valid landing rows of these days, and the rows raw holds of them."""
    statement = sql.render("status/landing_totals", family=family, event_time=FAMILIES[family].event_time)
    values = {"family": family, "from": span.start, "to": span.end}
    return LandingTotals(*con.execute(statement, values).fetchall()[0])


def row_counts(con: duckdb.DuckDBPyConnection, table: str, time: str, span: Span) -> dict[date, int]:
    """Rows of each period of a table that has any."""
    statement = sql.render("status/row_counts", table=table, time=time)
    return dict(con.execute(statement, {"from": span.start, "to": span.end}).fetchall())


def identities(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("select count(*) from main.wrapped_organizations").fetchall()[0][0])


def owner(con: duckdb.DuckDBPyConnection, organization_id: str) -> str | None:
    statement = "select wrapped_id from main.wrapped_organizations where organization_id = $organization_id"
    rows = con.execute(statement, {"organization_id": organization_id}).fetchall()
    return str(rows[0][0]) if rows else None


def customers(con: duckdb.DuckDBPyConnection, wrapped_ids: Sequence[str]) -> dict[str, str | None]:
    rows = con.execute(queries.text("duckdb/status/customers"), {"wrapped_ids": list(wrapped_ids)}).fetchall()
    return dict(rows)
