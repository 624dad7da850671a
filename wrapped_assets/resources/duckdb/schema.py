"""The tables of a warehouse file, created when it is made."""

from pathlib import Path

import duckdb

from wrapped_assets import queries
from wrapped_assets.periods import ALL_LEVELS
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.duckdb import sql
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.errors import NewerSchema, OlderSchema, WarehouseMissing

VERSION = 7

SCHEMAS = ("landing", "stale", "raw", "hourly", "daily", "weekly", "monthly", "yearly", "dimensions")


def prepare(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create the tables of a file that has none; refuse one that another version of this program made."""
    version = _version(con)
    if version:
        _refuse_others(version, path)
        return
    with transaction(con):
        for name in SCHEMAS:
            con.execute(f"create schema if not exists {name}")
        con.execute("create sequence if not exists landing.file_ids")
        for statement in statements():
            con.execute(statement)
        con.execute(f"create table main.wrapped_schema as select {VERSION} as version")


def require(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file whose tables are not those of this version, or that has none."""
    version = _version(con)
    if version == 0:
        raise WarehouseMissing(path)
    _refuse_others(version, path)


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


def _version(con: duckdb.DuckDBPyConnection) -> int:
    try:
        return int(con.execute("select version from main.wrapped_schema").fetchall()[0][0])
    except duckdb.CatalogException:
        return 0
