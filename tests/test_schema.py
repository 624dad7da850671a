"""A warehouse of another version is refused in words, by readers and writers alike, and left as it is."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from wrapped_assets.families import Rollup
from wrapped_assets.periods import DAILY
from wrapped_assets.products.usage.families import PIPE_STATS
from wrapped_assets.resources.duckdb import DuckDBWarehouse, sql
from wrapped_assets.resources.duckdb.schema import VERSION
from wrapped_assets.resources.errors import NewerSchema, OlderSchema, WarehouseMissing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A warehouse of this version."""
    made = tmp_path / "warehouse.duckdb"
    with DuckDBWarehouse(made).writing() as writer:
        assert writer.pending().years == set()
    return made


@pytest.mark.parametrize(
    ("version", "refusal", "next_step"),
    [
        (VERSION + 1, NewerSchema, "upgrade wrapped-assets"),
        (VERSION - 1, OlderSchema, "move the file and its .wal away"),
    ],
)
def test_a_warehouse_of_another_version_is_refused(
    path: Path, version: int, refusal: type[Exception], next_step: str
) -> None:
    """With both versions and what to do next."""
    with duckdb.connect(str(path)) as con:
        con.execute("update main.wrapped_schema set version = $version", {"version": version})
    for opening in (DuckDBWarehouse(path).reading, DuckDBWarehouse(path).writing):
        with pytest.raises(refusal, match=next_step) as refused, opening():
            pass
        assert f"version {version}" in str(refused.value)
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("select version from main.wrapped_schema").fetchall() == [(version,)]


def test_an_empty_file_is_no_warehouse_for_a_reader_and_becomes_one_for_a_writer(tmp_path: Path) -> None:
    """As a file that somebody made with DuckDB's own shell."""
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseMissing), DuckDBWarehouse(path).reading():
        pass
    with DuckDBWarehouse(path).writing():
        pass
    with DuckDBWarehouse(path).reading() as reader:
        assert reader.editions() == []


def _rollup(*dimensions: str) -> Rollup:
    return Rollup("answers", dimensions, PIPE_STATS.rollups[0].measures[:1], "Requests by what was answered.")


def test_a_rollups_dimension_has_the_type_of_its_column() -> None:
    """A code stays a number and a duration whole microseconds, in the rollup and in what must be recomputed."""
    rollup = _rollup("organization_id", "status_code", "duration_us", "hour_of_day")
    expected = "organization_id varchar, status_code integer, duration_us ubigint, hour_of_day utinyint"
    assert f"(day date, {expected}, requests bigint)" in sql.rollup_ddl(PIPE_STATS, rollup, DAILY)
    stale = sql.stale_ddl([replace(PIPE_STATS, rollups=(rollup, rollup))])
    assert stale.endswith("    " + ",\n    ".join(expected.split(", ")) + "\n)\n")


def test_a_rollup_by_what_no_column_holds_is_refused() -> None:
    """A misspelled dimension makes no table of text."""
    with pytest.raises(KeyError, match="status_cod"):
        sql.rollup_ddl(PIPE_STATS, _rollup("organization_id", "status_cod"), DAILY)


def test_a_family_that_was_added_since_gets_its_tables(path: Path) -> None:
    """From the next writer; before that a reader says that something is missing, and nothing else of the file changes."""
    with duckdb.connect(str(path)) as con:
        con.execute("drop table raw.plays")
        con.execute("drop table dimensions.artists")
        con.execute("insert into stale.editions values (2025)")
    with pytest.raises(WarehouseMissing), DuckDBWarehouse(path).reading():
        pass
    with DuckDBWarehouse(path).writing():
        pass
    with DuckDBWarehouse(path).reading() as reader:
        assert reader.pending().years == {2025}
        assert reader.con.execute("select count(*) from raw.plays").fetchall() == [(0,)]
        assert reader.snapshot_version("artists") == "0 None"
