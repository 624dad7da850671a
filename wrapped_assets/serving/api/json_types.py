"""ClickHouse's types as JSON Schema: for OpenAPI, and for the tools of MCP."""

from typing import Any

from wrapped_assets.serving.api.columns import Type, parse

_RANGES = {f"{sign}{bits}": bits for bits in (8, 16, 32, 64) for sign in ("Int", "UInt")}


def json_type(kind: str) -> dict[str, Any]:
    """The schema of a value of this type."""
    return _schema(parse(kind))


def _schema(type_: Type) -> dict[str, Any]:
    match type_.name:
        case "Array":
            return {"type": "array", "items": _schema(type_.inner[0])}
        case "Tuple" if type_.names:
            parts = dict(zip(type_.names, map(_schema, type_.inner), strict=True))
            return {"type": "object", "properties": parts}
        case "Bool":
            return {"type": "boolean"}
        case "Float32" | "Float64":
            return {"type": "number"}
        case "Date":
            return {"type": "string", "format": "date", "examples": ["2025-01-31"]}
        case name if name in _RANGES:
            bits, is_signed = _RANGES[name], name.startswith("Int")
            low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if is_signed else (0, 2**bits)
            return {"type": "integer", "minimum": low, "maximum": high - 1}
        case _:
            return {"type": "string"}
