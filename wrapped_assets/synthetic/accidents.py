"""What goes wrong on the way into landing: objects that cannot be read, impossible rows, copies, other schemas.

An accident never takes a good row away. A bad file is one more object beside the good one it was made from,
bad rows are added to a good file, so whoever quarantines rightly still counts every event.
"""

import hashlib
import math
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wrapped_assets.synthetic.objects import LandingObject
from wrapped_assets.synthetic.world import FAMILIES, World

Row = dict[str, Any]

# One object in so many was sent twice, under another name.
_COPIED_ONE_IN = 128


@dataclass(frozen=True)
class Shape:
    """What accidents must know about a family: its instant, its ids, a measure, and its decimal measures."""

    instant: str
    ids: tuple[str, ...]
    counter: str
    decimals: tuple[str, ...] = ()
    flag: str | None = None


_SHAPES = {
    "pipe_stats": Shape("start_datetime", ("request_id",), "read_bytes", ("duration", "cpu_time"), "error"),
    "ingestion": Shape(
        "timestamp", ("operation_id", "datasource_id", "event_type"), "written_bytes", ("elapsed_time", "cpu_time")
    ),
    "storage": Shape("timestamp", ("datasource_id",), "bytes"),
}


def _truncated(good: bytes) -> bytes:
    """As an upload that was cut off leaves it."""
    return good[: 2 * len(good) // 3]


def _with_bad_pages(good: bytes) -> bytes:
    """A footer that reads well over pages that do not."""
    footer = 8 + int.from_bytes(good[-8:-4], "little")
    return good[:4] + bytes(len(good) - footer - 4) + good[-footer:]


BROKEN_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": _truncated,
    "not_parquet": lambda good: b"<html><body><h1>503 Service Unavailable</h1></body></html>\n",
    "empty": lambda good: b"",
    "bad_pages": _with_bad_pages,
}


def _without_a_column(table: pa.Table, shape: Shape) -> pa.Table:
    return table.drop_columns([shape.counter])


def _with_a_wrong_type(table: pa.Table, shape: Shape) -> pa.Table:
    sizes = pa.array([f"{size} bytes" for size in table[shape.counter].to_pylist()])
    return table.set_column(table.schema.get_field_index(shape.counter), shape.counter, sizes)


BROKEN_TABLES: dict[str, Callable[[pa.Table, Shape], pa.Table]] = {
    "missing_column": _without_a_column,
    "wrong_type": _with_a_wrong_type,
}


def _null(row: Row, shape: Shape) -> list[Row]:
    return [{name: None} for name in ("organization_id", *shape.ids, shape.instant, shape.counter)]


def _before_1990(row: Row, shape: Shape) -> list[Row]:
    return [{shape.instant: datetime(1970, 1, 1)}, {shape.instant: datetime(1989, 12, 31, 23, 59, 59, 999_000)}]


def _after_export(row: Row, shape: Shape) -> list[Row]:
    day_later = row["exported_at"] + timedelta(days=1)
    return [{shape.instant: day_later + timedelta(milliseconds=1)}, {shape.instant: day_later + timedelta(days=3650)}]


def _negative(row: Row, shape: Shape) -> list[Row]:
    return [{name: -0.5} for name in shape.decimals]


def _negative_counter(row: Row, shape: Shape) -> list[Row]:
    return [{shape.counter: -1}, {shape.counter: -(2**63)}]


def _nan(row: Row, shape: Shape) -> list[Row]:
    return [{name: math.nan} for name in shape.decimals]


def _infinite(row: Row, shape: Shape) -> list[Row]:
    return [{name: math.inf} for name in shape.decimals]


def _error_flag(row: Row, shape: Shape) -> list[Row]:
    return [{shape.flag: 2}, {shape.flag: 255}] if shape.flag else []


def _too_long(row: Row, shape: Shape) -> list[Row]:
    return [{name: seconds} for name in shape.decimals[:1] for seconds in (2**45 / 1e6 + 1, 1e300)]


# The reason a row must be quarantined for, by the name of what makes it so.
REASONS: dict[str, str] = {
    "null": "null",
    "before_1990": "before_1990",
    "after_export": "after_export",
    "negative": "negative",
    "negative_counter": "negative",
    "nan": "nan",
    "infinite": "infinite",
    "error_flag": "error_flag",
    "too_long": "too_long",
}
_SPOILINGS: dict[str, Callable[[Row, Shape], list[Row]]] = {
    "null": _null,
    "before_1990": _before_1990,
    "after_export": _after_export,
    "negative": _negative,
    "negative_counter": _negative_counter,
    "nan": _nan,
    "infinite": _infinite,
    "error_flag": _error_flag,
    "too_long": _too_long,
}


@dataclass(frozen=True)
class Accidents:
    """Which object meets which accident."""

    broken: tuple[tuple[LandingObject, str], ...]
    spoiled: tuple[tuple[LandingObject, str], ...]
    evolved: tuple[LandingObject, ...]
    copied: tuple[LandingObject, ...]

    @property
    def broken_files(self) -> dict[str, int]:
        """How many objects there are of each kind that cannot be taken in."""
        return dict(Counter(kind for _, kind in self.broken))

    @property
    def spoiled_rows(self) -> dict[str, int]:
        """How many rows there are for each reason to leave them out."""
        counts: Counter[str] = Counter()
        for landed, how in self.spoiled:
            counts[REASONS[how]] += len(_changes(landed.family, how, {"exported_at": datetime(2025, 1, 1)}))
        return dict(counts)

    def cause(self, landing: Path) -> None:
        """Let them happen to the good objects under `landing`."""
        for landed, kind in self.broken:
            _break(landing / landed.key, kind, _SHAPES[landed.family])
        for landed, how in self.spoiled:
            _spoil(landing / landed.key, landed.family, how)
        for landed in self.evolved:
            _evolve(landing / landed.key, _SHAPES[landed.family])
        for landed in self.copied:
            _beside(landing / landed.key, "copy").write_bytes((landing / landed.key).read_bytes())


def plan(world: World, objects: list[LandingObject]) -> Accidents:
    """Deal the accidents out among these good objects, the same every time. Each object meets one at most."""
    broken: list[tuple[LandingObject, str]] = []
    spoiled: list[tuple[LandingObject, str]] = []
    evolved: list[LandingObject] = []
    copied: list[LandingObject] = []
    for family in FAMILIES:
        shuffled = iter(
            sorted(
                (landed for landed in objects if landed.family == family),
                key=lambda landed: hashlib.sha256(f"{world.seed} {landed.key}".encode()).digest(),
            )
        )
        # Copies first and each in turn: a world of a few objects still has as many kinds as fit.
        total = sum(landed.family == family for landed in objects)
        copied += [landed for landed, _ in zip(shuffled, range(max(1, total // _COPIED_ONE_IN)), strict=False)]
        broken += zip(shuffled, (*BROKEN_BYTES, *BROKEN_TABLES), strict=False)
        spoilings = [how for how in _SPOILINGS if _changes(family, how, {"exported_at": datetime(2025, 1, 1)})]
        spoiled += zip(shuffled, spoilings, strict=False)
        evolved += [landed for landed, _ in zip(shuffled, range(1), strict=False)]
    return Accidents(tuple(broken), tuple(spoiled), tuple(evolved), tuple(copied))


def _changes(family: str, how: str, row: Row) -> list[Row]:
    return _SPOILINGS[how](row, _SHAPES[family])


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(f"{file.stem}-{suffix}.parquet")


def _break(file: Path, kind: str, shape: Shape) -> None:
    broken = _beside(file, kind)
    if kind in BROKEN_BYTES:
        broken.write_bytes(BROKEN_BYTES[kind](file.read_bytes()))
    else:
        pq.write_table(BROKEN_TABLES[kind](_read(file), shape), broken)


def _spoil(file: Path, family: str, how: str) -> None:
    shape, table = _SHAPES[family], _read(file)
    # Nothing is "not null" any more, and a writer without unsigned numbers is how a counter gets negative.
    signed = how == "negative_counter"
    schema = pa.schema([_loosened(field, signed) for field in table.schema])
    template = table.slice(0, 1).to_pylist()[0]
    rows = [
        {**template, shape.ids[0]: f"spoiled-{how}-{number}", **change}
        for number, change in enumerate(_changes(family, how, template))
    ]
    pq.write_table(pa.concat_tables([table.cast(schema), pa.Table.from_pylist(rows, schema)]), file)


def _loosened(field: pa.Field, signed: bool) -> pa.Field:
    kind = pa.int64() if signed and field.type == pa.uint64() else field.type
    return pa.field(field.name, kind)


def _evolve(file: Path, shape: Shape) -> None:
    """The schema of a later writer: another order, wider types, a column nobody has heard of."""
    table = _read(file)
    wider: Mapping[pa.DataType, pa.DataType] = {
        pa.timestamp("ms"): pa.timestamp("us"),
        pa.int16(): pa.int64(),
        pa.uint8(): pa.int32(),
    }
    schema = pa.schema([pa.field(field.name, wider.get(field.type, field.type)) for field in reversed(table.schema)])
    evolved = table.select(schema.names).cast(schema)
    pq.write_table(evolved.append_column("edge_location", pa.array(["FRA"] * len(evolved))), file)


def _read(file: Path) -> pa.Table:
    # Opened by itself: read_table would take dt= and region= of the path for columns.
    with pq.ParquetFile(file) as parquet:
        return parquet.read()
