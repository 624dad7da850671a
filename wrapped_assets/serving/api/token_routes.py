"""`/v0/tokens`: what is asked over HTTP, handed to token_admin."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wrapped_assets.access.grants import BadClaims, Grant, strict_json
from wrapped_assets.access.tokens import TokenRefused
from wrapped_assets.serving.api.parameters import JSON, media_type
from wrapped_assets.serving.api.token_admin import BadTokenRequest
from wrapped_assets.serving.http.authentication import Door
from wrapped_assets.serving.http.messages import Call, Reply, form_fields
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

    async def list(self, call: Call) -> Reply:
        """`GET /v0/tokens`."""
        return await self._do(call, self.admin.list)

    async def create(self, call: Call) -> Reply:
        """`POST /v0/tokens`."""
        parameters, body = await _asked(call)
        return await self._do(call, lambda asker: self.admin.create(asker, parameters, body))

    async def refresh(self, call: Call) -> Reply:
        """`POST /v0/tokens/<id, name or text>/refresh`."""
        return await self._do(call, lambda asker: self.admin.refresh(asker, self._named(call)))

    async def delete(self, call: Call) -> Reply:
        """`DELETE /v0/tokens/<id, name or text>`."""
        return await self._do(call, lambda asker: self.admin.delete(asker, self._named(call)))

    async def _do(self, call: Call, action: Callable[[Grant], dict[str, Any]]) -> Reply:
        told = await self.threads.run(self._allowed, call, action)
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        return Reply(200, body, headers=((b"cache-control", b"no-store"),))

    def _named(self, call: Call) -> str:
        named = call.params["token"]
        # Some databases refuse a NUL in a question; no token is called so.
        return "" if "\0" in named else named

    def _allowed(self, call: Call, action: Callable[[Grant], dict[str, Any]]) -> dict[str, Any]:
        asker = self.door.admit(call)
        try:
            return action(asker)
        except TokenRefused as refused:
            raise Problem(403, str(refused)) from None
        except BadTokenRequest as bad:
            raise Problem(bad.status, str(bad)) from None


async def _asked(call: Call) -> tuple[dict[str, list[str]], Mapping[str, Any]]:
    """The parameters of the URL and of a form, each with all its values, and a JSON body."""
    fields, body = list(call.query), await call.body()
    told: Mapping[str, Any] = {}
    if body and media_type(call.headers.get(b"content-type", b""), body) == JSON:
        told = _object(body)
    elif body:
        fields += form_fields(body)
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
