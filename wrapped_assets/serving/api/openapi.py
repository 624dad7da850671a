"""The OpenAPI document: every route, its parameters and its answers. Made from the declared endpoints and of openapi_paths."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from wrapped_assets.product import Endpoint, Parameter, ParameterType
from wrapped_assets.serving.api.endpoints import ParameterRefused, parsed
from wrapped_assets.serving.api.formats import FORMATS, QUOTE_64BIT
from wrapped_assets.serving.api.openapi_paths import OPERATIONS, PATHS, TOKENS, problems

_SCHEMAS: dict[ParameterType, dict[str, Any]] = {
    "String": {"type": "string"},
    "Int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "Float64": {"type": "number"},
    "Date": {"type": "string", "format": "date", "examples": ["2025-01-31"]},
    "Bool": {"type": "boolean"},
}
_ENVELOPE = {"$ref": "#/components/schemas/Envelope"}

# Every endpoint takes this beside its own.
_QUOTE: dict[str, Any] = {
    "name": QUOTE_64BIT,
    "in": "query",
    "description": "1 writes 64-bit integers as strings.",
    "schema": {"type": "string", "enum": ["0", "1"]},
}


def document(
    endpoints: Iterable[Endpoint],
    version: str,
    url: str,
    added: Sequence[dict[str, Any]] = (),
    more_paths: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """The whole document; `added` are further parameters of every endpoint."""
    parameters = [*added, _QUOTE]
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        for name in FORMATS:
            paths[f"/v0/pipes/{endpoint.name}.{name}"] = _pipe(endpoint, name, parameters)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wrapped",
            "version": version,
            "description": "A year of usage of each customer. Days are half-open ranges in UTC.",
        },
        "servers": [{"url": url}],
        "paths": {**paths, **PATHS, **more_paths, **OPERATIONS},
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "query", "name": "token"},
            },
            "schemas": {"Error": _ERROR_SCHEMA, "Envelope": _ENVELOPE_SCHEMA, "Scope": _SCOPE_SCHEMA},
        },
    }


def _pipe(endpoint: Endpoint, name: str, added: list[dict[str, Any]]) -> dict[str, Any]:
    media = FORMATS[name].media_type
    schema = _ENVELOPE if name == "json" else {"type": "string"}
    answers: dict[str, Any] = {"200": {"description": "The rows.", "content": {media: {"schema": schema}}}}
    common: dict[str, Any] = {
        "summary": endpoint.description,
        "security": TOKENS,
        "responses": {**answers, **problems(400, 403, 408, 429, 503)},
    }
    fields = {each.name: field(each) for each in endpoint.parameters}
    fields |= {each["name"]: each["schema"] for each in added}
    form = {"schema": {"type": "object", "properties": fields}}
    content = {"application/x-www-form-urlencoded": form, "application/json": form}
    query = [*map(_parameter, endpoint.parameters), *added]
    post = {**common, "requestBody": {"content": content}}
    post["responses"] = {**common["responses"], **problems(413)}
    return {
        "get": {**common, "operationId": f"{endpoint.name}_{name}", "parameters": query},
        "post": {**post, "operationId": f"{endpoint.name}_{name}_post"},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    # A token may fix what an endpoint requires, so nobody has to give it.
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": field(parameter),
    }


def field(parameter: Parameter) -> dict[str, Any]:
    """A parameter's type, meaning and default; for MCP's tools too."""
    schema: dict[str, Any] = {**_SCHEMAS[parameter.type], "description": parameter.description}
    if parameter.default is None:
        return schema
    try:
        value = parsed(parameter, parameter.default)
    except ParameterRefused:
        # A default that depends on the edition.
        return schema | {"description": f"{parameter.description} Default: {parameter.default}."}
    return schema | {"default": value if isinstance(value, int | float | str) else parameter.default}


def _whole(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object that always has all of these."""
    return {"type": "object", "required": [*properties], "properties": properties}


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_ERROR_SCHEMA = _whole(error=_TEXT, documentation=_TEXT)
_SCOPE_SCHEMA = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["PIPES:READ", "ADMIN"]},
        "resource": {"type": "string", "description": "Of PIPES:READ: the endpoint."},
        "fixed_params": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Of PIPES:READ: beats whatever a request says.",
        },
    },
}
_ENVELOPE_SCHEMA = _whole(
    meta={"type": "array", "items": _whole(name=_TEXT, type=_TEXT)},
    data={"type": "array", "items": {"type": "object"}},
    rows=_COUNT,
    rows_before_limit_at_least=_COUNT,
    statistics=_whole(elapsed={"type": "number", "minimum": 0}, rows_read=_COUNT, bytes_read=_COUNT),
)
