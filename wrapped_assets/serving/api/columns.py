"""ClickHouse's type names, and how a value of each is written in JSON.

`parse` reads a name such as `Array(Tuple(name String, bytes UInt64))`; `encoder` turns it into a function
from a Python value, as DuckDB returns it, to one that `json.dumps` writes as ClickHouse would.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

Encode = Callable[[Any], Any]

WRAPPERS = ("Nullable", "LowCardinality")
WIDE = ("Int64", "UInt64", "Int128", "UInt128", "Int256", "UInt256")


@dataclass(frozen=True)
class Type:
    """A type: its name, and the types inside with the names that a tuple gives them."""

    name: str
    inner: tuple["Type", ...] = ()
    names: tuple[str, ...] = ()
    argument: str = ""
    """What is in the brackets of a type that holds no other, such as the 3 of `DateTime64(3)`."""


DUCKDB = {
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
CLICKHOUSE = {
    duckdb: clickhouse
    for clickhouse, duckdb in DUCKDB.items()
    if clickhouse not in ("Date32", "DateTime64", "UInt128")
} | {"TIMESTAMP": "DateTime64(6)", "VARCHAR": "String"}


class NoSuchType(TypeError):
    """A column of a type that no endpoint may answer with: a defect of its statement."""

    def __init__(self, column: str, type: str) -> None:
        super().__init__(
            f"The column {column} cannot be answered.\n"
            f"  It is {type}, which has no name among {sorted(CLICKHOUSE)}.\n"
            "  Next: cast it in the endpoint's statement."
        )


def clickhouse_types(
    columns: Sequence[tuple[str, str]], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[str, str]]:
    """The columns (name, DuckDB's type) with ClickHouse's types: nullable where a null is, since DuckDB does not say where one could be."""
    named = []
    for number, (column, kind) in enumerate(columns):
        if kind not in CLICKHOUSE:
            raise NoSuchType(column, kind)
        has_null = any(row[number] is None for row in rows)
        named.append((column, f"Nullable({CLICKHOUSE[kind]})" if has_null else CLICKHOUSE[kind]))
    return named


@lru_cache(maxsize=512)
def parse(text: str) -> Type:
    """The type that a name spells; Nullable and LowCardinality change nothing here, so they are dropped."""
    name, bracket, rest = text.strip().partition("(")
    if not bracket:
        return Type(name)
    inside = rest.rpartition(")")[0]
    if name in WRAPPERS:
        return parse(inside)
    parts = _split(inside)
    if name in ("Array", "Map"):
        return Type(name, tuple(parse(part) for part in parts))
    if name == "Tuple":
        named = [part.strip().partition(" ") for part in parts]
        if all(rest and "(" not in first for first, _, rest in named):
            return Type(
                name, tuple(parse(rest) for _, _, rest in named), tuple(first for first, _, _ in named)
            )
        return Type(name, tuple(parse(part) for part in parts))
    return Type(name, argument=inside)


def _split(text: str) -> list[str]:
    """The parts between the commas that are in no bracket."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


@lru_cache(maxsize=512)
def encoder(text: str, quote_64bit: bool) -> Encode:
    """How to write a value of this type in JSON; None stays None."""
    return converted(parse(text), lambda type_: _encode(type_, quote_64bit), _by_text)


def converted(type_: Type, plain: Callable[[Type], Encode], of_map: Callable[[Any], Any] = dict) -> Encode:
    """From a value of this type to one made of what `plain` makes of plain types; a map's pairs become what `of_map` makes; None stays."""
    inner = [converted(each, plain, of_map) for each in type_.inner]

    def array(value: Any) -> list[Any]:
        return [inner[0](each) for each in value]

    def parts(value: Any) -> Any:
        values = value.values() if isinstance(value, dict) else value
        made = [convert(each) for convert, each in zip(inner, values, strict=True)]
        return dict(zip(type_.names, made, strict=True)) if type_.names else made

    def mapping(value: Any) -> Any:
        return of_map([(inner[0](key), inner[1](each)) for key, each in value.items()])

    convert = {"Array": array, "Tuple": parts, "Map": mapping}.get(type_.name) or plain(type_)
    return lambda value: None if value is None else convert(value)


def _by_text(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    return {str(key): value for key, value in pairs}


def _encode(type_: Type, quote: bool) -> Encode:
    match type_.name:
        case "Float32" | "Float64":
            return _float
        case "DateTime64":
            return lambda value: _instant(value, int(type_.argument.partition(",")[0] or 3))
        case "DateTime":
            return lambda value: _instant(value, 0)
        case name if name in WIDE:
            return str if quote else int
        case name if name.startswith(("Int", "UInt")):
            return int
        case "Bool":
            return bool
        case "JSON":
            return lambda value: value
        case _:
            return str


def _float(value: float) -> float | None:
    # JSON has no word for them; ClickHouse writes null too.
    return float(value) if math.isfinite(value) else None


def _instant(value: datetime | date | str, digits: int) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{text}.{value:%f}"[: len(text) + 1 + min(digits, 6)] if digits else text
