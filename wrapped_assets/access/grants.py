"""What a token allows, and the claims that say so: the same in a JWT, in the registry and in the body of a request.

Plain data, strictly read. Nothing here knows signatures, databases or HTTP.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

READ, ADMIN = "PIPES:READ", "ADMIN"

# Names appear in logs, in metrics and in keys of Redis.
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,200}")
# What every database and every UTF-8 text can hold.
_TEXT = re.compile(r"[^\x00\ud800-\udfff]+")
_LARGEST_RPS = 1_000_000


class BadClaims(ValueError):
    """Claims that cannot be a grant; its text names the claim and what was expected, never a value."""


@dataclass(frozen=True)
class Scope:
    """One thing a token may do: read a pipe, with some parameters fixed, or administer."""

    type: str
    resource: str | None = None
    fixed_params: Mapping[str, str] = field(default_factory=dict)

    def bind(self, given: Mapping[str, str]) -> dict[str, str]:
        """The parameters of a request as this scope lets them be: what it fixes replaces whatever was given, in any case."""
        fixed = {name.casefold() for name in self.fixed_params}
        free = {name: value for name, value in given.items() if name.casefold() not in fixed}
        return free | dict(self.fixed_params)

    def as_claim(self) -> dict[str, Any]:
        """The scope as a JWT carries it."""
        claim: dict[str, Any] = {"type": self.type}
        if self.resource is not None:
            claim["resource"] = self.resource
        if self.fixed_params:
            claim["fixed_params"] = dict(self.fixed_params)
        return claim


@dataclass(frozen=True)
class Grant:
    """What a valid token allows. It never holds the token's text."""

    name: str
    workspace_id: str
    scopes: tuple[Scope, ...]
    rps: int | None = None
    """Requests a second, of all tokens of this name together; None for no limit."""
    jti: str | None = None
    """The token's id, by which it is revoked; public, and of no use to anyone who only holds it."""
    expires_at: datetime | None = None
    """Never None in a JWT."""
    company: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_admin(self) -> bool:
        """Whether it may list, issue and revoke tokens, and read every pipe."""
        return any(scope.type == ADMIN for scope in self.scopes)

    def scope_for(self, pipe: str) -> Scope | None:
        """The scope under which it may read a pipe, by its exact name; None when it may not.

        A scope that names the pipe counts before ADMIN: a token with both is bound by what it fixes.
        """
        for scope in self.scopes:
            if scope.type == READ and scope.resource == pipe:
                return scope
        return Scope(READ, pipe) if self.is_admin else None

    def with_id(self, jti: str, expires_at: datetime | None) -> "Grant":
        """The same rights in another token."""
        return replace(self, jti=jti, expires_at=expires_at)


def claims_of(grant: Grant, issued_at: datetime) -> dict[str, Any]:
    """The claims of a JWT for this grant, always in the same order. Whole seconds."""
    claims: dict[str, Any] = {
        "workspace_id": grant.workspace_id,
        "name": grant.name,
        "iat": int(issued_at.timestamp()),
        "jti": grant.jti,
        "scopes": [scope.as_claim() for scope in grant.scopes],
    }
    if grant.expires_at is not None:
        claims["exp"] = int(grant.expires_at.timestamp())
    if grant.rps is not None:
        claims["limits"] = {"rps": grant.rps}
    if grant.company:
        claims["company"] = dict(grant.company)
    return claims


def grant_of(claims: Any) -> Grant:
    """The grant that the claims of a JWT say. `exp` is required, unknown claims are ignored; raises BadClaims."""
    if not isinstance(claims, dict):
        raise BadClaims("the claims are not a JSON object")
    return Grant(
        name=name_in(claims.get("name")),
        workspace_id=_text(claims, "workspace_id"),
        scopes=scopes_in(claims.get("scopes")),
        rps=rps_in(claims.get("limits")),
        jti=_text(claims, "jti") if "jti" in claims else None,
        expires_at=instant_in(claims, "exp"),
        company=texts_in(claims.get("company", {}), "company"),
    )


def scopes_in(value: Any) -> tuple[Scope, ...]:
    """The scopes of a claim or of a request's body: at least one, PIPES:READ with its pipe; raises BadClaims."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise BadClaims("'scopes' must be a list with at least one scope")
    return tuple(_scope(each) for each in value)


def _scope(value: Any) -> Scope:
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        raise BadClaims("each scope must be an object with a 'type'")
    resource = value.get("resource")
    if value["type"] == READ and not resource:
        raise BadClaims("a scope PIPES:READ must name its pipe in 'resource'")
    if value["type"] == ADMIN and (resource is not None or value.get("fixed_params")):
        raise BadClaims("a scope ADMIN reads every pipe: it takes neither 'resource' nor 'fixed_params'")
    if resource is not None and not _is_text(resource):
        raise BadClaims("a scope's 'resource' must be text, the name of a pipe")
    return Scope(value["type"], resource, texts_in(value.get("fixed_params", {}), "fixed_params"))


def name_in(value: Any) -> str:
    """The name of a token; raises BadClaims."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadClaims("'name' must be text of 1 to 200 characters on one line")
    return value


def rps_in(limits: Any) -> int | None:
    """The requests a second of a `limits` object, or None where there is none; raises BadClaims."""
    if limits is None:
        return None
    rps = limits.get("rps") if isinstance(limits, Mapping) else limits
    if rps is None:
        return None
    if type(rps) is not int or not 1 <= rps <= _LARGEST_RPS:
        raise BadClaims(f"'limits.rps' must be a whole number from 1 to {_LARGEST_RPS}")
    return rps


def instant_in(claims: Mapping[str, Any], claim: str) -> datetime:
    """A claim in seconds since 1970, UTC; raises BadClaims when it is missing or no such number."""
    value = claims.get(claim)
    try:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadClaims(f"'{claim}' must be a number of seconds since 1970") from None


def strict_json(text: bytes) -> Any:
    """The JSON of a text, as its standard has it: no NaN, and no object with a key twice; raises BadClaims.

    Readers disagree about which of two equal keys counts, and what one has checked is not what the other uses.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except BadClaims:
        raise
    except (ValueError, RecursionError):
        raise BadClaims("it is not JSON") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadClaims("a key occurs twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise BadClaims(f"{name} is no JSON")


def _text(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim)
    if not isinstance(value, str) or not _is_text(value):
        raise BadClaims(f"'{claim}' must be text")
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and _TEXT.fullmatch(value) is not None


def texts_in(value: Any, claim: str) -> dict[str, str]:
    """Names and texts of an object; whole numbers are taken as their digits, as a URL would carry them; raises BadClaims."""
    if not isinstance(value, Mapping):
        raise BadClaims(f"'{claim}' must be an object")
    texts = {name: str(each) if type(each) is int else each for name, each in value.items()}
    if not all(_is_text(name) and (each == "" or _is_text(each)) for name, each in texts.items()):
        raise BadClaims(f"'{claim}' must hold texts")
    return texts
