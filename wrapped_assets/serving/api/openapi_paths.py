"""The routes of the OpenAPI document that are the same whatever endpoints there are: tokens, pages, MCP, health.

Every route of app.py is here or is made of an endpoint in openapi.py; a test compares.
"""

from typing import Any

from wrapped_assets.serving.http.problems import STATUSES

TOKENS: list[dict[str, list[str]]] = [{"bearer": []}, {"token": []}]
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


def problems(*statuses: int) -> dict[str, Any]:
    """The answers with these statuses."""
    return {str(status): {"description": STATUSES[status], "content": _ERROR} for status in statuses}


def _content(media: str) -> dict[str, Any]:
    return {media: {"schema": {"type": "object" if media == "application/json" else "string"}}}


def operation(
    summary: str, *statuses: int, media: tuple[str, ...] = ("application/json",), **more: Any
) -> dict[str, Any]:
    """What is answered with 200, and the statuses of refusals; `more` is put beside them as it is."""
    content = {kind: shown for each in media for kind, shown in _content(each).items()}
    ok = {"200": {"description": summary, "content": content}}
    return {"summary": summary, "responses": {**ok, **problems(*statuses)}, **more}


def secured(summary: str, *statuses: int, **more: Any) -> dict[str, Any]:
    """An operation that needs a token."""
    return operation(summary, 403, 429, 503, *statuses, security=TOKENS, **more)


def _in_path(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


_KEY = _in_path("url_key", "The secret last part of a page's address.")
_ASKED_KEY = [{**_KEY, "in": "query"}]
_THEME = {"name": "theme", "in": "query", "schema": {"enum": ["light", "dark"], "default": "light"}}
_NAMED = [_in_path("token", "A token's id, name or text.")]

_PAGES: dict[str, Any] = {
    "/wrapped/{url_key}": {
        "get": operation(
            "The page; with `Accept: application/json` the published document.",
            *(404, 503),
            media=("text/html", "application/json"),
            parameters=[_KEY],
        )
    },
    "/wrapped/{url_key}/{part}": {
        "get": operation(
            "What belongs to a page: `<sha256>.json`, `story.json`, `story.png`, `story.mp4`, `cards/<name>-<size>.<png or jpg>`.",
            *(404, 503),
            media=("application/json", "image/png", "image/jpeg", "video/mp4"),
            parameters=[_KEY, _in_path("part", "May hold a slash."), _THEME],
        )
    },
    "/wrapped/{url_key}/share": {
        "post": operation("A short link to pass on, and when it ends.", 404, 503, parameters=[_KEY])
    },
    "/wrapped/about/comparisons": {
        "get": operation("Where the page's comparisons come from.", media=("text/html",))
    },
    "/w/{short}": {
        "get": {
            "summary": "On to the page.",
            "parameters": [_in_path("short", "The last part of a short link or a share link.")],
            "responses": {"302": {"description": "`Location` is the page."}, **problems(404, 503)},
        }
    },
    "/static/{file}": {
        "get": operation(
            "Scripts, styles and fonts of the page, which names them.",
            404,
            media=("text/css", "text/javascript", "font/woff2"),
            parameters=[_in_path("file", "A digest and a name; holds a slash.")],
        )
    },
    "/api/organization": {
        "get": operation("Whose page a key opens, and of which year.", 400, 404, 503, parameters=_ASKED_KEY)
    },
    "/api/stats": {"get": operation("What the page shows.", 400, 404, 503, parameters=_ASKED_KEY)},
}

_NEW_TOKEN = {
    "type": "object",
    "required": ["name", "scopes"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "scopes": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Scope"}},
        "limits": {"type": "object", "properties": {"rps": {"type": "integer", "minimum": 1}}},
        "company": {"type": "object", "additionalProperties": {"type": "string"}},
        "expiration_time": {
            "type": "integer",
            "description": "Seconds since 1970: a JWT until then. Without it, a static token.",
        },
    },
}
_NEW_TOKEN_FORM = {
    "type": "object",
    "required": ["name", "scope"],
    "properties": {
        "name": _NEW_TOKEN["properties"]["name"],  # type: ignore[index]
        "scope": {
            "type": "array",
            "items": {"type": "string"},
            "description": "PIPES:READ:<pipe> or ADMIN; repeated for several.",
        },
        "expiration_time": {"type": "integer"},
    },
}
_TOKENS: dict[str, Any] = {
    "/v0/tokens": {
        "get": secured("Every token that counts, never its text. Needs the scope ADMIN."),
        "post": secured(
            "A new token, whose text is told this once. Needs the scope ADMIN.",
            *(400, 413),
            requestBody={
                "description": "The form's fields may also stand in the URL.",
                "content": {
                    "application/json": {"schema": _NEW_TOKEN},
                    "application/x-www-form-urlencoded": {"schema": _NEW_TOKEN_FORM},
                },
            },
        ),
    },
    "/v0/tokens/{token}/refresh": {
        "post": secured(
            "Another token with the same rights; this one ends. Needs the scope ADMIN.",
            *(400, 404),
            parameters=_NAMED,
        )
    },
    "/v0/tokens/{token}": {
        "delete": secured(
            "It ends, everywhere within a second. Needs the scope ADMIN.", 400, 404, parameters=_NAMED
        )
    },
}

PATHS: dict[str, Any] = {
    "/v0/pipes": {"get": secured("The endpoints that the token may read.")},
    "/v0/pipes/{name}": {
        "get": secured(
            "One endpoint and its parameters.", 404, parameters=[_in_path("name", "An endpoint's name.")]
        )
    },
    "/v0/pipes/openapi.json": {"get": operation("This document.")},
    **_TOKENS,
    **_PAGES,
}
OPERATIONS: dict[str, Any] = {
    "/healthz": {"get": operation("Whether this worker answers.")},
    "/readyz": {"get": operation("Whether an edition can be asked about.", 503)},
    "/metrics": {"get": operation("All workers' numbers, for Prometheus.", media=("text/plain",))},
}
