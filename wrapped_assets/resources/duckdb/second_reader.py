"""Landing files as Arrow reads them: the deep comparison rebuilds raw from these, so that a value which DuckDB misreads is seen."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wrapped_assets.families import Column
from wrapped_assets.resources.duckdb.parquet import Types

_INFINITE = 2**63 - 1


def register(
    con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[Column], paths: Sequence[Path]
) -> Types:
    """Offer the columns of these files, which are of equal types to DuckDB, as a view that can be read once. Returns its types."""
    wanted = {column.name for column in columns}
    schema = _table(paths[0], wanted).schema
    con.register(name, schema.empty_table())
    types = con.execute(f"select column_name, column_type from (describe {name})").fetchall()
    con.register(name, pa.RecordBatchReader.from_batches(schema, _batches(schema, wanted, paths)))
    return tuple(types)


def _batches(schema: pa.Schema, wanted: set[str], paths: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        yield from _table(path, wanted).select(schema.names).cast(schema).to_batches()


def _table(path: Path, wanted: set[str]) -> pa.Table:
    file = pq.ParquetFile(path, coerce_int96_timestamp_unit="us")
    table = file.read(columns=[name for name in file.schema_arrow.names if name in wanted])
    return pa.table({name: _plain(table.column(name).combine_chunks()) for name in table.column_names})


def _plain(values: pa.Array) -> pa.Array:
    """The values in a type that Arrow and DuckDB have in common."""
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        ids = values.storage.to_pylist()
        return pa.array([id and str(UUID(bytes=id)) for id in ids], pa.string())
    if pa.types.is_dictionary(kind):
        return _plain(values.dictionary_decode())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return values.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return _microseconds(values).cast(pa.timestamp("us", "UTC" if kind.tz else None))
    if pa.types.is_decimal256(kind):
        return values.cast(
            pa.decimal128(kind.precision, kind.scale) if kind.precision <= 38 else pa.float64()
        )
    return values.cast(pa.float32()) if pa.types.is_float16(kind) else values


def _microseconds(values: pa.Array) -> pa.Array:
    """Since 1970, cut toward the past; what DuckDB takes for infinite stays so."""
    numbers = values.cast(pa.int64())
    if values.type.unit == "us":
        return numbers
    if values.type.unit == "ms":
        return pc.multiply(numbers, 1000)
    toward_zero = pc.divide(numbers, 1000)
    is_above = pc.less(numbers, pc.multiply(toward_zero, 1000))
    cut = pc.subtract(toward_zero, is_above.cast(pa.int64()))
    return pc.if_else(pc.is_in(numbers, pa.array([_INFINITE, -_INFINITE])), numbers, cut)
