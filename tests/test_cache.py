"""Giving DuckDB's cache back between chunks: memory follows the chunk, and the limit is what it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.landing_files import files_of, request
from tests.pipeline import Pipeline, differs_from_oracle
from wrapped_assets.resources.duckdb import connection, raw, rollups
from wrapped_assets.resources.duckdb.connection import Engine, connect, release_cache

pytestmark = pytest.mark.proof


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse file with 80 MB in its cache."""
    with connect(tmp_path / "warehouse.duckdb", Engine("300MB", 2), read_only=False) as opened:
        opened.execute("create table numbers as select hash(i) as number from range(10_000_000) as r (i)")
        assert held(opened) > 70_000_000
        yield opened


def held(con: duckdb.DuckDBPyConnection) -> int:
    """Bytes that DuckDB keeps."""
    return int(con.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchall()[0][0])


def limit(con: duckdb.DuckDBPyConnection) -> str:
    """The memory limit in DuckDB's words."""
    return str(con.execute("select current_setting('memory_limit')").fetchall()[0][0])


def test_what_a_chunk_left_is_given_back(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to 64 MB, with the limit and the rows as they were."""
    monkeypatch.setattr(connection, "CACHE_BYTES", 0)
    before = limit(con)
    release_cache(con)
    assert held(con) <= 64_000_000
    assert limit(con) == before
    assert con.execute("select count(distinct number) from numbers").fetchall() == [(10_000_000,)]


def test_a_little_stays(con: duckdb.DuckDBPyConnection) -> None:
    """Asking the system for memory anew would cost more than it is worth."""
    release_cache(con)
    assert held(con) > 70_000_000


@pytest.mark.parametrize(
    "error", [duckdb.OutOfMemoryException("pinned"), duckdb.IOException("no folder to spill to")]
)
def test_a_release_that_fails_leaves_the_limit_and_the_work(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """What is done is done: the next chunk goes on under the old limit."""
    monkeypatch.setattr(connection, "CACHE_BYTES", 0)
    before = limit(con)

    class Failing:
        def execute(self, statement: str) -> Any:
            done = con.execute(statement)
            if "64MB" in statement:
                raise error
            return done

    release_cache(Failing())  # type: ignore[arg-type]
    assert limit(con) == before


def test_chunks_with_nothing_kept_between_them_give_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Followed, then rebuilt."""
    monkeypatch.setattr(connection, "CACHE_BYTES", 0)
    for module in (raw, rollups):
        monkeypatch.setattr(module, "CHUNK_ROWS", 30)
    monkeypatch.setattr(raw, "BULK_ROWS", 10)
    rows = [
        request(f"org-{n % 5}", id=f"r{n}", at=f"2025-0{n % 9 + 1}-1{n % 7}T0{n % 8}:00") for n in range(200)
    ]
    files = files_of(*rows)
    pipeline = Pipeline(tmp_path)
    pipeline.land(*files)
    with pipeline.open() as run:
        for full in (False, True):
            run.follow(full=full)
            assert differs_from_oracle(run, files) == {}
