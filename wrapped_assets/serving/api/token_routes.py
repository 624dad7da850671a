"""`/v0/tokens`: what is asked over HTTP, handed to token_admin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.access.grants import Grant
from wrapped_assets.access.tokens import TokenRefused
from wrapped_assets.serving.api.parameters import JSON, json_object, media_type
from wrapped_assets.serving.api.token_admin import TokenAdmin
from wrapped_assets.serving.http.authentication import Door
from wrapped_assets.serving.http.messages import body, form_fields, json_response, query
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.threads import Threads


@dataclass(frozen=True)
class TokenRoutes:
    """Four routes; all need a token with the scope ADMIN."""

    admin: TokenAdmin
    door: Door
    threads: Threads

    async def list(self, request: Request) -> Response:
        """`GET /v0/tokens`."""
        return await self._do(request, self.admin.list)

    async def create(self, request: Request) -> Response:
        """`POST /v0/tokens`."""
        parameters, given = await _asked(request)
        return await self._do(request, lambda asker: self.admin.create(asker, parameters, given))

    async def refresh(self, request: Request) -> Response:
        """`POST /v0/tokens/<id, name or text>/refresh`."""
        return await self._do(request, lambda asker: self.admin.refresh(asker, _named(request)))

    async def delete(self, request: Request) -> Response:
        """`DELETE /v0/tokens/<id, name or text>`."""
        return await self._do(request, lambda asker: self.admin.delete(asker, _named(request)))

    async def _do(self, request: Request, action: Callable[[Grant], dict[str, Any]]) -> Response:
        try:
            return json_response(await self.threads.run(lambda: action(self.door.admit(request))))
        except TokenRefused as refused:
            raise Problem(403, str(refused)) from None


def _named(request: Request) -> str:
    named: str = request.path_params["token"]
    # Some databases refuse a NUL in a question; no token is called so.
    return "" if "\0" in named else named


async def _asked(request: Request) -> tuple[dict[str, list[str]], Mapping[str, Any]]:
    """The parameters of the URL and of a form, each with all its values, and a JSON body."""
    fields, sent = query(request), await body(request)
    given: Mapping[str, Any] = {}
    if sent and media_type(request.headers.get("content-type", ""), sent) == JSON:
        given = json_object(sent, "an object")
    elif sent:
        fields += form_fields(sent)
    parameters: dict[str, list[str]] = {}
    for name, value in fields:
        parameters.setdefault(name, []).append(value)
    return parameters, given
