"""The tables of a warehouse file, created when it is made."""

from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import ALL_LEVELS
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.errors import NewerSchema, OlderSchema, WarehouseMissing

VERSION = 7

SCHEMAS = ("landing", "stale", "raw", "hourly", "daily", "weekly", "monthly", "yearly", "dimensions")


def prepare(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create the tables that are missing; refuse a file that another version of this program made."""
    version = _version(con)
    if version:
        _refuse_others(version, path)
        if not _is_whole(con):
            with transaction(con):
                for statement in statements():
                    con.execute(statement)
        return
    with transaction(con):
        for name in SCHEMAS:
            con.execute(f"create schema if not exists {name}")
        con.execute("create sequence if not exists landing.file_ids")
        for statement in statements():
            con.execute(statement)
        con.execute(f"create table main.wrapped_schema as select {VERSION} as version")


def require(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file whose tables are not those of this version, or that has none, or not those of every family."""
    version = _version(con)
    _refuse_others(version or VERSION, path)
    if version == 0 or not _is_whole(con):
        raise WarehouseMissing(path)


def _refuse_others(version: int, path: Path) -> None:
    if version != VERSION:
        raise (NewerSchema if version > VERSION else OlderSchema)(path, version, VERSION)


def statements() -> list[str]:
    """Every `create table`, and a view after what it reads."""
    texts = [queries.text(f"duckdb/schema/{name}") for name in queries.names("duckdb/schema")]
    texts += [*sql.dimension_ddls(), sql.stale_ddl(FAMILIES.values())]
    for family in FAMILIES.values():
        texts.append(sql.raw_ddl(family))
        for level in ALL_LEVELS.values():
            texts += [sql.rollup_ddl(family, rollup, level) for rollup in family.at(level)]
    return texts


def _is_whole(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are tables of every family and dimension: one may have been added since."""
    found = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    return {("raw", name) for name in FAMILIES} | {("dimensions", name) for name in DIMENSIONS} <= set(found)


def _version(con: duckdb.DuckDBPyConnection) -> int:
    try:
        return int(con.execute("select version from main.wrapped_schema").fetchall()[0][0])
    except duckdb.CatalogException:
        return 0
