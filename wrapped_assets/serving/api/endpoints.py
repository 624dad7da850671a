"""Endpoints as products declare them: the values of their parameters, and whether their statements can be asked."""

import re
from collections.abc import Callable, Mapping
from datetime import date

import duckdb

from wrapped_assets.product import Endpoint, Parameter, ParameterType
from wrapped_assets.products import PRODUCTS


class BrokenEndpoint(ValueError):
    """A declaration that cannot be an endpoint: told when the program starts, not to a caller."""

    def __init__(self, name: str, seen: str) -> None:
        super().__init__(
            f"{name} is not an endpoint.\n  {seen}\n"
            "  Next: correct its declaration or its statement; CONTRIBUTING.md shows one from end to end."
        )


class ParameterRefused(ValueError):
    """A value that a parameter cannot have, or none where there must be one. `name` and `type` are the parameter's."""

    def __init__(self, parameter: Parameter, seen: str) -> None:
        self.name, self.type = parameter.name, parameter.type
        super().__init__(f"The parameter '{self.name}' of type {self.type} {seen}.")


def parsed(parameter: Parameter, text: str) -> object:
    """The value that a text means; ParameterRefused when it means none of the parameter's type."""
    try:
        return _TYPES[parameter.type][2](text)
    except (ValueError, KeyError, OverflowError):
        raise _of_another_type(parameter) from None


def default_in(parameter: Parameter, year: int) -> object:
    """The value when a caller gives none, in the edition of a year."""
    match parameter.default:
        case None:
            raise ParameterRefused(parameter, "is required")
        case "published":
            return year
        case "start of the year":
            return date(year, 1, 1)
        case "end of the year":
            return date(year + 1, 1, 1)
        case text:
            return parsed(parameter, text)


def values(endpoint: Endpoint, given: Mapping[str, object], year: int) -> dict[str, object]:
    """A value for every parameter, defaults filled in; what is no parameter is left out. ParameterRefused says which is wrong."""
    return {each.name: _value(each, given.get(each.name), year) for each in endpoint.parameters}


def bound(endpoint: Endpoint, values: Mapping[str, object]) -> dict[str, object]:
    """Those of the values that the statement speaks of: DuckDB takes no others."""
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", endpoint.sql)}


def load_endpoints() -> dict[str, Endpoint]:
    """The endpoints of every product by their names; BrokenEndpoint when one cannot be asked."""
    found = {each.name: each for product in PRODUCTS.values() for each in product.endpoints}
    for endpoint in found.values():
        check(endpoint)
    return found


def check(endpoint: Endpoint) -> None:
    """See that its defaults are of their types, and its statement one question that changes nothing about parameters that it has."""
    for each in endpoint.parameters:
        if not each.is_required:
            _value(each, None, 2000)
    if not endpoint.sql:
        return
    try:
        found = duckdb.extract_statements(endpoint.sql)
    except duckdb.Error as error:
        raise BrokenEndpoint(endpoint.name, str(error).splitlines()[0]) from error
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise BrokenEndpoint(endpoint.name, "It is not one select.")
    if unknown := found[0].named_parameters - {each.name for each in endpoint.parameters}:
        raise BrokenEndpoint(endpoint.name, f"It has no parameter {sorted(unknown)}.")


def _value(parameter: Parameter, given: object, year: int) -> object:
    value = default_in(parameter, year) if given is None else given
    # A bool is an int and an instant is a date, in Python.
    if type(value) is not _TYPES[parameter.type][0]:
        raise _of_another_type(parameter)
    return value


def _of_another_type(parameter: Parameter) -> ParameterRefused:
    return ParameterRefused(parameter, f"has a value of another type, expected {_TYPES[parameter.type][1]}")


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _int32(text: str) -> int:
    if not re.fullmatch(r"[+-]?0*[0-9]{1,10}", text) or not -(2**31) <= int(text) < 2**31:
        raise ValueError(text)
    return int(text)


def _bool(text: str) -> bool:
    return {"1": True, "true": True, "0": False, "false": False}[text.lower()]


_TYPES: dict[ParameterType, tuple[type, str, Callable[[str], object]]] = {
    "String": (str, "text", str),
    "Int32": (int, "a whole number of 32 bits", _int32),
    "Float64": (float, "a number", float),
    "Date": (date, "a day such as 2025-01-31", _day),
    "Bool": (bool, "1, 0, true or false", _bool),
}
"""Each type's values in Python, what a caller is told of it, and how its text is read."""
