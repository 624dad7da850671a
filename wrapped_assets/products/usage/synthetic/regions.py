"""The regions' own databases: one DuckDB file each, every event once, as it finally is."""

import os
from pathlib import Path

from wrapped_assets import progress
from wrapped_assets.families import Family
from wrapped_assets.products.usage.families import DIMENSIONS, FAMILIES
from wrapped_assets.products.usage.synthetic.generator import Generator, column_list
from wrapped_assets.products.usage.synthetic.world import World
from wrapped_assets.progress import Progress

TYPES = {
    "text": "varchar",
    "instant": "timestamp_ms",
    "counter": "ubigint",
    "code": "smallint",
    "flag": "utinyint",
    "seconds": "double",
}
LABEL = "regional databases"


def create_table(family: Family, database: str = "main") -> str:
    """`create table` for a family as a region logs it: without the region's name and the time of an export."""
    columns = (
        f'"{column.name}" {TYPES[column.kind]}{"" if column.nullable else " not null"}'
        for column in family.columns
        if column.name not in ("region", "exported_at")
    )
    return f'create table "{database}".{family.name} ({", ".join(columns)})'


def write_regions(world: World, folder: Path, report: Progress = progress.report) -> None:
    """Write `folder/<region>.duckdb` for every region: the three families, `organizations` and `workspaces`.

    A database that is already there is replaced whole, never left half written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total = (world.end - world.start).days
    report(LABEL, 0, total)
    generator = Generator(world)
    generator.run("snapshots")
    execute = generator.connection.execute
    for region in world.region_names:
        for leftover in folder.glob(f".{region}.duckdb.unfinished*"):
            leftover.unlink()
        path = str(_unfinished(folder, region)).replace("'", "''")
        execute(f"attach '{path}' as \"{region}\"")
        for family in FAMILIES.values():
            execute(create_table(family, region))
        for name in DIMENSIONS:
            # As they are at the end.
            rows = f"select {column_list(name, 'exported_at')} from {name}_exports where region = '{region}'"
            execute(f"create table \"{region}\".{name} as {rows} and taken_on > getvariable('last_day')")
    for chunk in world.chunks():
        for family in FAMILIES.values():
            generator.batch(family, chunk)
            for region in world.region_names:
                rows = f"select {column_list(family.name, 'region', 'exported_at')} from batch where region = '{region}'"
                execute(f'insert into "{region}".{family.name} by name {rows}')
        report(LABEL, (chunk.end - world.start).days, total)
    generator.connection.close()
    for region in world.region_names:
        os.replace(_unfinished(folder, region), folder / f"{region}.duckdb")


def _unfinished(folder: Path, region: str) -> Path:
    return folder / f".{region}.duckdb.unfinished"
