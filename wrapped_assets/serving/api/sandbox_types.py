"""ClickHouse's types as DuckDB's, for the table that `q` reads, and back, for what comes out of it; what both processes know."""

from typing import Any

from wrapped_assets.serving.api.columns import CLICKHOUSE, DUCKDB, Type, parse

READY = b"ready"
"""What the process writes once it can be asked."""


_ANY = CLICKHOUSE | {
    "TIMESTAMP_MS": "DateTime64(3)",
    "TIMESTAMP_NS": "DateTime64(6)",
    "TIMESTAMP WITH TIME ZONE": "DateTime64(6)",
    "UHUGEINT": "UInt128",
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
            return DUCKDB.get(name, "VARCHAR")


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
            return _ANY.get(str(kind), "String")
