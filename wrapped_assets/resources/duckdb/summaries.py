"""Editions in DuckDB: the facts of each customer's year, recomputed for whoever something changed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from wrapped_assets import products, queries
from wrapped_assets.periods import YEARLY, read_by_edition
from wrapped_assets.product import CustomerProduct, Edition, Facts
from wrapped_assets.progress import report as progress
from wrapped_assets.resources.duckdb import rollups, sql, status
from wrapped_assets.resources.duckdb.rows import dicts
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import SummaryReport


def refresh(
    con: duckdb.DuckDBPyConnection, year: int, full: bool, now: datetime, freeze_at: datetime | None
) -> SummaryReport:
    """Bring an edition up to date; once frozen it stays as it is and only counts what it leaves out."""
    for family in products.DEFAULT.families.values():
        rollups.refresh(con, YEARLY, family, read_by_edition(year), full, progress)
    known = edition(con, year)
    if known and known.frozen:
        return _acknowledge(con, year)
    with transaction(con):
        found = _one(con, year)
        everyone = full or known is None or not tells_all(found, products.DEFAULT)
        recomputed = recompute(con, year, everyone)
        pending = status.pending(con)
        if not pending.holding_up(year) and not _has_changed_objects(con, year):
            _keep_edition(con, year)
            # Not before its reach can be told: what a frozen edition says of it, it says for ever.
            if freeze_at and now >= freeze_at and edition(con, year) and not pending.disputes:
                _freeze(con, year, freeze_at)
        con.execute(_text("settle"), {"year": year})
        return SummaryReport(_count(con, year), recomputed, 0, frozen=False)


def recompute(con: duckdb.DuckDBPyConnection, year: int, everyone: bool) -> int:
    """Compute the facts of the customers that something changed anew, or of everyone; how many customers they are."""
    values = {"year": year}
    con.execute(_text("wanted"), {**values, "everyone": everyone})
    (recomputed,) = con.execute("select count(distinct wrapped_id) from wanted").fetchall()[0]
    con.execute(_text("clear"), values)
    con.execute(_text("members"))
    con.execute(f"insert into main.wrapped_summaries by name\n{statement(products.DEFAULT)}", values)
    con.execute(_text("clear_days"), values)
    con.execute(f"insert into main.wrapped_days by name\n{days(products.DEFAULT)}", values)
    con.execute("drop table members")
    con.execute("drop table wanted")
    return int(recomputed)


def statement(product: CustomerProduct) -> str:
    """The query for the summaries of the customers in `members`: every story's SQL, side by side."""
    counted = [story for story in product.stories if story.columns]
    columns = [
        f"{column} := if({story.name}.customer is null, {_literal(empty)}, {story.name}.{column})"
        for story in counted
        for column, empty in story.columns.items()
    ]
    return sql.render(
        "summaries/summaries",
        product=f"sql/products/{product.name}",
        subjects=queries.text(f"products/{product.name}/subjects"),
        stories=",\n\n".join(f"{story.name} as (\n{product.sql(story)}\n)" for story in counted),
        columns=",\n        ".join(columns),
        joins="\n".join(f"left join {story.name} using (customer)" for story in counted),
    )


def _literal(empty: object) -> str:
    return "null" if empty is None else str(empty)


def days(product: CustomerProduct) -> str:
    """The query for the days of the customers in `wanted`."""
    return queries.text(f"products/{product.name}/calendar")


def whole(con: duckdb.DuckDBPyConnection, year: int, rows: int) -> pa.RecordBatchReader:
    """The summaries of a year as ClickHouse keeps them: with their days."""
    statement = f"""
        select year, wrapped_id, requests, days, cast(facts as varchar) as facts
        from ({_read()})"""
    found = con.sql(statement, params={"year": year, "wrapped_ids": None, "most": None})
    return found.to_arrow_reader(rows)


def edition(con: duckdb.DuckDBPyConnection, year: int) -> Edition | None:
    statement = "select through, generated_at, frozen_at from main.wrapped_editions where year = $year"
    rows = con.execute(statement, {"year": year}).fetchall()
    if not rows:
        return None
    through, generated_at, frozen_at = rows[0]
    return Edition(year, through.replace(tzinfo=UTC), generated_at.replace(tzinfo=UTC), frozen_at is not None)


def facts(
    con: duckdb.DuckDBPyConnection,
    year: int,
    wrapped_ids: Sequence[str] | None = None,
    most: int | None = None,
) -> list[Facts]:
    asked = None if wrapped_ids is None else list(wrapped_ids)
    found = con.execute(_read(), {"year": year, "wrapped_ids": asked, "most": most})
    return [flat(row) for row in dicts(found)]


def left_out(con: duckdb.DuckDBPyConnection, year: int) -> int:
    known = edition(con, year)
    if known is None or not known.frozen:
        return 0
    return int(con.execute(_text("left_out"), {"year": year}).fetchall()[0][0])


def _one(con: duckdb.DuckDBPyConnection, year: int) -> str | None:
    """The facts of somebody in an edition; None when it has nobody."""
    statement = "select facts from main.wrapped_summaries where year = $year limit 1"
    return next((facts for (facts,) in con.execute(statement, {"year": year}).fetchall()), None)


def tells_all(facts: str | None, product: CustomerProduct) -> bool:
    """Whether these facts have the columns of every story: one may have been added since they were computed."""
    return facts is None or json.loads(facts).keys() >= {
        name for story in product.stories for name in story.columns
    }


def flat(row: dict[str, Any]) -> Facts:
    """A row with the columns of every story beside its own."""
    facts: Facts = json.loads(row["facts"])
    return facts | {name: value for name, value in row.items() if name != "facts"}


def rank(product: CustomerProduct) -> str:
    """The query for each customer's place among all of an edition."""
    return queries.text(f"products/{product.name}/rank")


def _read() -> str:
    return sql.render("summaries/read", rank=rank(products.DEFAULT))


def requests_by_month(con: duckdb.DuckDBPyConnection, year: int) -> list[int]:
    found = dict(con.execute(_text("months"), {"year": year}).fetchall())
    return [found.get(month, 0) for month in range(1, 13)]


def editions(con: duckdb.DuckDBPyConnection) -> list[int]:
    rows = con.execute("select year from main.wrapped_editions order by year").fetchall()
    return [year for (year,) in rows]


def recipients(con: duckdb.DuckDBPyConnection, year: int) -> dict[str, str | None]:
    return dict(con.execute(_text("recipients"), {"year": year}).fetchall())


def _acknowledge(con: duckdb.DuckDBPyConnection, year: int) -> SummaryReport:
    """A frozen edition: whatever became stale is settled without being followed, and counted."""
    with transaction(con):
        rows = left_out(con, year)
        con.execute(_text("settle"), {"year": year})
        con.execute("delete from stale.editions where year = $year", {"year": year})
        return SummaryReport(_count(con, year), 0, rows, frozen=True)


def _has_changed_objects(con: duckdb.DuckDBPyConnection, year: int) -> bool:
    """Whether raw still holds rows of objects that were changed since: the ledger no longer says how far they reach."""
    statement = "select count(*) > 0 from stale.raw where file_id is null and year(period) = $year"
    return bool(con.execute(statement, {"year": year}).fetchall()[0][0])


def _freeze(con: duckdb.DuckDBPyConnection, year: int, frozen_at: datetime) -> None:
    con.execute(
        "update main.wrapped_editions set frozen_at = $frozen_at where year = $year",
        {"year": year, "frozen_at": frozen_at.replace(tzinfo=None)},
    )
    con.execute(_text("freeze"), {"year": year})


def _keep_edition(con: duckdb.DuckDBPyConnection, year: int) -> None:
    con.execute("delete from main.wrapped_editions where year = $year", {"year": year})
    con.execute(f"insert into main.wrapped_editions by name\n{_text('edition')}", {"year": year})
    con.execute("delete from stale.editions where year = $year", {"year": year})


def _count(con: duckdb.DuckDBPyConnection, year: int) -> int:
    statement = "select count(*) from main.wrapped_summaries where year = $year"
    return int(con.execute(statement, {"year": year}).fetchall()[0][0])


def _text(name: str) -> str:
    return queries.text(f"duckdb/summaries/{name}")
