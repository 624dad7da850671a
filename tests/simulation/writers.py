"""Steps outside of the pipeline: rows in the regions, and files in the bucket, sound or not. Each says in words what it did."""

import random
from dataclasses import replace
from datetime import UTC, timedelta

from tests import worlds
from tests.landing_files import (
    COLUMNS,
    EVENT_TIME,
    FAMILIES,
    LandingFile,
    can_widen,
    extra_column,
    family_of,
    no_bytes,
    not_parquet,
    truncated,
    widened,
    without_column,
    wrong_type,
)
from tests.simulation.bucket import etag
from tests.simulation.process import Process, store_of
from tests.simulation.world import World, placed, remembered
from wrapped_assets.assets.regional_exports import export_windows


def events_happen(world: World, dice: random.Random) -> str:
    """Some rows come into the database of a region."""
    region = dice.choice(world.regions)
    if dice.random() < 0.5:
        made = world.burst(dice, region)
    else:
        made = [world.event(dice, region) for _ in range(dice.randint(1, 4))]
    for family, row in made:
        region.rows[family].append(row)
    return f"{region.name}: " + ", ".join(f"{family} at {row[EVENT_TIME[family]]}" for family, row in made)


def rows_are_corrected(world: World, dice: random.Random) -> str:
    """A region learns better of some rows: the next export of them is a newer version."""
    region, family = dice.choice(world.regions), dice.choice(FAMILIES)
    held = region.rows[family]
    if not held:
        return "nothing to correct"
    place = dice.randrange(len(held))
    held[place] = worlds.another_version(worlds.Rolled(dice), held[place]) | {"region": region.name}
    return f"{region.name}: {family} at {held[place][EVENT_TIME[family]]}"


def a_region_exports(process: Process, dice: random.Random) -> str:
    """The exporter writes a window of one or all families; it overlaps with others."""
    world = process.world
    region = dice.choice(world.regions)
    families = dice.choice((FAMILIES, FAMILIES, [dice.choice(FAMILIES)]))
    length = dice.choice((timedelta(minutes=30), timedelta(hours=3), timedelta(days=2), timedelta(days=800)))
    until = world.now.replace(second=0, microsecond=0) + timedelta(minutes=dice.choice((0, 1, 10)))
    exported_at = (world.now + region.skew + timedelta(seconds=dice.choice((0, 0, 5)))).replace(tzinfo=UTC)
    window = ((until - length).replace(tzinfo=UTC), until.replace(tzinfo=UTC))
    wrote: dict[str, int] = {}
    for family in families:
        wrote |= export_windows(region, store_of(world), family, [window], exported_at)
    return f"{region.name} {len(wrote)} files of the last {length}, {sum(wrote.values())} rows, as of {exported_at}"


def names_are_exported(world: World, dice: random.Random) -> str:
    """A region writes a snapshot of organizations or workspaces: new names, new owners."""
    choices = worlds.Rolled(dice)
    make = dice.choice((worlds.organization_snapshot, worlds.workspace_snapshot))
    region, rows = make(choices)
    at = world.now + dice.choice(worlds.LATENESS)
    rows = [row | {"exported_at": at} for row in rows] if dice.random() < 0.7 else rows
    file = LandingFile(family_of(rows[0]), "", region, f"snapshot-{dice.randrange(10**6)}", rows)
    world.write(file)
    return f"{file.key}: {len(rows)} rows"


def a_writer_drops_a_file(world: World, dice: random.Random) -> str:
    """Somebody else writes: an older or newer schema, other types, no rows, rows that cannot be, or no Parquet at all."""
    region = dice.choice(world.regions)
    family, row = world.event(dice, region)
    choices = worlds.Rolled(dice)
    rows = [row, *(worlds.another_version(choices, row) for _ in range(dice.randint(0, 2)))]
    if dice.random() < 0.2:
        rows.append(dice.choice(list(worlds.BREAKERS.values()))(choices, row))
        if any(isinstance(value, int) and value < 0 for value in rows[-1].values()):
            rows = rows[-1:]
    day = f"{row[EVENT_TIME[family]]:%Y-%m-%d}"
    name = f"{dice.choice(worlds.FILE_NAMES)}-{dice.randrange(10**6)}"
    file, how = _stored(LandingFile(family, day, region.name, name, rows), dice)
    world.write(file)
    return f"{file.key}: {how}, {len(file.rows)} rows"


def _stored(file: LandingFile, dice: random.Random) -> tuple[LandingFile, str]:
    optional = {"pipe_stats": "user_agent", "ingestion": "error"}
    kind = dice.choice(
        ("sound", "sound", "newer", "older", "wider", "lacking", "wrong", "empty", "text", "nothing")
    )
    columns = COLUMNS[file.family]
    if kind == "newer":
        return extra_column(file), "of a newer schema"
    if kind == "older" and file.family in optional:
        return without_column(file, optional[file.family]), "of an older schema"
    if kind == "wider" and (fitting := [name for name in columns if can_widen(file, name)]):
        return widened(file, dice.choice(fitting)), "of another type"
    if kind == "lacking":
        return without_column(file, dice.choice(list(columns))), "lacks a column"
    if kind == "wrong":
        return wrong_type(
            file, dice.choice([name for name, word in columns.items() if word != "text"])
        ), "of a wrong type"
    if kind == "empty":
        return replace(file, rows=[]), "empty"
    if kind == "text":
        return not_parquet(file), "not Parquet"
    return (no_bytes(file), "no bytes") if kind == "nothing" else (file, "sound")


def a_file_is_repeated(world: World, dice: random.Random) -> str:
    """The same bytes under another name."""
    keys = world.keys()
    if not keys:
        return "there is none"
    key = dice.choice(keys)
    copy = key.replace(".parquet", f"-again{dice.randrange(10**6)}.parquet")
    world.landing.set(copy, world.landing.objects[key])
    return f"{key} as {copy.rpartition('/')[2]}"


def a_file_is_renamed(world: World, dice: random.Random) -> str:
    """The same bytes under another name, and the old name is gone until everything comes to rest."""
    keys = world.keys()
    if not keys:
        return "there is none"
    key = dice.choice(keys)
    world.vanished[key] = world.landing.objects[key]
    world.landing.set(key.replace(".parquet", f"-moved{dice.randrange(10**6)}.parquet"), world.vanished[key])
    world.landing.set(key, None)
    return key


def a_file_is_truncated(world: World, dice: random.Random) -> str:
    """An object becomes the beginning of itself; or one that was cut becomes whole again."""
    keys = world.keys()
    if not keys:
        return "there is none"
    key = dice.choice(keys)
    file = placed(key, world.written[etag(world.landing.objects[key])])
    if file.damage not in ("", "truncated"):
        # Its bytes may be those of other such files, so nobody knows what they once were.
        return f"{key} was never whole"
    cut = truncated(file) if not file.damage else replace(file, damage="")
    world.landing.set(key, remembered(world.written, cut))
    return f"{key} is {cut.damage or 'whole again'}"


def a_file_is_rewritten(world: World, dice: random.Random) -> str:
    """Against the contract: an object gets other rows under its old key, or none."""
    keys = world.keys(*FAMILIES)
    if not keys:
        return "there is none"
    key = dice.choice(keys)
    file = placed(key, world.written[etag(world.landing.objects[key])])
    rows = [world.event(dice, dice.choice(world.regions)) for _ in range(dice.randint(0, 3))]
    held = [row for family, row in rows if family == file.family]
    world.write(replace(file, rows=held, stored={}, damage=""))
    return f"{key}: {len(held)} rows"


def time_passes(world: World, dice: random.Random) -> str:
    """Ten minutes, or hours, or the night."""
    world.now += dice.choice(
        (timedelta(minutes=10), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=9))
    )
    return f"{world.now} UTC"
