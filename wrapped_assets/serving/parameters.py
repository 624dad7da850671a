"""The parameters of a request: where they may stand, who decides them, and what type each must have.

Whatever a token fixes beats whatever the caller sent, wherever it stands. Only parameters that the endpoint declares
go any further, under exactly their declared names; everything else is ignored.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from wrapped_assets.serving.messages import Call, form_fields
from wrapped_assets.serving.problems import Problem
from wrapped_assets.serving.seams import Parameter

FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"

_WHOLE = re.compile(r"[+-]?[0-9]{1,39}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{0,300})?([eE][+-]?[0-9]{1,3})?")


async def sent(call: Call) -> dict[str, str]:
    """What the caller sent: the URL's parameters, and over them those of a form or JSON body."""
    given = dict(call.query)
    if call.method == "POST":
        given |= _in_body(await call.body(), call.headers.get(b"content-type", b""))
    for value in given.values():
        _refuse_unspeakable(value)
    return given


def _in_body(body: bytes, content_type: bytes) -> dict[str, str]:
    if not body:
        return {}
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == JSON:
        return _in_json(body)
    if kind == FORM:
        return dict(form_fields(body))
    raise Problem(400, "The body must be application/x-www-form-urlencoded or application/json")


def _in_json(body: bytes) -> dict[str, str]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON") from None
    if not isinstance(fields, dict):
        raise Problem(400, "The JSON body must be an object of parameters")
    return texts(fields)


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """The parameters in a JSON object as the URL would spell them; null is as good as not there."""
    given = {name: _as_text(value) for name, value in fields.items() if value is not None}
    for value in given.values():
        _refuse_unspeakable(value)
    return given


def _as_text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case int() | float():
            return repr(value)
        case list():
            return ",".join(_as_text(each) for each in value if not isinstance(each, list))
        case _:
            raise Problem(
                400, "A parameter in the JSON body must be text, a number, true, false, or a list of these"
            )


def _refuse_unspeakable(value: str) -> None:
    # JSON can spell half a character; no database takes one, and none keeps a NUL in text.
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Problem(400, "A parameter is not valid UTF-8 text")


def decide(
    declared: Sequence[Parameter], given: Mapping[str, str], fixed: Mapping[str, str]
) -> dict[str, object]:
    """The value of each declared parameter that has one: fixed by the token, sent by the caller, or its default."""
    names = {parameter.name for parameter in declared}
    if not fixed.keys() <= names:
        # A restriction that the endpoint does not know would restrict nothing.
        raise Problem(403, "The token fixes a parameter that this pipe does not have")
    decided: dict[str, object] = {}
    for parameter in declared:
        text = fixed.get(parameter.name, given.get(parameter.name, parameter.default))
        if text is None or (text == "" and parameter.name not in fixed and parameter.type != "String"):
            text = parameter.default
        if text is None:
            if parameter.required:
                raise Problem(400, f"The parameter '{parameter.name}' is missing, expected {parameter.type}")
            continue
        decided[parameter.name] = value_of(parameter, text)
    return decided


def value_of(parameter: Parameter, text: str) -> object:
    """The parameter's value; 400 when the text is none of its type."""
    read = READERS.get(parameter.type)
    if read is None:
        raise TypeError(f"no reader for the type {parameter.type} of parameter {parameter.name}")
    try:
        return read(text)
    except (ValueError, OverflowError):
        wanted = f"expected {parameter.type}{_FORMS.get(parameter.type, '')}"
        raise Problem(400, f"The parameter '{parameter.name}' has another type, {wanted}") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return read


def _float(text: str) -> float:
    if not _DECIMAL.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError
    return float(text)


def _bool(text: str) -> bool:
    if text.lower() not in ("0", "1", "false", "true"):
        raise ValueError
    return text.lower() in ("1", "true")


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text)


READERS: Mapping[str, Callable[[str], object]] = {
    "String": str,
    "Int8": _whole(-(2**7), 2**7 - 1),
    "Int16": _whole(-(2**15), 2**15 - 1),
    "Int32": _whole(-(2**31), 2**31 - 1),
    "Int64": _whole(-(2**63), 2**63 - 1),
    "UInt8": _whole(0, 2**8 - 1),
    "UInt16": _whole(0, 2**16 - 1),
    "UInt32": _whole(0, 2**32 - 1),
    "UInt64": _whole(0, 2**64 - 1),
    "Float64": _float,
    "Bool": _bool,
    "Date": _day,
    "DateTime": _instant,
}
_FORMS = {"Date": " as YYYY-MM-DD", "DateTime": " as YYYY-MM-DD hh:mm:ss", "Bool": ", 0 or 1"}
