"""The landing files that a year of overlapping exports left behind, accidents included."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from wrapped_assets import progress
from wrapped_assets.periods import Span
from wrapped_assets.products.usage.families import DIMENSIONS, FAMILIES
from wrapped_assets.products.usage.synthetic.accidents import cause, plan, write_object
from wrapped_assets.products.usage.synthetic.generator import Generator, column_list, each_chunk
from wrapped_assets.products.usage.synthetic.world import World
from wrapped_assets.progress import Progress


def write_history(world: World, landing: Path, report: Progress = progress.report) -> None:
    """Write the world's landing files under `landing`, accidents included; objects that are there stay as they are."""
    with staged(landing) as finished:

        def export(generator: Generator, chunk: Span) -> list[str]:
            exported = []
            for family in FAMILIES.values():
                generator.exports(family, chunk)
                exported += write_objects(generator.table("from exports"), finished)
            return exported

        spill = finished.with_name("spill")
        paths = chain.from_iterable(each_chunk(world, export, "landing history", report, spill))
        cause(plan(world, paths), finished)
        generator = Generator(world)
        generator.run("snapshots")
        for name in DIMENSIONS:
            rows = generator.table(f"select {column_list(name)}, path from {name}_exports")
            write_objects(rows, finished)


def write_objects(rows: pa.Table, folder: Path) -> list[str]:
    """Write rows that come in the order of their `path`, each object's to its place; returns the paths.

    DuckDB's partitioned COPY would do it too, but makes a directory for every single object, and ext4 is slow
    to make new files for a minute after so many are removed.
    """
    if not len(rows):
        return []
    paths, contents = rows["path"], rows.drop_columns("path")
    starts = [
        0,
        *(start + 1 for start in pc.indices_nonzero(pc.not_equal(paths[1:], paths[:-1])).to_pylist()),
    ]
    for start, end in pairwise([*starts, len(rows)]):
        write_object(contents.slice(start, end - start), folder / paths[start].as_py())
    return [paths[start].as_py() for start in starts]


@contextmanager
def staged(landing: Path) -> Iterator[Path]:
    """A hidden folder of `landing` whose objects are moved in at the end.

    An interrupted call leaves no object behind and can simply be repeated.
    """
    staging = landing / ".synthetic"
    shutil.rmtree(staging, ignore_errors=True)
    finished = staging / "finished"
    finished.mkdir(parents=True)
    try:
        yield finished
        _move(finished, landing)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(finished: Path, landing: Path) -> None:
    """Move finished objects into landing, whole folders if it can. An object that is there stays as it is."""
    for entry in sorted(finished.iterdir()):
        target = landing / entry.name
        if not target.exists():
            os.rename(entry, target)
        elif entry.is_dir():
            _move(entry, target)
