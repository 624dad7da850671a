"""Opening the warehouse file: one writer or many readers, with patience and a clear word when it is taken."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wrapped_assets import progress
from wrapped_assets.resources.errors import WarehouseBusy, WarehouseMissing

# What DuckDB may keep of chunks that are done.
CACHE_BYTES = 250_000_000

# A wait that is over sooner is not worth a word.
SILENT_SECONDS = 2.0


@dataclass(frozen=True)
class Engine:
    """What one DuckDB process may use: a memory limit such as `2GB`, threads, and a folder to spill to."""

    memory_limit: str = "2GB"
    threads: int | None = None
    spill: Path | None = None

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """The settings in DuckDB's words."""
        config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": self.memory_limit}
        if self.threads:
            config["threads"] = self.threads
        if self.spill:
            config["temp_directory"] = str(self.spill)
        return config


def _holder(error: duckdb.IOException) -> str:
    found = re.search(r"PID (\d+)", str(error))
    return f"process {found[1]}" if found else "another process"


@contextmanager
def connect(
    path: Path, engine: Engine, *, read_only: bool, patience: float = 600.0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse file, closed whatever happens.

    DuckDB lets one process write or many read, never both, so opening waits up to `patience`
    seconds for the other side, says so, and then WarehouseBusy names the process. A reader of a file that does
    not exist gets WarehouseMissing.
    """
    if read_only and not path.exists():
        raise WarehouseMissing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _open(path, engine, read_only, patience)
    try:
        # Timestamps with a zone are read as UTC wherever the process runs.
        connection.execute("set TimeZone = 'UTC'")
        # DuckDB's own bar goes to standard output, where `wrapped summary --format json` writes.
        connection.execute("set enable_progress_bar = false")
        # A checkpoint rewrites the metadata of every table it finds changed: its price grows with the warehouse.
        # Commits are safe in the log; DuckDB checkpoints by itself whenever that has grown to 16 MB.
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("set variable memory_limit = $limit", {"limit": engine.memory_limit})
        yield connection
    finally:
        connection.close()


def release_cache(con: duckdb.DuckDBPyConnection) -> None:
    """Give back what finished chunks left in DuckDB's cache, once it is more than CACHE_BYTES.

    Nobody reads it again, and it would grow with the range up to the memory limit. DuckDB has no
    statement for it, but evicts when its limit is lowered. That is 30 ms, and what follows asks the
    system for memory anew: too dear for every chunk (a tenth of a build, measured).
    """
    held = con.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchall()[0][0]
    if held < CACHE_BYTES:
        return
    try:
        with suppress(duckdb.OutOfMemoryException, duckdb.IOException):
            con.execute("set memory_limit = '64MB'")
    finally:
        con.execute("set memory_limit = getvariable('memory_limit')")


def _open(path: Path, engine: Engine, read_only: bool, patience: float) -> duckdb.DuckDBPyConnection:
    began, is_told = time.monotonic(), False
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=engine.config())
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            waited = time.monotonic() - began
            if waited >= patience:
                raise WarehouseBusy(path, _holder(error)) from error
            if waited >= SILENT_SECONDS and not is_told:
                is_told = True
                progress.waits(
                    f"{_holder(error).capitalize()} has {path} open: waiting for it, at most {patience:.0f} s."
                )
            time.sleep(0.05)
