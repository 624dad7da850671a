"""ClickHouse's types as DuckDB's, for the table that `q` reads, and back, for what comes out of it; what both processes know."""

from typing import Any

from wrapped_assets.serving.api.columns import Type, parse

READY = b"ready"
"""What the process writes once it can be asked."""

_DUCKDB = {
    "Int8": "TINYINT",
    "Int16": "SMALLINT",
    "Int32": "INTEGER",
    "Int64": "BIGINT",
    "Int128": "HUGEINT",
    "UInt8": "UTINYINT",
    "UInt16": "USMALLINT",
    "UInt32": "UINTEGER",
    "UInt64": "UBIGINT",
    # DuckDB sums UHUGEINT as a float. No sum of ours is so large that the sign is missed.
    "UInt128": "HUGEINT",
    "Float32": "FLOAT",
    "Float64": "DOUBLE",
    "Bool": "BOOLEAN",
    "Date": "DATE",
    "Date32": "DATE",
    "DateTime": "TIMESTAMP_S",
    "DateTime64": "TIMESTAMP",
    "UUID": "UUID",
    "JSON": "JSON",
}
_CLICKHOUSE = {
    duckdb: clickhouse
    for clickhouse, duckdb in _DUCKDB.items()
    if clickhouse not in ("Date32", "DateTime64", "UInt128")
} | {
    "TIMESTAMP": "DateTime64(6)",
    "TIMESTAMP_MS": "DateTime64(3)",
    "TIMESTAMP_NS": "DateTime64(6)",
    "TIMESTAMP WITH TIME ZONE": "DateTime64(6)",
    "UHUGEINT": "UInt128",
    "BIGNUM": "String",
}


def duckdb_structure(kind: str) -> Any:
    """The type as DuckDB's `from_json` spells it: a name, a list of one, an object of named parts."""
    return _structure(parse(kind))


def _structure(type_: Type) -> Any:
    match type_.name:
        case "Array":
            return [_structure(type_.inner[0])]
        case "Tuple" if type_.names:
            return {name: _structure(each) for name, each in zip(type_.names, type_.inner, strict=True)}
        case "Tuple" | "Map":
            return "JSON"
        case "Decimal":
            return f"DECIMAL({type_.argument})"
        case name:
            return _DUCKDB.get(name, "VARCHAR")


def clickhouse_name(kind: Any) -> str:
    """The name of a column's type; what has no like is String."""
    match kind.id:
        case "list" | "array":
            return f"Array({clickhouse_name(kind.children[0][1])})"
        case "struct":
            inside = ", ".join(f"{name} {clickhouse_name(each)}" for name, each in kind.children)
            return f"Tuple({inside})"
        case "map":
            key, value = (each for _, each in kind.children)
            return f"Map({clickhouse_name(key)}, {clickhouse_name(value)})"
        case "decimal":
            (_, precision), (_, scale) = kind.children
            return f"Decimal({precision}, {scale})"
        case _:
            return _CLICKHOUSE.get(str(kind), "String")
