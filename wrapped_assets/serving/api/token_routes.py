"""`/v0/tokens`: what is asked over HTTP, handed to token_admin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.access.grants import BadClaims, Grant, strict_json
from wrapped_assets.access.tokens import TokenRefused
from wrapped_assets.serving.api.parameters import JSON, media_type
from wrapped_assets.serving.api.token_admin import BadTokenRequest
from wrapped_assets.serving.http.authentication import Door
from wrapped_assets.serving.http.messages import body, form_fields, json_response, query
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.threads import Threads


class TokenAdmin(Protocol):
    """What can be done with tokens; each sees first whether the one who asks may."""

    def list(self, asker: Grant) -> dict[str, Any]:
        """Every token that counts."""

    def create(
        self, asker: Grant, parameters: Mapping[str, Sequence[str]], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A new one."""

    def refresh(self, asker: Grant, named: str) -> dict[str, Any]:
        """Another one in its place."""

    def delete(self, asker: Grant, named: str) -> dict[str, Any]:
        """It counts no more."""


@dataclass(frozen=True)
class TokenRoutes:
    """Four ways in; all need a token with the scope ADMIN."""

    admin: TokenAdmin
    door: Door
    threads: Threads

    async def list(self, request: Request) -> Response:
        """`GET /v0/tokens`."""
        return await self._do(request, self.admin.list)

    async def create(self, request: Request) -> Response:
        """`POST /v0/tokens`."""
        parameters, body = await _asked(request)
        return await self._do(request, lambda asker: self.admin.create(asker, parameters, body))

    async def refresh(self, request: Request) -> Response:
        """`POST /v0/tokens/<id, name or text>/refresh`."""
        return await self._do(request, lambda asker: self.admin.refresh(asker, self._named(request)))

    async def delete(self, request: Request) -> Response:
        """`DELETE /v0/tokens/<id, name or text>`."""
        return await self._do(request, lambda asker: self.admin.delete(asker, self._named(request)))

    async def _do(self, request: Request, action: Callable[[Grant], dict[str, Any]]) -> Response:
        return json_response(await self.threads.run(self._allowed, request, action))

    def _named(self, request: Request) -> str:
        named = request.path_params["token"]
        # Some databases refuse a NUL in a question; no token is called so.
        return "" if "\0" in named else named

    def _allowed(self, request: Request, action: Callable[[Grant], dict[str, Any]]) -> dict[str, Any]:
        asker = self.door.admit(request)
        try:
            return action(asker)
        except TokenRefused as refused:
            raise Problem(403, str(refused)) from None
        except BadTokenRequest as bad:
            raise Problem(bad.status, str(bad)) from None


async def _asked(request: Request) -> tuple[dict[str, list[str]], Mapping[str, Any]]:
    """The parameters of the URL and of a form, each with all its values, and a JSON body."""
    fields, sent = query(request), await body(request)
    told: Mapping[str, Any] = {}
    if sent and media_type(request.headers.get("content-type", ""), sent) == JSON:
        told = _object(sent)
    elif sent:
        fields += form_fields(sent)
    parameters: dict[str, list[str]] = {}
    for name, value in fields:
        parameters.setdefault(name, []).append(value)
    return parameters, told


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        told = strict_json(body)
    except BadClaims as bad:
        raise Problem(400, f"The body cannot be read: {bad}") from None
    if not isinstance(told, dict):
        raise Problem(400, "The JSON body must be an object")
    return told
