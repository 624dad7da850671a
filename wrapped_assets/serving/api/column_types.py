"""ClickHouse's names for the types of a DuckDB answer: what clients of the API read in `meta`."""

from collections.abc import Sequence
from typing import Any

_NAMES = {
    "BOOLEAN": "Bool",
    "UTINYINT": "UInt8",
    "USMALLINT": "UInt16",
    "SMALLINT": "Int16",
    "INTEGER": "Int32",
    "BIGINT": "Int64",
    "UBIGINT": "UInt64",
    "HUGEINT": "Int128",
    "DOUBLE": "Float64",
    "VARCHAR": "String",
    "DATE": "Date",
    "TIMESTAMP": "DateTime64(6)",
}


class NoSuchType(TypeError):
    """A column of a type that no endpoint may answer with: a defect of its statement."""

    def __init__(self, column: str, type: str) -> None:
        super().__init__(
            f"The column {column} cannot be answered.\n"
            f"  It is {type}, which has no name among {sorted(_NAMES)}.\n"
            "  Next: cast it in the endpoint's statement."
        )


def clickhouse_types(
    columns: Sequence[tuple[str, str]], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[str, str]]:
    """The columns (name, DuckDB's type) with ClickHouse's types: nullable where a null is, since DuckDB does not say where one could be."""
    named = []
    for number, (column, kind) in enumerate(columns):
        if kind not in _NAMES:
            raise NoSuchType(column, kind)
        has_null = any(row[number] is None for row in rows)
        named.append((column, f"Nullable({_NAMES[kind]})" if has_null else _NAMES[kind]))
    return named
