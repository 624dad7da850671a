"""The endpoints as tools of the Model Context Protocol: what the tools are, and what a call of one does.

On MCP's own low-level server and not on MCPServer, which makes tools of Python functions and takes the process's log over:
here tools are the declared endpoints, and a token's holder sees those it may read, without the parameters it cannot choose.
"""

import json
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from starlette.requests import Request

from wrapped_assets.access.grants import Grant
from wrapped_assets.product import Endpoint
from wrapped_assets.serving.api.formats import Form, envelope
from wrapped_assets.serving.api.openapi import field
from wrapped_assets.serving.api.parameters import texts
from wrapped_assets.serving.http.messages import LARGEST_BODY, notes
from wrapped_assets.serving.http.problems import UNFORESEEN, Problem, traced
from wrapped_assets.serving.pipes import Pipes


def manager(pipes: Pipes, version: str, request: Request, grant: Grant) -> StreamableHTTPSessionManager:
    """What speaks the protocol for this request, whose answer is one JSON object."""

    async def list_tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[tool(each, grant) for each in pipes.readable(grant)])

    async def call_tool(_: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        try:
            given = texts(params.arguments or {}, pipes.known(params.name))
            answer = await pipes.threads.run(pipes.ask, grant, params.name, given, request)
        except Problem as problem:
            return CallToolResult(content=[TextContent(text=str(problem))], is_error=True)
        except Exception as error:
            # The protocol's library would tell the caller what the engine said.
            notes(request).problem = traced(error)
            return CallToolResult(content=[TextContent(text=UNFORESEEN)], is_error=True)
        notes(request).rows = len(answer.rows)
        found = envelope(answer, Form())
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=found)

    server = Server(
        "wrapped",
        version=version,
        instructions="A year of usage of one customer: totals, days, workspaces. Days are half-open ranges in UTC.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=LARGEST_BODY
    )


def tool(endpoint: Endpoint, grant: Grant) -> Tool:
    """An endpoint as a tool for this grant."""
    scope = grant.scope_for(endpoint.name)
    fixed = scope.fixed_params if scope else {}
    free = [each for each in endpoint.parameters if each.name not in fixed]
    schema = {
        "type": "object",
        "properties": {each.name: field(each) for each in free},
        "required": [each.name for each in free if each.is_required],
    }
    annotations = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return Tool(
        name=endpoint.name, description=endpoint.description, input_schema=schema, annotations=annotations
    )
