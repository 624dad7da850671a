"""Whether a landing file can be read at all: its footer, its columns and their types.

Arrow reads the footer only. A file with a sound footer and broken pages is found later, by the
query that reads it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wrapped_assets.families import Column, Kind


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    is_uuid = isinstance(kind, pa.BaseExtensionType) and kind.extension_name == "arrow.uuid"
    return bool(
        is_uuid or pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_integer(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0))


def _is_seconds(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_integer(kind))


def _is_instant(kind: pa.DataType) -> bool:
    # DuckDB 2.0.0 has no cast from nanoseconds with a zone.
    return bool(pa.types.is_timestamp(kind) and not (kind.unit == "ns" and kind.tz))


_ACCEPTS: dict[Kind, tuple[str, Callable[[pa.DataType], bool]]] = {
    "text": ("text", _is_text),
    "instant": ("a timestamp", _is_instant),
    "counter": ("an integer", _is_integer),
    "code": ("an integer", _is_integer),
    "flag": ("0 or 1", lambda kind: _is_integer(kind) or pa.types.is_boolean(kind)),
    "seconds": ("a number", _is_seconds),
}


_MOST_MILLISECONDS = (2**63 - 1) // 1000


class Unreadable(Exception):
    """Why a whole file goes to quarantine."""


def columns_of(path: Path, columns: Sequence[Column]) -> str:
    """Which of these columns the file has, and as what: `region string, read_bytes uint64, ...`.

    Files with the same answer can be read by one query. Raises Unreadable with the reason when the
    file is not Parquet, lacks a required column, or has one of a type that cannot hold its meaning.
    """
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowInvalid, pa.ArrowException, OSError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise Unreadable(
            f"not a readable Parquet file: {first_line[:200].replace(str(path), path.name)}"
        ) from error
    _refuse_confusing_names(schema.names, {column.name for column in columns})
    found = []
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
            _refuse_impossible_bounds(metadata, column.name)
        found.append(f"{column.name} {kind}")
    return ", ".join(found)


def _refuse_impossible_bounds(metadata: pq.FileMetaData, name: str) -> None:
    """DuckDB makes microseconds of a footer's milliseconds while it plans: those that are too many would stop every query of this and other files."""
    (at,) = (number for number in range(metadata.num_columns) if metadata.schema.column(number).path == name)
    for group in range(metadata.num_row_groups):
        bounds = metadata.row_group(group).column(at).statistics
        if (
            bounds
            and bounds.has_min_max
            and max(abs(bounds.min_raw), abs(bounds.max_raw)) > _MOST_MILLISECONDS
        ):
            raise Unreadable(f"its footer says that {name} holds what is no date")


def _refuse_confusing_names(names: Sequence[str], known: set[str]) -> None:
    """DuckDB takes no notice of case, has a meaning of its own for one name, and we gave it another."""
    for name in names:
        if name not in known and name.lower() in known:
            raise Unreadable(f"column {name} differs from {name.lower()} only by case")
        if name.lower() in ("file_row_number", "landing_path"):
            raise Unreadable(f"column {name} has a name that cannot be used")


def present(columns: str) -> set[str]:
    """The column names in an answer of `columns_of`."""
    return {part.split(" ", 1)[0] for part in columns.split(", ")}
