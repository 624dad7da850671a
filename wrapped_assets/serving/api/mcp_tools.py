"""`/mcp`: the Model Context Protocol over streamable HTTP, behind the same tokens and limits as everything else.

The protocol's library is imported with the first request to it: half a second and 35 MB that most workers never need.
"""

from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from wrapped_assets.access.grants import Grant
from wrapped_assets.serving.api.openapi_paths import secured
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.optional import Additions
from wrapped_assets.serving.pipes import Pipes

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

# What its answers may say beside their body; everything else is ours to say.
_KEPT = ("allow", "mcp-session-id", "mcp-protocol-version")


_MESSAGE = {
    "type": "object",
    "required": ["jsonrpc", "method"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["integer", "string"]},
        "method": {"type": "string", "examples": ["tools/list", "tools/call"]},
        "params": {"type": "object"},
    },
}
POST = secured(
    "The endpoints as tools, by the Model Context Protocol over streamable HTTP: one JSON-RPC message in, one out.",
    *(400, 413),
    requestBody={"required": True, "content": {"application/json": {"schema": _MESSAGE}}},
)
POST["responses"] |= {
    "202": {"description": "A notification was taken; there is no answer to it."},
    "400": {
        "description": "No message of the protocol: a JSON-RPC error. No JSON at all: an error as elsewhere."
    },
    "406": {"description": "`Accept` leaves no room for application/json: a JSON-RPC error."},
}


def add_to(found: Additions) -> None:
    """`POST /mcp`."""
    found.routes.append(Route("/mcp", partial(answer, found.pipes), methods=["POST"]))
    found.paths["/mcp"] = {"post": POST}


async def answer(pipes: Pipes, request: Request) -> Response:
    """`POST /mcp`. Nothing of one request is wanted by the next."""
    grant = await pipes.threads.run(pipes.door.admit, request)
    manager = await pipes.threads.run(_manager, pipes, request, grant)
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    async with manager.run():
        await manager.handle_request(request.scope, request.receive, keep)
    return _reply(sent)


def _manager(pipes: Pipes, request: Request, grant: Grant) -> "StreamableHTTPSessionManager":
    from wrapped_assets.serving.api.mcp_server import manager

    return manager(pipes, version("wrapped-assets"), request, grant)


def _reply(sent: list[Message]) -> Response:
    """What it sent as one answer."""
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = Headers(raw=start.get("headers", []))
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    media_type = headers.get("content-type", "")
    if start["status"] >= 400 and not media_type.startswith("application/json"):
        # A bare sentence about a header: told as every other refusal is.
        raise Problem(start["status"], body.decode("utf-8", "replace"))
    kept = {name: headers[name] for name in _KEPT if name in headers}
    return Response(body, start["status"], kept, media_type or "application/json")
