"""One HTTP request and its answer, as every handler sees them: small things over ASGI's dictionaries.

Nothing here knows a route. Bodies are whole, bounded and in memory, in both directions.
"""

import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from wrapped_assets.serving.http.problems import Problem

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

LARGEST_BODY = 1024 * 1024
"""Bytes. A list of 11 kB of wrapped_ids fits a hundred times."""

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

MOST_FIELDS = 200
"""Parameters of one request; more are refused."""


@dataclass(frozen=True)
class Reply:
    """An answer: its status, whole body, type, and headers beyond those that every answer has."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Headers = ()

    async def send(self, send: Send, common: Headers, head_only: bool = False) -> None:
        """Send it; after HEAD only its headers."""
        own = (
            (b"content-type", self.media_type.encode()),
            (b"content-length", str(len(self.body)).encode()),
        )
        headers = (
            [*own, *self.headers, *common] if self.status not in (204, 304) else [*self.headers, *common]
        )
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head_only else self.body})


@dataclass
class Notes:
    """What is learned about a request on its way, for the log and the metrics; nothing in it is secret."""

    route: str = "unmatched"
    """The pattern that matched, never the path itself, which may hold a url_key."""
    pipe: str = ""
    """The endpoint, once it is known to exist."""
    caller: str = ""
    """The token's name; logged only as a digest."""
    url_key: str = ""
    """Logged only as a digest: whoever has it can open the page."""
    rows: int = 0
    rows_read: int = 0
    bytes_read: int = 0
    cpu_seconds: float = 0.0
    refused: str = ""
    """Why a token was refused, in one of the words of tokens.Reason; what the caller is told of it, access.py decides."""
    problem: str = ""
    """For a failure of ours: the exception's class and where it was raised."""


@dataclass
class Call:
    """One request: what was asked, and what has been learned about it so far."""

    scope: Scope
    receive: Receive
    params: Mapping[str, str] = field(default_factory=dict)
    """The parts of the path that the route names."""
    reply_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Headers that the answer gets whatever becomes of it: a limit's state, for one."""
    notes: Notes = field(default_factory=Notes)
    request_id: str = field(default_factory=lambda: os.urandom(12).hex())
    """Made here. A client's own is not taken over: it could be anything, and it is logged."""

    @property
    def method(self) -> str:
        """In capitals."""
        return str(self.scope["method"])

    @property
    def known_method(self) -> str:
        """The method, or `other`: a caller may send any word, and it must not become a label or a line of a log."""
        return self.method if self.method in METHODS else "other"

    @property
    def path(self) -> str:
        """Decoded, without the query."""
        return str(self.scope["path"])

    @cached_property
    def headers(self) -> dict[bytes, bytes]:
        """By lower-case name; of several with one name the first."""
        return dict(reversed(self.scope["headers"]))

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the URL in their order."""
        return form_fields(self.scope["query_string"])

    async def body(self) -> bytes:
        """The whole body; 413 when it is larger than LARGEST_BODY."""
        chunks, size = [], 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "The request ended before its body was complete")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > LARGEST_BODY:
                raise Problem(413, f"The body is larger than {LARGEST_BODY:,} bytes")
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


def form_fields(text: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or of an urlencoded form; 400 when they are no UTF-8 or too many."""
    try:
        decoded = text.decode("ascii")
        return parse_qsl(decoded, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Problem(400, "The parameters are not percent-encoded UTF-8") from None
    except ValueError:
        raise Problem(400, f"There are more than {MOST_FIELDS} parameters") from None


def matches(asked: bytes, etag: bytes) -> bool:
    """Whether `If-None-Match` names this entity; by the weak comparison that it asks for."""
    tags = [tag.strip().removeprefix(b"W/") for tag in asked.split(b",")] if asked else []
    return etag in tags or tags == [b"*"]
