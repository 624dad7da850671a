"""The landing files that a year of overlapping exports left behind, accidents included."""

import shutil
from itertools import chain
from pathlib import Path

from wrapped_assets.products.usage.synthetic.accidents import plan
from wrapped_assets.products.usage.synthetic.generator import (
    Generator,
    Report,
    each_chunk,
    generators,
    silent,
)
from wrapped_assets.products.usage.synthetic.objects import LandingObject, publish, write_objects
from wrapped_assets.products.usage.synthetic.world import FAMILIES, Chunk, World

DIMENSIONS = ("organizations", "workspaces")


def write_history(world: World, landing: Path, report: Report = silent) -> None:
    """Write the world's landing files under `landing`; objects that are already there stay as they are.

    Everything is made in a hidden folder of `landing` and moved in at the end, so an interrupted call leaves
    no object behind and can simply be repeated.
    """
    staging = landing / ".synthetic"
    shutil.rmtree(staging, ignore_errors=True)
    finished = staging / "finished"
    finished.mkdir(parents=True)

    def export(generator: Generator, chunk: Chunk) -> list[LandingObject]:
        return _export(generator, chunk, finished)

    try:
        objects = chain.from_iterable(each_chunk(world, export, "landing history", report, staging / "spill"))
        plan(world, list(objects)).cause(finished)
        _write_snapshots(world, finished)
        publish(finished, landing)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _export(generator: Generator, chunk: Chunk, folder: Path) -> list[LandingObject]:
    objects = []
    for family in FAMILIES:
        generator.batch(family, chunk)
        generator.carriers(family, chunk)
        objects += write_objects(family, generator.table(f"{family}_exports"), folder)
    return objects


def _write_snapshots(world: World, folder: Path) -> None:
    with generators(world) as free:
        generator = free.get()
        generator.run("snapshots", first_day=world.start, last_day=world.last)
        for dimension in DIMENSIONS:
            write_objects(dimension, generator.table(f"{dimension}_exports"), folder)
