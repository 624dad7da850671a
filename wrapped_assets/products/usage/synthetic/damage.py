"""What can be wrong with one object: bytes that are no Parquet, another schema, impossible rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wrapped_assets.products.usage.synthetic.objects import write_object

Row = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What damage needs to know of a family: its instant, ids, a counter, its decimals, its 0/1 flag."""

    instant: str
    ids: tuple[str, ...]
    counter: str
    decimals: tuple[str, ...] = ()
    flag: str | None = None


SHAPES = {
    "pipe_stats": Shape("start_datetime", ("request_id",), "read_bytes", ("duration", "cpu_time"), "error"),
    "ingestion": Shape(
        "timestamp",
        ("operation_id", "datasource_id", "event_type"),
        "written_bytes",
        ("elapsed_time", "cpu_time"),
    ),
    "storage": Shape("timestamp", ("datasource_id",), "bytes"),
}


def truncated(good: bytes) -> bytes:
    """As an upload that was cut off leaves it."""
    return good[: 2 * len(good) // 3]


def with_bad_pages(good: bytes) -> bytes:
    """A footer that reads well over pages that do not."""
    footer = 8 + int.from_bytes(good[-8:-4], "little")
    return good[:4] + bytes(len(good) - footer - 4) + good[-footer:]


BROKEN_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": truncated,
    "not_parquet": lambda _: b"<html><body><h1>503 Service Unavailable</h1></body></html>\n",
    "empty": lambda _: b"",
    "bad_pages": with_bad_pages,
}


def without_a_column(table: pa.Table, shape: Shape) -> pa.Table:
    """As written by someone who forgot one."""
    return table.drop_columns([shape.counter])


def with_a_wrong_type(table: pa.Table, shape: Shape) -> pa.Table:
    """A counter spelled out for people."""
    spelled = pa.array([f"{size} bytes" for size in table[shape.counter].to_pylist()], pa.string())
    return table.set_column(table.column_names.index(shape.counter), shape.counter, spelled)


BROKEN_TABLES: dict[str, Callable[[pa.Table, Shape], pa.Table]] = {
    "missing_column": without_a_column,
    "wrong_type": with_a_wrong_type,
}

# Beside the reasons themselves: a counter below zero takes a writer without unsigned integers.
SIGNED = "negative_counter"


def bad_rows(shape: Shape, exported_at: datetime) -> dict[str, list[Row]]:
    """For each reason to leave a row out, what to change in a good row; only those a family can have."""
    day_later = exported_at + timedelta(days=1)
    changes: dict[str, list[Row]] = {
        "null": [{name: None} for name in ("organization_id", *shape.ids, shape.instant, shape.counter)],
        "before_1990": [
            {shape.instant: datetime(1970, 1, 1)},
            {shape.instant: datetime(1989, 12, 31, 23, 59, 59, 999_000)},
        ],
        "after_export": [
            {shape.instant: day_later + timedelta(milliseconds=1)},
            {shape.instant: day_later + timedelta(days=3650)},
        ],
        "negative": [{name: -0.5} for name in shape.decimals],
        SIGNED: [{shape.counter: -1}, {shape.counter: -(2**63)}],
        "nan": [{name: math.nan} for name in shape.decimals],
        "infinite": [{name: math.inf} for name in shape.decimals],
        "error_flag": [{shape.flag: 2}, {shape.flag: 255}] if shape.flag else [],
        "too_long": [{name: seconds} for name in shape.decimals[:1] for seconds in (2**45 / 1e6 + 1, 1e300)],
    }
    return {reason: rows for reason, rows in changes.items() if rows}


def break_beside(file: Path, kind: str, shape: Shape) -> None:
    """Write a broken object made from this good one, which stays."""
    broken = file.with_name(f"{file.stem}-{kind}.parquet")
    if kind in BROKEN_BYTES:
        broken.write_bytes(BROKEN_BYTES[kind](file.read_bytes()))
    else:
        write_object(BROKEN_TABLES[kind](read_object(file), shape), broken)


def spoil(file: Path, reason: str, shape: Shape) -> None:
    """Add the reason's bad rows to a good object, each made from its first row under an id of its own."""
    table = read_object(file)
    # DuckDB marks columns without nulls as required; these may hold some now.
    schema = pa.schema([pa.field(field.name, _stored(field.type, reason)) for field in table.schema])
    template = table.slice(0, 1).to_pylist()[0]
    rows = [
        {**template, shape.ids[0]: f"spoiled-{reason}-{number}", **change}
        for number, change in enumerate(bad_rows(shape, template["exported_at"])[reason])
    ]
    write_object(pa.concat_tables([table.cast(schema), pa.Table.from_pylist(rows, schema)]), file)


def evolve(file: Path) -> None:
    """Rewrite a good object as a later writer would: another order, wider types, an unheard-of column."""
    table = read_object(file)
    wider = {pa.timestamp("ms"): pa.timestamp("us"), pa.int16(): pa.int64(), pa.uint8(): pa.int32()}
    schema = pa.schema(
        [pa.field(field.name, wider.get(field.type, field.type)) for field in reversed(table.schema)]
    )
    evolved = table.select(schema.names).cast(schema)
    write_object(evolved.append_column("edge_location", pa.repeat("FRA", len(evolved))), file)


def read_object(file: Path) -> pa.Table:
    """The columns of the file itself; `read_table` would add those that its folders are named after."""
    with pq.ParquetFile(file) as parquet:
        return parquet.read()


def _stored(kind: pa.DataType, reason: str) -> pa.DataType:
    return pa.int64() if reason == SIGNED and kind == pa.uint64() else kind
