"""An answer as an Arrow table, each ClickHouse type as the Arrow type that means the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.columns import Type, converted, parse

_PLAIN: dict[str, pa.DataType] = {
    "Int8": pa.int8(),
    "Int16": pa.int16(),
    "Int32": pa.int32(),
    "Int64": pa.int64(),
    "UInt8": pa.uint8(),
    "UInt16": pa.uint16(),
    "UInt32": pa.uint32(),
    "UInt64": pa.uint64(),
    "Int128": pa.decimal128(38),
    "UInt128": pa.decimal256(39),
    "Float32": pa.float32(),
    "Float64": pa.float64(),
    "Bool": pa.bool_(),
    "Date": pa.date32(),
    "Date32": pa.date32(),
    "DateTime": pa.timestamp("us", "UTC"),
    "DateTime64": pa.timestamp("us", "UTC"),
}


def table(answer: Answer) -> pa.Table:
    """The answer's rows; what Parquet has no type for is text."""
    fields, arrays = [], []
    for place, (name, kind) in enumerate(answer.columns):
        type_ = _named(parse(kind))
        native = converted(type_, _native, list)
        values = [native(row[place]) for row in answer.rows]
        fields.append(pa.field(name, arrow_type(type_)))
        arrays.append(pa.array(values, arrow_type(type_)))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _named(type_: Type) -> Type:
    """The same with names for the parts of every tuple: Parquet has no others."""
    names = type_.names
    if type_.name == "Tuple" and not names:
        names = tuple(str(number) for number in range(1, len(type_.inner) + 1))
    return replace(type_, inner=tuple(map(_named, type_.inner)), names=names)


def arrow_type(type_: Type) -> pa.DataType:
    """The Arrow type of a ClickHouse type."""
    match type_.name:
        case "Array":
            return pa.list_(arrow_type(type_.inner[0]))
        case "Map":
            return pa.map_(arrow_type(type_.inner[0]), arrow_type(type_.inner[1]))
        case "Tuple":
            fields = zip(type_.names, map(arrow_type, type_.inner), strict=True)
            return pa.struct([pa.field(name, kind) for name, kind in fields])
        case name:
            return _PLAIN.get(name, pa.string())


def _native(type_: Type) -> Callable[[Any], Any]:
    """From what DuckDB or the sandbox returns, which knows dates as text only, to what Arrow takes."""
    match type_.name:
        case "Date" | "Date32":
            return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
        case "DateTime" | "DateTime64":
            return lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value
        case "JSON":
            return lambda value: json.dumps(value, ensure_ascii=False)
        case name if name in _PLAIN:
            return int if "Int" in name else lambda value: value
        case _:
            return str
