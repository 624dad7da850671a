"""The parameters of a request: where they may stand, who decides them, and what type each must have.

Whatever a token fixes beats whatever the caller sent, wherever it stands. Only parameters that the endpoint declares
go any further, under exactly their declared names; everything else is ignored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from starlette.requests import Request

from wrapped_assets.access.grants import BadClaims, Scope, strict_json
from wrapped_assets.product import Parameter
from wrapped_assets.serving.api.endpoints import parsed
from wrapped_assets.serving.http.messages import body, form_fields, query
from wrapped_assets.serving.http.problems import Problem

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


async def sent(request: Request, names: Collection[str]) -> dict[str, str]:
    """What the caller sent of these parameters: those of the URL, and over them those of a form or JSON body."""
    given = _joined(query(request), names)
    if request.method == "POST":
        given |= _in_body(await body(request), request.headers.get("content-type", ""), names)
    for name, value in given.items():
        _refuse_unspeakable(name, value)
    return given


def _in_body(body: bytes, content_type: str, names: Collection[str]) -> dict[str, str]:
    if not body:
        return {}
    if media_type(content_type, body) == JSON:
        return texts(json_object(body, "an object of parameters"), names)
    return _joined(form_fields(body), names)


def media_type(content_type: str, body: bytes) -> str:
    """JSON or FORM; 400 when the body is neither. Without a type, or with that which browsers give any text, an object is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("", "text/plain") and body.lstrip().startswith(b"{"):
        return JSON
    if kind not in (JSON, FORM):
        raise Problem(400, "The body must be application/x-www-form-urlencoded or application/json")
    return kind


def _joined(fields: Iterable[tuple[str, str]], names: Collection[str]) -> dict[str, str]:
    """By name; a repeated parameter is a list, as some clients send them."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        if name in names:
            values.setdefault(name, []).append(value)
    return {name: ",".join(several) for name, several in values.items()}


def json_object(body: bytes, wanted: str) -> dict[str, Any]:
    """The object that a body is; 400 when it is no JSON or something else than what is wanted."""
    try:
        fields = strict_json(body)
    except BadClaims as bad:
        raise Problem(400, f"The body cannot be read: {bad}") from None
    if not isinstance(fields, dict):
        raise Problem(400, f"The JSON body must be {wanted}")
    return fields


def texts(fields: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Those of these names in a JSON object as the URL would spell them; null is as good as not there."""
    given = {
        name: _listed(name, value) for name, value in fields.items() if name in names and value is not None
    }
    for name, value in given.items():
        _refuse_unspeakable(name, value)
    return given


def _listed(name: str, value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    return ",".join(_as_text(name, each) for each in several)


def _as_text(name: str, value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case int() | float():
            return repr(value)
        case _:
            raise Problem(
                400,
                f"The parameter '{name}' in the JSON body must be text, a number, true, false, or a list of these",
            )


def _refuse_unspeakable(name: str, value: str) -> None:
    # JSON can spell half a character; no database takes one, and none keeps a NUL in text.
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Problem(400, f"The parameter '{name}' is not valid UTF-8 text")


def decide(declared: Sequence[Parameter], given: Mapping[str, str], scope: Scope) -> dict[str, object]:
    """The value of each declared parameter that the token fixes or the caller sent; ParameterRefused for one of another type."""
    if not scope.fixed_params.keys() <= {parameter.name for parameter in declared}:
        # A restriction that the endpoint does not know would restrict nothing.
        raise Problem(403, "The token fixes a parameter that this pipe does not have")
    bound = scope.bind(given)
    return {each.name: parsed(each, bound[each.name]) for each in declared if each.name in bound}
