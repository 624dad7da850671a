"""What is read of a request beyond Starlette's own, and how answers are made. Nothing here knows a route.

Bodies are whole, bounded and in memory, in both directions.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from wrapped_assets.serving.http.problems import Problem

LARGEST_BODY = 1024 * 1024
"""Bytes. A list of 11 kB of wrapped_ids fits a hundred times."""

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

MOST_FIELDS = 200
"""Parameters of one request; more are refused."""

NO_STORE = {"cache-control": "no-store"}


@dataclass
class Notes:
    """What is learned about a request on its way, for its answer, the log and the metrics; nothing in it is secret."""

    method: str = "other"
    """One that is known: a caller may send any word, and it must not become a label or a line of a log."""
    route: str = "unmatched"
    """The pattern that matched, never the path itself, which may hold a url_key."""
    pipe: str = ""
    """The endpoint, once it is known to exist."""
    caller: str = ""
    """The token's name; logged only as a digest."""
    url_key: str = ""
    """Logged only as a digest: who has it can open the page."""
    rows: int = 0
    rows_read: int = 0
    bytes_read: int = 0
    cpu_seconds: float = 0.0
    refused: str = ""
    """Why a token was refused, in one of the words of tokens.Reason; authentication.py decides what the caller learns of it."""
    problem: str = ""
    """For a failure of ours: the exception's class and where it was raised."""
    headers: dict[str, str] = field(default_factory=dict)
    """What the answer gets whatever becomes of it: a limit's state, for one."""
    request_id: str = field(default_factory=lambda: os.urandom(12).hex())
    """Made here. A client's own is not taken over: it could be anything, and it is logged."""


def start_notes(scope: Scope) -> Notes:
    """The notes of a request that comes in; they stay with it."""
    scope["wrapped.notes"] = Notes(scope["method"] if scope["method"] in METHODS else "other")
    return notes(Request(scope))


def notes(request: Request) -> Notes:
    """The notes of this request."""
    found: Notes = request.scope["wrapped.notes"]
    return found


def query(request: Request) -> list[tuple[str, str]]:
    """The parameters of the URL in their order; 400 when they are no UTF-8 or too many."""
    return form_fields(request.scope["query_string"])


def form_fields(text: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or of an urlencoded form; 400 when they are no UTF-8 or too many."""
    try:
        decoded = text.decode("ascii")
        return parse_qsl(decoded, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Problem(400, "The parameters are not percent-encoded UTF-8") from None
    except ValueError:
        raise Problem(400, f"There are more than {MOST_FIELDS} parameters") from None


async def body(request: Request) -> bytes:
    """The whole body; 413 when it is larger than LARGEST_BODY."""
    read = bytearray()
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > LARGEST_BODY:
                raise Problem(413, f"The body is larger than {LARGEST_BODY:,} bytes")
    except ClientDisconnect:
        raise Problem(400, "The request ended before its body was complete") from None
    return bytes(read)


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] = NO_STORE) -> Response:
    """The value as JSON."""
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers, "application/json")


def with_body(whole: Response, body: bytes | None, status: int, headers: Mapping[str, str]) -> Response:
    """The same answer with this body, status and more headers; None is an answer without one, such as 304."""
    left = ("content-length", "content-type") if body is None else ("content-length",)
    kept = {name: value for name, value in whole.headers.items() if name not in left}
    return Response(body, status, {**kept, **headers})


def matches(asked: str, etag: str) -> bool:
    """Whether `If-None-Match` names this entity; by the weak comparison that it asks for."""
    tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")] if asked else []
    return etag in tags or tags == ["*"]
