"""The process that runs `q`: one SELECT over one answer, with nothing else within reach.

It is started with an empty environment, reads questions from its standard input and writes what came out to its
standard output, each a length and a JSON object. It holds no secret, no file and no connection, and little memory:
DuckDB's own limit does not count every string and list, so the system's limit stands behind it
(a list of 50 million numbers took 3.5 GB under a limit of 64 MB). The worker kills it when it takes too long.
"""

import json
import resource
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from wrapped_assets.serving.api.columns import CLICKHOUSE, DUCKDB, Type, encoder, parse

READY = b"ready"
"""What the process writes once it can be asked."""

MEMORY = 256 * 1024 * 1024
"""Bytes that a question may use beyond what the process has when it starts."""

MOST_ROWS = 10_000
_LENGTH = struct.Struct(">I")

# Kinds of nodes in DuckDB's own syntax tree. What is not listed is refused, so a newer DuckDB brings no hole.
_QUERIES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_SOURCES = {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"}
_TABLE_FUNCTIONS = {"unnest", "range", "generate_series"}
_CLOCKS = {
    "now",
    "today",
    "current_date",
    "get_current_time",
    "get_current_timestamp",
    "transaction_timestamp",
}
# What answers with the engine's own state, or does something; the rest of the macros is arithmetic.
_MACROS = (
    "not regexp_matches(function_name, '^(pg_|has_|inet_|current_|get_|user|session_user|.*_description)')"
)


_KNOWN = "select 1 from duckdb_views() where list_contains($1, lower(view_name)) limit 1"


_ANY = CLICKHOUSE | {
    "TIMESTAMP_MS": "DateTime64(3)",
    "TIMESTAMP_NS": "DateTime64(6)",
    "TIMESTAMP WITH TIME ZONE": "DateTime64(6)",
    "UHUGEINT": "UInt128",
}


class Refused(Exception):
    """A question that is not answered; its text is public."""


def allowed_functions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Functions of their arguments alone, and the clocks."""
    found = connection.execute(
        "select distinct function_name from duckdb_functions()"
        " where function_type in ('scalar', 'aggregate', 'window') and stability = 'CONSISTENT'"
        f" or function_type = 'macro' and {_MACROS}"
    ).fetchall()
    internal = {"json_serialize_sql", "json_deserialize_sql", "json_serialize_plan", "version"}
    return frozenset(name for (name,) in found) - internal | _TABLE_FUNCTIONS | _CLOCKS


def check(connection: duckdb.DuckDBPyConnection, q: str, functions: frozenset[str]) -> None:
    """Refuse whatever is not one SELECT over `_` by functions of their arguments."""
    (text,) = connection.execute("select json_serialize_sql($1)", [q]).fetchall()[0]
    tree = json.loads(text)
    if tree["error"]:
        if tree.get("error_type") == "parser":
            raise Refused(f"q cannot be read: {tree['error_message'][:200]}")
        raise Refused("q must be a SELECT over _")
    if len(tree["statements"]) != 1:
        raise Refused("q must be one SELECT over _")
    nodes = list(_nodes(tree))
    named = {str(node["key"]).lower() for node in nodes if "key" in node and "value" in node}
    # A name given to a subquery is not looked for in its scope alone, so it must not be one that the engine knows.
    if connection.execute(_KNOWN, [sorted(named)]).fetchall():
        raise Refused("q may not name a subquery like a view of the engine")
    for node in nodes:
        _check_node(node, {"_"} | named, functions)


def _check_node(node: dict[str, Any], tables: set[str], functions: frozenset[str]) -> None:
    kind = str(node.get("type", ""))
    if (kind.endswith("_NODE") and kind not in _QUERIES) or (_is_source(node) and kind not in _SOURCES):
        raise Refused("q must be a SELECT over _")
    if "table_name" in node and kind == "BASE_TABLE":
        elsewhere = node.get("schema_name") or node.get("catalog_name")
        if elsewhere or str(node["table_name"]).lower() not in tables:
            raise Refused("q may read nothing but _")
    function = node.get("function_name")
    if function and str(function).lower() not in functions:
        raise Refused(f"q may not use the function {str(function)[:40]}")
    if kind == "TABLE_FUNCTION":
        called = str(node.get("function", {}).get("function_name", "")).lower()
        if called not in _TABLE_FUNCTIONS:
            raise Refused("q may read nothing but _")


def _is_source(node: dict[str, Any]) -> bool:
    """Whether a node stands where rows come from; expressions have a class beside their type."""
    return "alias" in node and "class" not in node and "sample" in node


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the syntax tree."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def run(question: dict[str, Any], functions: frozenset[str]) -> dict[str, Any]:
    """The columns and rows of a question, or why there are none."""
    connection = _connection(question["columns"], question["rows"])
    watch = threading.Timer(question["seconds"], connection.interrupt)
    watch.start()
    try:
        check(connection, question["q"], functions)
        cursor = connection.execute(question["q"])
        names = [str(name) for name, *_ in cursor.description]
        if len(set(names)) < len(names):
            raise Refused("q names two columns alike: give one of them another name")
        rows = cursor.fetchmany(MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise Refused(f"q returns more than {MOST_ROWS:,} rows")
        return _result([(str(name), _clickhouse_name(kind)) for name, kind, *_ in cursor.description], rows)
    except Refused as refused:
        return {"refused": str(refused)}
    except duckdb.InterruptException:
        return {"timeout": True}
    except (duckdb.OutOfMemoryException, MemoryError):
        return {"refused": "q needs more memory than it may use"}
    except duckdb.Error as error:
        return {"refused": f"q failed: {str(error).splitlines()[0][:200]}"}
    finally:
        watch.cancel()
        connection.close()


def _connection(columns: list[list[str]], rows: list[list[Any]]) -> duckdb.DuckDBPyConnection:
    """An empty database that holds the answer as `_`, and can be told nothing else."""
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "128MB"})
    records = [dict(zip((f"c{n}" for n in range(len(columns))), row, strict=True)) for row in rows]
    structure = json.dumps([{f"c{n}": _structure(parse(kind)) for n, (_, kind) in enumerate(columns)}])
    names = ", ".join(
        f'c{n} as "{name.replace(chr(34), chr(34) * 2)}"' for n, (name, _) in enumerate(columns)
    )
    connection.execute(
        f"create table _ as select {names} from (select unnest(from_json_strict($1, $2), max_depth := 2))",
        [json.dumps(records), structure],
    )
    for setting in (
        "enable_external_access = false",
        "max_temp_directory_size = '0B'",
        "TimeZone = 'UTC'",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    return connection


def _result(columns: list[tuple[str, str]], rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    encoders = [encoder(kind, False) for _, kind in columns]
    encoded = [[encode(value) for encode, value in zip(encoders, row, strict=True)] for row in rows]
    nullable = [any(row[place] is None for row in encoded) for place in range(len(columns))]
    kinds = [
        f"Nullable({kind})" if empty and not kind.startswith(("Array", "Tuple", "Map")) else kind
        for (_, kind), empty in zip(columns, nullable, strict=True)
    ]
    return {"columns": list(zip((name for name, _ in columns), kinds, strict=True)), "rows": encoded}


def _structure(type_: Type) -> Any:
    """The type as DuckDB's `from_json` spells it: a name, a list of one, an object of named parts."""
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


def _clickhouse_name(kind: Any) -> str:
    """ClickHouse's name of a column's type; what has no like is String."""
    match kind.id:
        case "list" | "array":
            return f"Array({_clickhouse_name(kind.children[0][1])})"
        case "struct":
            inside = ", ".join(f"{name} {_clickhouse_name(each)}" for name, each in kind.children)
            return f"Tuple({inside})"
        case "map":
            key, value = (each for _, each in kind.children)
            return f"Map({_clickhouse_name(key)}, {_clickhouse_name(value)})"
        case "decimal":
            (_, precision), (_, scale) = kind.children
            return f"Decimal({precision}, {scale})"
        case _:
            return _ANY.get(str(kind), "String")


def _limit_memory() -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the input ends."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        functions = allowed_functions(connection)
    _limit_memory()
    answers.write(READY)
    answers.flush()
    while length := questions.read(_LENGTH.size):
        question = json.loads(questions.read(_LENGTH.unpack(length)[0]))
        answer = json.dumps(run(question, functions)).encode()
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
