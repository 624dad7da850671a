"""`/v0/tokens`: list, create, refresh and delete tokens, with a token that has the scope ADMIN.

What a request said in, what it is answered out; a request that cannot be followed is a Problem.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wrapped_assets.access.grants import (
    ADMIN,
    READ,
    BadClaims,
    Grant,
    Scope,
    instant_in,
    name_in,
    rps_in,
    scopes_in,
    texts_in,
)
from wrapped_assets.access.registry import NoSuchToken, Registry, TokenRecord
from wrapped_assets.access.tokens import WORKSPACE, Authority, Clock, TokenRefused, new_jti, now
from wrapped_assets.product import Endpoint
from wrapped_assets.serving.api.usable_scopes import UnusableScope, refuse_unusable
from wrapped_assets.serving.http.problems import Problem

_LONGEST_LIFE = timedelta(days=3660)


@dataclass(frozen=True)
class TokenAdmin:
    """What `/v0/tokens` does. Every method first sees whether the one who asks may."""

    authority: Authority
    registry: Registry
    endpoints: Mapping[str, Endpoint]
    clock: Clock = now

    def list(self, asker: Grant) -> dict[str, Any]:
        """The tokens that count, oldest first. Their texts are nowhere to be had again."""
        _require_admin(asker)
        valid = [each for each in self.registry.tokens() if each.state(self.clock()) == "valid"]
        return {"tokens": [_shown(each) for each in valid]}

    def create(
        self, asker: Grant, parameters: Mapping[str, Sequence[str]], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Issue a token: a JWT when `expiration_time` (seconds since 1970) is given, else a static one.

        `parameters` are those of the URL or the form, by name, each with all its values: `name`, `scope`
        (`PIPES:READ:<pipe>` or `ADMIN`), `expiration_time`. `body` is the JSON one: `name`, `scopes`, `limits`, `company`,
        `expiration_time`. The answer holds the token's text, this once.
        """
        _require_admin(asker)
        single = {name: values[-1] for name, values in parameters.items() if values}
        try:
            grant = Grant(
                name=name_in(body.get("name", single.get("name"))),
                workspace_id=WORKSPACE,
                scopes=_asked_scopes(parameters.get("scope", ()), body),
                rps=rps_in(body.get("limits")),
                jti=new_jti(),
                expires_at=self._expiry(body.get("expiration_time", single.get("expiration_time"))),
                company=texts_in(body.get("company", {}), "company"),
            )
            refuse_unusable(self.endpoints, grant.scopes)
            text = self.authority.issue(grant, static=grant.expires_at is None)
        except (BadClaims, UnusableScope) as bad:
            raise Problem(400, f"The token was not created: {bad}.") from None
        return _created(grant, text)

    def refresh(self, asker: Grant, named: str) -> dict[str, Any]:
        """Another token with the same rights and as long a life; the one of this id, name or text counts no more."""
        _require_admin(asker)
        old = self._only(named)
        if old.subject is not None:
            raise Problem(
                400, "A token of an edition is not refreshed: delete it, and wrapped_tokens issues another."
            )
        life = None if old.grant.expires_at is None else old.grant.expires_at - old.issued_at
        expires_at = None if life is None else self.clock() + life
        grant = old.grant.with_id(new_jti(), expires_at)
        try:
            text = self.authority.issue(grant, static=old.kind == "static", instead_of=str(old.grant.jti))
        except NoSuchToken:
            raise Problem(404, "There is no such token.") from None
        return _created(grant, text)

    def delete(self, asker: Grant, named: str) -> dict[str, Any]:
        """Revoke the token of this id, name or text: within a second no process takes it."""
        _require_admin(asker)
        record = self._only(named)
        self.registry.revoke_token(str(record.grant.jti))
        return {"ok": True}

    def _only(self, named: str) -> TokenRecord:
        """The one token that counts of this id, name or text."""
        try:
            name = name_in(self._id_of(named))
        except BadClaims:
            raise Problem(404, "There is no such token.") from None
        valid = [each for each in self.registry.tokens_named(name) if each.state(self.clock()) == "valid"]
        # A token that is named like another's id does not hide that one.
        valid = [each for each in valid if each.grant.jti == name] or valid
        if not valid:
            raise Problem(404, "There is no such token.")
        if len(valid) > 1:
            raise Problem(400, f"{len(valid)} tokens have this name: give the id of one of them.")
        return valid[0]

    def _id_of(self, named: str) -> str:
        """The id of a token that was named by its text, as some clients do; any other name is left as it is."""
        try:
            return str(self.authority.verify(named).jti)
        except TokenRefused:
            return named

    def _expiry(self, given: Any) -> datetime | None:
        if given is None:
            return None
        seconds = int(given) if isinstance(given, str) and re.fullmatch(r"[0-9]{1,12}", given) else given
        # Whole seconds, as a JWT has them: one that ends within this second would be over when it is read.
        at = instant_in({"expiration_time": seconds}, "expiration_time").replace(microsecond=0)
        if not self.clock() < at <= self.clock() + _LONGEST_LIFE:
            raise BadClaims("'expiration_time' must be in the future, and within ten years")
        return at.astimezone(UTC)


def _require_admin(asker: Grant) -> None:
    if not asker.is_admin:
        raise TokenRefused("wrong_scope", "The token does not allow this: it needs the scope ADMIN.")


def _asked_scopes(parameters: Sequence[str], body: Mapping[str, Any]) -> tuple[Scope, ...]:
    if "scopes" in body:
        scopes = scopes_in(body["scopes"])
    else:
        if not parameters:
            raise BadClaims(f"it needs a 'scope', {READ}:<pipe> or {ADMIN}, or in JSON 'scopes'")
        scopes = scopes_in([_parsed_scope(each) for each in parameters])
    for scope in scopes:
        # What nothing here understands would be a right that somebody believes to have given.
        if scope.type not in (READ, ADMIN):
            raise BadClaims(f"a scope's 'type' must be {READ} or {ADMIN}")
    return scopes


def _parsed_scope(text: str) -> dict[str, str]:
    if text == ADMIN:
        return {"type": ADMIN}
    if not text.startswith(f"{READ}:"):
        raise BadClaims(f"'scope' must be {READ}:<pipe> or {ADMIN}")
    return {"type": READ, "resource": text.removeprefix(f"{READ}:")}


def _created(grant: Grant, text: str) -> dict[str, Any]:
    shown = {"id": grant.jti, "name": grant.name, "scopes": [scope.as_claim() for scope in grant.scopes]}
    if grant.expires_at is not None:
        shown["expires_at"] = _utc(grant.expires_at)
    return {"token": text, **shown}


def _shown(record: TokenRecord) -> dict[str, Any]:
    grant = record.grant
    return {
        "id": grant.jti,
        "name": grant.name,
        "type": record.kind,
        "scopes": [scope.as_claim() for scope in grant.scopes],
        "limits": None if grant.rps is None else {"rps": grant.rps},
        "created_at": _utc(record.issued_at),
        # A refresh makes another token.
        "updated_at": _utc(record.issued_at),
        "expires_at": None if grant.expires_at is None else _utc(grant.expires_at),
    }


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
