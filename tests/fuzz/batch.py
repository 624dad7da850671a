"""One batch: spoilt files between good ones, imported together, and what must be true afterwards: `python -m tests.fuzz.batch SEED ENGINE`."""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from tests.fuzz.damage import spoilt
from tests.landing_files import (
    LandingFile,
    Row,
    files_of,
    operation,
    organization,
    reading,
    request,
    workspace,
    write,
)
from tests.pipeline import DIMENSIONS, FAMILIES, Pipeline, Run
from wrapped_assets.products import FAMILIES as FAMILIES_BY_NAME

BATCH_FILES = 25
ROWS = 7

ENGINES = {"duckdb": "duckdb", "chdb": "clickhouse"}
"""What the command line calls an engine, and what the tests' pipeline does."""

ROWS_OF = {
    "pipe_stats": lambda id: request(id=id),
    "ingestion": lambda id: operation(id=id),
    "storage": lambda id: reading(id=id),
    "organizations": lambda id: organization(id),
    "workspaces": lambda id: workspace(id),
}


def play(home: Path, dice: random.Random, engine: str) -> str:
    """What went wrong; empty when nothing did."""
    pipeline = Pipeline(home, engine=engine)
    good = [_file(source, f"{edge}-good", dice) for source in ROWS_OF for edge in ("a", "z")]
    pipeline.land(*good)
    bad = {}
    for number in range(BATCH_FILES):
        file = _file(dice.choice([*ROWS_OF]), f"m-{number:02}", dice)
        path = write(pipeline.landing, file)
        path.write_bytes(spoilt(dice, pq.read_table(path, partitioning=None)))
        bad[file.key] = path
    with pipeline.open() as run:
        # Twice: what was imported or set aside is settled.
        for again in (False, True):
            for source in (*FAMILIES, *DIMENSIONS):
                report = run.take_in(source)
                if again and report.files:
                    return f"{report.files} files of {source} were imported again"
        run.layers()
        return _wrong(run, good, bad)


def _file(source: str, name: str, dice: random.Random) -> LandingFile:
    rows: list[Row] = [ROWS_OF[source](f"{name}-{dice.randrange(10**9)}") for _ in range(ROWS)]
    (file,) = files_of(*rows, name=name)
    return file


def _wrong(run: Run, good: list[LandingFile], bad: dict[str, Path]) -> str:
    found = {
        key: (state, reason, rows, set_aside)
        for key, state, reason, rows, set_aside in run.rows(
            "select object_key, state, reason, row_count, bad_row_count from landing.files"
        )
    }
    for file in good:
        if found.get(file.key) != ("landed", None, ROWS, 0):
            return f"the good file {file.key}: {found.get(file.key)}"
    for name, family in FAMILIES_BY_NAME.items():
        in_raw = Counter(run.rows(f"select {', '.join(family.key)} from raw.{name}"))
        whole = [row for file in good if file.family == name for row in file.rows]
        if any(in_raw[tuple(row[column] for column in family.key)] != 1 for row in whole):
            return f"raw.{name} does not hold each row of the good files once"
    for key, path in bad.items():
        if key not in found:
            return f"{key} is neither imported nor set aside"
        state, reason, rows, set_aside = found[key]
        if state == "quarantined":
            if not reason or "\n" in reason:
                return f"{key} was set aside for {reason!r}"
        elif rows + set_aside != (held := _rows_in(path)):
            return f"{key} holds {held} rows, of which {rows} were taken in and {set_aside} set aside"
    return ""


def _rows_in(path: Path) -> int:
    """The rows that can be read of a file, by another question than the import's."""
    with duckdb.connect() as connection:
        (row,) = connection.execute(
            "select count(*) from (select columns(*) from read_parquet($path))", {"path": str(path)}
        ).fetchall()
    return int(row[0])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wrapped-fuzz-") as folder:
        print(play(Path(folder), random.Random(int(sys.argv[1])), ENGINES[sys.argv[2]]))  # noqa: T201
