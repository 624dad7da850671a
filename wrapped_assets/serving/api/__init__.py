"""The endpoints and what is around them: parameters, formats, `q`, tokens, MCP, OpenAPI."""
