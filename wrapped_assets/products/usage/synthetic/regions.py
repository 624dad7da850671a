"""The regions' own databases: one DuckDB file each, every event once, as it finally is."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import duckdb

from wrapped_assets.products.usage.synthetic.generator import Generator, Report, silent
from wrapped_assets.products.usage.synthetic.world import FAMILIES, World

_LABEL = "regional databases"


def write_regions(world: World, folder: Path, report: Report = silent) -> None:
    """Write `folder/<region>.duckdb` for every region: the three families, `organizations` and `workspaces`.

    A database that is already there is replaced whole, never left half written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total, done = sum(world.rows.values()) * world.regions, 0
    progress: SimpleQueue[int | None] = SimpleQueue()
    report(_LABEL, done, total)

    def write(region: str) -> None:
        try:
            _write_region(world, folder, region, progress)
        finally:
            progress.put(None)

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        futures = [pool.submit(write, region) for region in world.region_names]
        unfinished = len(futures)
        # The threads only say how far they are: the report is called here, where its caller is.
        while unfinished:
            events = progress.get()
            if events is None:
                unfinished -= 1
            else:
                done += events
                report(_LABEL, min(done, total), total)
        for future in futures:
            future.result()
    report(_LABEL, total, total)


def _write_region(world: World, folder: Path, region: str, progress: "SimpleQueue[int | None]") -> None:
    unfinished = folder / f".{region}.duckdb.unfinished"
    for leftover in folder.glob(f"{unfinished.name}*"):
        leftover.unlink()
    connection = duckdb.connect(str(unfinished))
    try:
        connection.execute("set memory_limit = '1GB'")
        generator = Generator(world, connection)
        generator.run("region_organizations", region=region)
        generator.run("region_workspaces", region=region)
        for family in FAMILIES:
            generator.run(f"create_{family}")
        for chunk in world.chunks():
            for family in FAMILIES:
                generator.batch(family, chunk, region)
                generator.run(f"region_{family}")
            progress.put(chunk.events)
    finally:
        connection.close()
    os.replace(unfinished, folder / f"{region}.duckdb")
