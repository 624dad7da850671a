"""The endpoints: SQL files with typed parameters in their header. Adding one is adding a file to `sql/endpoints/`.

    -- What it answers, in one paragraph.
    -- Parameters:
    --   wrapped_id String, required: What it means.
    --   limit Int32, default 10: What it means.
    select ...

A statement reads the views of `sql/duckdb/serving/views/` (`daily_requests`, `organizations`...) and binds its parameters as `$limit`. Its name
is the file's. CONTRIBUTING.md shows one from end to end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import duckdb

from wrapped_assets import queries

ParameterType = Literal["String", "Int32", "Float64", "Date", "Bool"]

_PYTHON: dict[ParameterType, type] = {
    "String": str,
    "Int32": int,
    "Float64": float,
    "Date": date,
    "Bool": bool,
}

_EXPECTED: dict[ParameterType, str] = {
    "String": "text",
    "Int32": "a whole number of 32 bits",
    "Float64": "a number",
    "Date": "a day such as 2025-01-31",
    "Bool": "1, 0, true or false",
}

_PARAMETER = re.compile(r"--   ([a-z_]+) (\w+), (?:(required)|default (.+?)): (.+)")


class BrokenEndpoint(ValueError):
    """A file that cannot be an endpoint: told when the program starts, not to a caller."""

    def __init__(self, name: str, seen: str) -> None:
        super().__init__(
            f"sql/endpoints/{name}.sql is not an endpoint.\n"
            f"  {seen}\n"
            "  Next: correct the file; wrapped_assets/serving/api/endpoints.py says how one looks."
        )


class ParameterRefused(ValueError):
    """A value that a parameter cannot have, or none where there must be one. `name` and `type` are the parameter's."""

    def __init__(self, name: str, type: str, seen: str) -> None:
        self.name, self.type = name, type
        super().__init__(f"The parameter '{name}' of type {type} {seen}.")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its ClickHouse type, and the text of its default; None when it is required."""

    name: str
    type: ParameterType
    default: str | None
    description: str

    @property
    def is_required(self) -> bool:
        """Whether a caller must give it."""
        return self.default is None

    def parsed(self, text: str) -> object:
        """The value that a text means; ParameterRefused when it means none of this type."""
        try:
            if self.type == "Bool":
                return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
            if self.type == "Date":
                return _day(text)
            if self.type == "Int32":
                return _int32(text)
            return _PYTHON[self.type](text)
        except (ValueError, KeyError, OverflowError):
            raise self._refused() from None

    def checked(self, value: object) -> object:
        """The value itself; ParameterRefused when it is not of this type."""
        # A bool is an int and an instant is a date, in Python.
        if type(value) is not _PYTHON[self.type]:
            raise self._refused()
        return value

    def _refused(self) -> ParameterRefused:
        expected = _EXPECTED[self.type]
        return ParameterRefused(self.name, self.type, f"has a value of another type, expected {expected}")

    def default_in(self, year: int) -> object:
        """The value when a caller gives none, in the edition of a year."""
        match self.default:
            case None:
                raise ParameterRefused(self.name, self.type, "is required")
            case "published":
                return year
            case "start of the year":
                return date(year, 1, 1)
            case "end of the year":
                return date(year + 1, 1, 1)
            case text:
                return self.parsed(text)


@dataclass(frozen=True)
class Endpoint:
    """One endpoint. Without a statement it is the summary, which `Live.summary` answers."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    sql: str
    updated_at: datetime | None = None
    """When its file was written here; None when it came from none."""

    def values(self, given: Mapping[str, object], year: int) -> dict[str, object]:
        """A value for every parameter, defaults filled in; what is no parameter is left out. ParameterRefused says which is wrong."""
        return {
            each.name: each.checked(given[each.name])
            if given.get(each.name) is not None
            else each.default_in(year)
            for each in self.parameters
        }

    def bound(self, values: Mapping[str, object]) -> dict[str, object]:
        """Those of the values that the statement speaks of: DuckDB takes no others."""
        return {name: value for name, value in values.items() if re.search(rf"\${name}\b", self.sql)}


def load_endpoints() -> dict[str, Endpoint]:
    """Every endpoint by its name; BrokenEndpoint when a file is none."""
    files = {name: f"endpoints/{name}" for name in queries.names("endpoints")}
    return {name: parse(name, queries.text(file), queries.written_at(file)) for name, file in files.items()}


def parse(name: str, text: str, updated_at: datetime | None = None) -> Endpoint:
    """The endpoint that a file's text describes."""
    lines = text.splitlines()
    header = lines[: _header_length(lines)]
    if "-- Parameters:" not in header:
        raise BrokenEndpoint(name, "Its header has no line '-- Parameters:'.")
    at = header.index("-- Parameters:")
    description = " ".join(line.removeprefix("--").strip() for line in header[:at])
    parameters = tuple(_parameter(name, line) for line in header[at + 1 :] if line.startswith("--   "))
    statement = "\n".join(lines[len(header) :]).strip()
    if not description:
        raise BrokenEndpoint(name, "Its header does not say what it answers.")
    _refuse_wrong_statement(name, statement, {each.name for each in parameters})
    return Endpoint(name, description, parameters, statement, updated_at)


def _header_length(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))


def _parameter(endpoint: str, line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if found is None:
        raise BrokenEndpoint(endpoint, f"No parameter: {line!r}.")
    name, word, required, default, description = found.groups()
    type = next((each for each in _PYTHON if each == word), None)
    if type is None:
        raise BrokenEndpoint(endpoint, f"No type of a parameter: {word}.")
    parameter = Parameter(name, type, None if required else default, description)
    if not parameter.is_required:
        parameter.checked(parameter.default_in(2000))
    return parameter


def _refuse_wrong_statement(name: str, statement: str, parameters: set[str]) -> None:
    """Whatever an endpoint says, it is one question that changes nothing, about parameters that the header names."""
    if not statement:
        return
    try:
        found = duckdb.extract_statements(statement)
    except duckdb.Error as error:
        raise BrokenEndpoint(name, str(error).splitlines()[0]) from error
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise BrokenEndpoint(name, "It is not one select.")
    if unknown := found[0].named_parameters - parameters:
        raise BrokenEndpoint(name, f"Its header does not name {sorted(unknown)}.")


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _int32(text: str) -> int:
    if not re.fullmatch(r"[+-]?0*[0-9]{1,10}", text) or not -(2**31) <= int(text) < 2**31:
        raise ValueError(text)
    return int(text)
