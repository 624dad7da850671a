"""How a landing file is spoilt: in its bytes, or by what it holds. Every function takes the dice and returns a whole file."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

CODECS = ("none", "snappy", "gzip", "zstd", "lz4", "brotli")
NAMES = (
    "filename",
    "file_row_number",
    "file_index",
    "row_number",
    "Organization_ID",
    "",
    "a b",
    'x"y',
    "dt",
    "région",
    "rowid",
)


def spoilt(dice: random.Random, table: pa.Table) -> bytes:
    """The table as a file with some damage, or in some strange but readable shape."""
    for _ in range(dice.choice((0, 1, 1, 2))):
        table = dice.choice(SHAPES)(dice, table)
    content = _stored(dice, table)
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        if content:
            content = dice.choice(BYTES)(dice, content)
    return content


def _stored(dice: random.Random, table: pa.Table) -> bytes:
    """As writers differ: compression, pages, versions, groups of rows. What cannot be written so is written plainly."""
    try:
        return _written(
            table,
            compression=dice.choice(CODECS),
            use_dictionary=dice.random() < 0.5,
            row_group_size=dice.choice((1, 3, 1000)),
            data_page_version=dice.choice(("1.0", "2.0")),
            data_page_size=dice.choice((16, 1000, 100_000)),
            write_statistics=dice.random() < 0.7,
            version=dice.choice(("1.0", "2.4", "2.6")),
            use_deprecated_int96_timestamps=dice.random() < 0.2,
        )
    except pa.ArrowException:
        return _written(table)


def _written(table: pa.Table, **options: Any) -> bytes:
    into = BytesIO()
    pq.write_table(table, into, **options)
    return into.getvalue()


# ---- Shapes


def _without_a_column(dice: random.Random, table: pa.Table) -> pa.Table:
    return table.remove_column(dice.randrange(table.num_columns)) if table.num_columns > 1 else table


def _renamed(dice: random.Random, table: pa.Table) -> pa.Table:
    names = list(table.column_names)
    names[dice.randrange(len(names))] = dice.choice((*NAMES, *names))
    return table.rename_columns(names)


def _another_type(dice: random.Random, table: pa.Table) -> pa.Table:
    """A column of values that nobody expects there."""
    at, rows = dice.randrange(table.num_columns), table.num_rows
    return table.set_column(at, table.column_names[at], dice.choice(STRANGE)(dice, rows))


def _a_column_more(dice: random.Random, table: pa.Table) -> pa.Table:
    return table.append_column(dice.choice((*NAMES, "later")), dice.choice(STRANGE)(dice, table.num_rows))


def _with_nulls(dice: random.Random, table: pa.Table) -> pa.Table:
    at = dice.randrange(table.num_columns)
    values = [None if dice.random() < 0.5 else value for value in table.column(at).to_pylist()]
    return table.set_column(at, table.column_names[at], pa.array(values, table.schema.field(at).type))


def _no_rows(dice: random.Random, table: pa.Table) -> pa.Table:
    return table.slice(0, 0)


SHAPES: tuple[Callable[[random.Random, pa.Table], pa.Table], ...] = (
    _without_a_column,
    _renamed,
    _another_type,
    _another_type,
    _a_column_more,
    _with_nulls,
    _no_rows,
)


def _each(
    make: Callable[[random.Random], Any], kind: pa.DataType
) -> Callable[[random.Random, int], pa.Array]:
    return lambda dice, rows: pa.array([make(dice) for _ in range(rows)], kind)


def _instant(dice: random.Random) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=dice.randrange(-(10**16), 10**17))


STRANGE: tuple[Callable[[random.Random, int], pa.Array], ...] = (
    _each(lambda dice: dice.choice(("", "x" * 5000, "\x00", "‮a", "🦆", "1", "2025-03-01")), pa.string()),
    _each(lambda dice: dice.choice(("a", "b")), pa.large_string()),
    _each(lambda dice: dice.randbytes(dice.randrange(20)), pa.binary()),
    _each(lambda dice: dice.randbytes(16), pa.binary(16)),
    _each(lambda dice: dice.choice((0, 1, -1, 2**63 - 1, -(2**63))), pa.int64()),
    _each(lambda dice: dice.choice((0, 2**64 - 1)), pa.uint64()),
    _each(lambda dice: dice.randrange(-128, 128), pa.int8()),
    _each(lambda dice: dice.choice((0.0, -0.0, float("nan"), float("inf"), 1e308, -1.5)), pa.float64()),
    _each(lambda dice: dice.random() < 0.5, pa.bool_()),
    _each(lambda dice: Decimal(dice.randrange(10**30)), pa.decimal128(38, 0)),
    _each(lambda dice: Decimal(dice.randrange(10**6)) / 100, pa.decimal128(20, 2)),
    _each(_instant, pa.timestamp("us", "UTC")),
    _each(lambda dice: _instant(dice).replace(tzinfo=None), pa.timestamp("ms")),
    _each(lambda dice: dice.randrange(-(2**62), 2**62), pa.timestamp("ns")),
    _each(lambda dice: dice.randrange(-(2**31), 2**31), pa.timestamp("s")),
    _each(lambda dice: dice.randrange(-(2**31), 2**31), pa.date32()),
    _each(lambda dice: dice.randrange(86_400_000), pa.time32("ms")),
    _each(lambda dice: [dice.randrange(3)] * dice.randrange(3), pa.list_(pa.int32())),
    _each(
        lambda dice: {"a": dice.randrange(3), "b": None}, pa.struct([("a", pa.int32()), ("b", pa.string())])
    ),
    _each(lambda dice: [("k", 1)] * dice.randrange(2), pa.map_(pa.string(), pa.int32())),
    lambda dice, rows: pa.nulls(rows),
    lambda dice, rows: pa.array([dice.choice("ab") for _ in range(rows)]).dictionary_encode(),
)


# ---- Bytes


def _flipped(dice: random.Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


def _flipped_in_the_footer(dice: random.Random, content: bytes) -> bytes:
    length = min(int.from_bytes(content[-8:-4], "little") + 8, len(content))
    return content[:-length] + _flipped(dice, content[-length:])


def _overwritten(dice: random.Random, content: bytes) -> bytes:
    start = dice.randrange(len(content))
    length = dice.randrange(1, 64)
    filler = dice.choice((bytes(length), b"\xff" * length, dice.randbytes(length)))
    return content[:start] + filler + content[start + length :]


def _cut(dice: random.Random, content: bytes) -> bytes:
    start, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


def _cut_off(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content))]


def _doubled(dice: random.Random, content: bytes) -> bytes:
    start, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:end] + content[end:]


def _another_footer_length(dice: random.Random, content: bytes) -> bytes:
    length = dice.choice((0, 1, 2**31 - 1, 2**32 - 1, len(content), dice.randrange(2 * len(content) + 1)))
    return content[:-8] + length.to_bytes(4, "little") + content[-4:]


BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flipped,
    _flipped_in_the_footer,
    _flipped_in_the_footer,
    _overwritten,
    _cut,
    _cut_off,
    _doubled,
    _another_footer_length,
)
