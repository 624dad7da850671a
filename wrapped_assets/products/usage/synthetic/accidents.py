"""What can be wrong with landing objects, and which of them meet which accident.

No accident removes a good row: a bad file is one more object beside the good one it was made from, and bad
rows are added to a good file. So a correct import still counts every event.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wrapped_assets.families import Family
from wrapped_assets.products.usage.families import FAMILIES
from wrapped_assets.products.usage.synthetic.world import World

Row = dict[str, Any]

# One object in so many was sent twice, under another name.
COPIED_ONE_IN = 128
# Beside the reasons themselves: only a writer without unsigned integers makes a counter below zero.
SIGNED = "negative_counter"
# A dictionary of ids that hardly repeat would only be thrown away again.
UNIQUE = {column.name for family in FAMILIES.values() for column in family.columns if column.unique}

BROKEN_BYTES: dict[str, Callable[[bytes], bytes]] = {
    # As an upload that was cut off leaves it.
    "truncated": lambda good: good[: 2 * len(good) // 3],
    "not_parquet": lambda _: b"<html><body><h1>503 Service Unavailable</h1></body></html>\n",
    "empty": lambda _: b"",
    # A footer that reads well over pages that do not.
    "bad_pages": lambda good: good[:4] + bytes(len(good) - _footer(good) - 4) + good[-_footer(good) :],
}
BROKEN = (*BROKEN_BYTES, "missing_column", "wrong_type")


@dataclass(frozen=True)
class Accident:
    """What happens to the object at `path`: it is broken, spoiled with bad rows, evolved, or sent twice."""

    path: str
    kind: str

    @property
    def family(self) -> Family:
        """The object's family."""
        return FAMILIES[self.path.partition("/")[0]]


def plan(world: World, paths: Iterable[str]) -> list[Accident]:
    """Deal the accidents out among good objects, one to each at most, the same every time.

    A world of too few objects has as many accidents as fit.
    """
    deck = sorted(paths, key=lambda path: hashlib.sha256(f"{world.seed} {path}".encode()).digest())
    planned = []
    for family in FAMILIES.values():
        own = [path for path in deck if path.startswith(f"{family.name}/")]
        kinds = [*BROKEN, *bad_rows(family, datetime(2025, 1, 1)), "evolved"]
        kinds += ["copy"] * max(1, len(own) // COPIED_ONE_IN)
        planned += [Accident(path, kind) for path, kind in zip(own, kinds, strict=False)]
    return planned


def quarantined_files(accidents: Iterable[Accident]) -> dict[str, int]:
    """How many objects there are of each kind that cannot be imported."""
    return dict(Counter(accident.kind for accident in accidents if accident.kind in BROKEN))


def quarantined_rows(accidents: Iterable[Accident]) -> dict[str, int]:
    """How many rows there are for each reason to leave them out."""
    counts: Counter[str] = Counter()
    for accident in accidents:
        rows = bad_rows(accident.family, datetime(2025, 1, 1)).get(accident.kind, ())
        counts["negative" if accident.kind == SIGNED else accident.kind] += len(rows)
    return {reason: count for reason, count in counts.items() if count}


def cause(accidents: Iterable[Accident], folder: Path) -> None:
    """Let them happen to the objects under `folder`."""
    for accident in accidents:
        file = folder / accident.path
        beside = file.with_name(f"{file.stem}-{accident.kind}.parquet")
        if accident.kind == "copy":
            beside.write_bytes(file.read_bytes())
        elif accident.kind in BROKEN_BYTES:
            beside.write_bytes(BROKEN_BYTES[accident.kind](file.read_bytes()))
        elif accident.kind in BROKEN:
            write_object(_of_another_schema(accident, read_object(file)), beside)
        elif accident.kind == "evolved":
            write_object(_evolved(read_object(file)), file)
        else:
            write_object(_spoiled(accident, read_object(file)), file)


def bad_rows(family: Family, exported_at: datetime) -> dict[str, list[Row]]:
    """For each reason to leave a row out, what to change in a good row; only those a family can have."""
    day_later, at, counter = exported_at + timedelta(days=1), family.event_time, _counter(family)
    decimals = [column.name for column in family.columns if column.kind == "seconds"]
    flags = [column.name for column in family.columns if column.kind == "flag"]
    changes: dict[str, list[Row]] = {
        "null": [{name: None} for name in ("organization_id", *_ids(family), at, counter)],
        "before_1990": [{at: datetime(1970, 1, 1)}, {at: datetime(1989, 12, 31, 23, 59, 59, 999_000)}],
        "after_export": [
            {at: day_later + timedelta(milliseconds=1)},
            {at: day_later + timedelta(days=3650)},
        ],
        "negative": [{name: -0.5} for name in decimals],
        SIGNED: [{counter: -1}, {counter: -(2**63)}],
        "nan": [{name: math.nan} for name in decimals],
        "infinite": [{name: math.inf} for name in decimals],
        "error_flag": [{name: value} for name in flags for value in (2, 255)],
        "too_long": [{name: seconds} for name in decimals[:1] for seconds in (2**45 / 1e6 + 1, 1e300)],
    }
    return {reason: rows for reason, rows in changes.items() if rows}


def read_object(file: Path) -> pa.Table:
    """The columns of the file itself; `read_table` would add those that its folders are named after."""
    with pq.ParquetFile(file) as parquet:
        return parquet.read()


def write_object(rows: pa.Table, file: Path) -> None:
    """Write one Parquet file, and the folders it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [field.name for field in rows.schema if pa.types.is_string(field.type)]
    pq.write_table(rows, file, use_dictionary=[name for name in texts if name not in UNIQUE])


def _of_another_schema(accident: Accident, table: pa.Table) -> pa.Table:
    """A counter forgotten, or spelled out for people."""
    counter = _counter(accident.family)
    if accident.kind == "missing_column":
        return table.drop_columns([counter])
    spelled = pa.array([f"{size} bytes" for size in table[counter].to_pylist()], pa.string())
    return table.set_column(table.column_names.index(counter), counter, spelled)


def _spoiled(accident: Accident, table: pa.Table) -> pa.Table:
    """A good table and the reason's bad rows, each made from its first row under an id of its own."""
    signed = {pa.uint64(): pa.int64()} if accident.kind == SIGNED else {}
    # DuckDB marks columns without nulls as required; these may hold some now.
    schema = pa.schema([pa.field(field.name, signed.get(field.type, field.type)) for field in table.schema])
    template, own_id = table.slice(0, 1).to_pylist()[0], _ids(accident.family)[0]
    rows = [
        {**template, own_id: f"spoiled-{accident.kind}-{number}", **change}
        for number, change in enumerate(bad_rows(accident.family, template["exported_at"])[accident.kind])
    ]
    return pa.concat_tables([table.cast(schema), pa.Table.from_pylist(rows, schema)])


def _evolved(table: pa.Table) -> pa.Table:
    """A good table as a later writer would write it: another order, wider types, an unheard-of column."""
    wider = {pa.timestamp("ms"): pa.timestamp("us"), pa.int16(): pa.int64(), pa.uint8(): pa.int32()}
    fields = [pa.field(field.name, wider.get(field.type, field.type)) for field in reversed(table.schema)]
    evolved = table.select([field.name for field in fields]).cast(pa.schema(fields))
    return evolved.append_column("edge_location", pa.repeat("FRA", len(evolved)))


def _ids(family: Family) -> list[str]:
    return [name for name in family.key if name not in ("organization_id", "region", family.event_time)]


def _counter(family: Family) -> str:
    return next(c.name for c in family.columns if c.kind == "counter" and c.name.endswith("bytes"))


def _footer(good: bytes) -> int:
    return 8 + int.from_bytes(good[-8:-4], "little")
