"""Whether a landing file can be read at all, and as what DuckDB reads its columns.

Arrow judges the footer. A file with a sound footer and broken pages is found later, by the query that reads it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wrapped_assets import queries
from wrapped_assets.families import Column, Kind


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    is_uuid = isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.uuid"
    return bool(
        is_uuid or pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_integer(kind: pa.DataType) -> bool:
    # Doubles too: a data frame makes them of integers as soon as one is null. Rows that are not whole are impossible.
    is_whole_decimal = pa.types.is_decimal(kind) and kind.scale == 0
    return bool(pa.types.is_integer(kind) or pa.types.is_float64(kind) or is_whole_decimal)


def _is_seconds(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_integer(kind))


_ACCEPTS: dict[Kind, tuple[str, Callable[[pa.DataType], bool]]] = {
    "text": ("text", _is_text),
    "instant": ("a timestamp", pa.types.is_timestamp),
    "counter": ("an integer", _is_integer),
    "code": ("an integer", _is_integer),
    "flag": ("0 or 1", lambda kind: _is_integer(kind) or pa.types.is_boolean(kind)),
    "seconds": ("a number", _is_seconds),
}


_MOST_MILLISECONDS = (2**63 - 1) // 1000


Types = tuple[tuple[str, str], ...]
"""Columns of a file, in its order, each with the type that DuckDB reads it as."""

# DuckDB has a column of this name, for which file a row is from; a file's own hides it.
FILE_INDEX = "file_index"


class Unreadable(Exception):
    """Why a whole file goes to quarantine."""


def by_types(
    con: duckdb.DuckDBPyConnection, columns: Sequence[Column], paths: Sequence[Path]
) -> dict[Types, list[Path]]:
    """The files by their types of these columns: one `read_parquet` reads only files of equal types.

    It takes the first file's types for all. Arrow's types are no help: INT96 and nanoseconds are one to Arrow, and two to DuckDB.
    """
    wanted = {column.name for column in columns}
    elements: dict[str, list[tuple[str, str, int | None]]] = defaultdict(list)
    asked = {"paths": [str(path) for path in paths]}
    for path, *element in con.execute(queries.text("duckdb/landing/elements"), asked).fetchall():
        elements[path].append(tuple(element))
    groups: dict[Types, list[Path]] = defaultdict(list)
    for path in paths:
        found = _top_level(elements[str(path)])
        groups[tuple((n, t) for n, t in found if n in wanted or n.lower() == FILE_INDEX)].append(path)
    return groups


def _top_level(elements: Sequence[tuple[str, str, int | None]]) -> Iterator[tuple[str, str]]:
    """Name and type of each column of a file; `elements` are its schema, each before its children."""
    nested = 0
    for name, kind, children in elements[1:]:
        if nested:
            nested -= 1
        else:
            yield name, kind
        nested += children or 0


def refuse_unfit(path: Path, columns: Sequence[Column]) -> None:
    """Raises Unreadable with the reason when the file is not Parquet, lacks a required column, or has one that cannot hold its meaning."""
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowInvalid, pa.ArrowException, OSError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise Unreadable(
            f"not a readable Parquet file: {first_line[:200].replace(str(path), path.name)}"
        ) from error
    _refuse_confusing_names(schema.names, {column.name for column in columns})
    leaves = [metadata.schema.column(number).path for number in range(metadata.num_columns)]
    for column in columns:
        if schema.get_all_field_indices(column.name) == []:
            if column.nullable:
                continue
            raise Unreadable(f"required column {column.name} is missing")
        if len(schema.get_all_field_indices(column.name)) > 1:
            raise Unreadable(f"column {column.name} stands twice")
        kind = schema.field(column.name).type
        wanted, accepts = _ACCEPTS[column.kind]
        # A column that is null throughout may be stored without a type by some writers.
        if not (accepts(kind) or (column.nullable and pa.types.is_null(kind))):
            raise Unreadable(f"column {column.name} is {kind}, expected {wanted}")
        if pa.types.is_timestamp(kind) and kind.unit == "ms":
            _refuse_impossible_bounds(metadata, leaves.index(column.name))
        _refuse_untrue_nulls(path, metadata, leaves.index(column.name))


def _refuse_impossible_bounds(metadata: pq.FileMetaData, at: int) -> None:
    """DuckDB makes microseconds of a footer's milliseconds while it plans: those that are too many would stop every query of this and other files."""
    for group in range(metadata.num_row_groups):
        bounds = metadata.row_group(group).column(at).statistics
        if (
            bounds
            and bounds.has_min_max
            and max(abs(bounds.min_raw), abs(bounds.max_raw)) > _MOST_MILLISECONDS
        ):
            name = metadata.schema.column(at).path
            raise Unreadable(f"its footer says that {name} holds what is no date")


def _refuse_untrue_nulls(path: Path, metadata: pq.FileMetaData, at: int) -> None:
    """Where a footer counts as many nulls as rows, DuckDB does not read the values: some writers count wrong (Polars 1.43)."""
    name = metadata.schema.column(at).path
    for group in range(metadata.num_row_groups):
        rows, counted = metadata.row_group(group).num_rows, metadata.row_group(group).column(at).statistics
        if not (rows and counted and counted.has_null_count and counted.null_count == rows):
            continue
        try:
            values = pq.ParquetFile(path).read_row_group(group, columns=[name]).column(0)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unreadable(f"its pages cannot be read: {str(error).splitlines()[0][:200]}") from error
        if values.null_count != rows:
            raise Unreadable(f"its footer says that {name} is always null, and it is not")


def _refuse_confusing_names(names: Sequence[str], known: set[str]) -> None:
    """DuckDB takes no notice of case, has a meaning of its own for one name, and we gave it another."""
    for name in names:
        if name not in known and name.lower() in known:
            raise Unreadable(f"column {name} differs from {name.lower()} only by case")
        if name.lower() in ("file_row_number", "landing_path"):
            raise Unreadable(f"column {name} has a name that cannot be used")
