"""A ClickHouse warehouse as a DuckDB in memory would hold it: tests ask both engines the same questions in one language."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import duckdb

from wrapped_assets.periods import LEVELS
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.clickhouse import sql
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb import schema

_NAMED = re.compile(r"\b(?:raw|hourly|daily|weekly|monthly|landing|dimensions|main)\.\w+")

# What ClickHouse is asked for, by the name that DuckDB's table has. There are no yearly tables.
TABLES: dict[str, str] = {
    "landing.files": """
        select sequence as file_id, family, object_key, etag, size, folder_day, region, state, reason, row_count,
            bad_row_count, last_exported_at, imported_at
        from landing_files""",
    "landing.file_days": """
        select sequence as file_id, family, day, rows as row_count, last as last_exported_at, held.hours as hours
        from (
            select sequence, family, file_id, day, rows, last
            from landing_files
            array join `days.day` as day, `days.row_count` as rows, `days.last_exported_at` as last
        ) as files
        join (select distinct family, file_id, day, hours from landing_hours) as held using (family, file_id, day)""",
    "landing.quarantined_rows": """
        select distinct files.sequence as file_id, row_number, quarantined.reason as reason, content
        from landing_quarantined_rows as quarantined join landing_files as files using (file_id)""",
    **{f"raw.{name}": f"select * except (own_partition) from raw_{name}" for name in FAMILIES},
    **{
        f"{level.name}.{family.table(rollup)}": sql.rollup_rows(
            rollup, level, f"{level.name}_{family.table(rollup)}"
        )
        for level in LEVELS.values()
        for family in FAMILIES.values()
        for rollup in family.rollups
    },
    **{f"dimensions.{name}": f"select * from dimensions_{name}" for name in DIMENSIONS},
    "main.wrapped_organizations": "select * from wrapped_organizations",
    "main.wrapped_summaries": "select * except (days) from wrapped_summaries",
    "main.wrapped_days": """
        select year, wrapped_id, day.1 as day, day.2 as requests, day.3 as errors
        from wrapped_summaries array join days as day""",
    "main.wrapped_editions": """
        select year, through, generated_at, last_sequence as last_file, frozen_at from wrapped_editions""",
}


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    """The answer to a question put in DuckDB's words, about a ClickHouse warehouse."""
    con = _empty()
    con.execute("begin")
    try:
        for name in set(_NAMED.findall(statement)):
            _copy(con, name, session.dicts(TABLES[name]))
        return con.execute(statement).fetchall()
    finally:
        con.execute("rollback")


@cache
def _empty() -> duckdb.DuckDBPyConnection:
    """All tables without a row, made once: making them takes longer than most questions."""
    con = duckdb.connect(":memory:")
    for name in schema.SCHEMAS:
        con.execute(f"create schema if not exists {name}")
    con.execute("create sequence landing.file_ids")
    for ddl in schema.statements():
        con.execute(ddl)
    return con


def _copy(con: duckdb.DuckDBPyConnection, name: str, found: Iterable[dict[str, Any]]) -> None:
    for row in found:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        con.execute(
            f"insert into {name} ({names}) values ({marks})", [_plain(value) for value in row.values()]
        )


def _plain(value: Any) -> Any:
    """A list of nothing is null; the list of the one largest data source is that data source."""
    if isinstance(value, list) and len(value) == 1 and "rows" in value[0] and "name" in value[0]:
        return value[0]
    return None if value == [] else value
