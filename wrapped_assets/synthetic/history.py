"""The landing files that a year of overlapping exports left behind, accidents included."""

import shutil
from itertools import chain
from pathlib import Path

from wrapped_assets.synthetic.accidents import plan
from wrapped_assets.synthetic.generator import Generator, Report, each_chunk, generators, silent
from wrapped_assets.synthetic.objects import LandingObject, arrange, publish
from wrapped_assets.synthetic.world import FAMILIES, Chunk, World

DIMENSIONS = ("organizations", "workspaces")


def write_history(world: World, landing: Path, report: Report = silent) -> None:
    """Write the world's landing files under `landing`; objects that are already there stay as they are.

    Everything is made in a folder beside the objects and moved in at the end, so an interrupted call leaves
    no object behind and can simply be repeated.
    """
    staging = landing / ".synthetic"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        arranged = staging / "arranged"

        def export(generator: Generator, chunk: Chunk) -> list[LandingObject]:
            return _export(generator, chunk, staging / f"chunk-{chunk.start}", arranged)

        objects = chain.from_iterable(each_chunk(world, export, "landing history", report, staging / "spill"))
        plan(world, list(objects)).cause(arranged)
        _write_snapshots(world, staging / "snapshots", arranged)
        report("landing objects", 0, 1)
        publish(arranged, landing)
        report("landing objects", 1, 1)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def exported(generator: Generator, family: str) -> list[LandingObject]:
    """The objects that carry the current batch, once `carriers` has run."""
    rows = generator.run("export_files")
    return [LandingObject(family, day, region, name, count) for day, region, name, count in rows]


def _export(generator: Generator, chunk: Chunk, copied: Path, arranged: Path) -> list[LandingObject]:
    objects = []
    copied.mkdir()
    for family in FAMILIES:
        generator.batch(family, chunk)
        generator.carriers(family, chunk)
        objects += exported(generator, family)
        generator.run(f"{family}_exports", folder=str(copied / family))
        arrange(copied / family, family, arranged)
    shutil.rmtree(copied, ignore_errors=True)
    return objects


def _write_snapshots(world: World, copied: Path, arranged: Path) -> None:
    copied.mkdir()
    with generators(world) as free:
        generator = free.get()
        generator.run("snapshots", first_day=world.start, last_day=world.last)
        for dimension in DIMENSIONS:
            generator.run(f"{dimension}_exports", folder=str(copied / dimension))
            arrange(copied / dimension, dimension, arranged)
