"""What tests of tokens share: grants, and an attacker's tools, which sign what nobody here would."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.registry import Registry

SECRET = b"a secret of at least 32 bytes, ok!!"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PIPE = "wrapped_pipe_stats_summary"


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **how_long: float) -> None:
        """Let time go by."""
        self.at += timedelta(**how_long)


def grant(jti: str | None = "jti-1", **more: Any) -> Grant:
    """A customer's grant for an hour."""
    scope = Scope("PIPES:READ", PIPE, {"wrapped_id": "w-1"})
    usual = Grant("acme", "wrapped", (scope,), jti=jti, expires_at=NOW + timedelta(hours=1))
    return replace(usual, **more)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of that grant; a change to None leaves the claim out."""
    whole = {
        "workspace_id": "wrapped",
        "name": "acme",
        "jti": "jti-1",
        "exp": int(NOW.timestamp()) + 3600,
        "scopes": [{"type": "PIPES:READ", "resource": PIPE, "fixed_params": {"wrapped_id": "w-1"}}],
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def signing_key(registry: Registry | None, secret: bytes = SECRET) -> bytes:
    """The key that tokens are signed with, worked out again from what it is documented to be made of."""
    salt = registry.signing_salt() if registry else b""
    return hmac.digest(secret, b"wrapped: the key that signs tokens\0" + salt, hashlib.sha256)


def segment(content: bytes) -> str:
    """Base64 as JWTs have it."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def forge(
    payload: Mapping[str, Any] | bytes,
    key: bytes | None,
    header: Mapping[str, Any] | bytes = b'{"alg":"HS256","typ":"JWT"}',
    digest: str = "sha256",
) -> str:
    """A token with exactly this header and payload, signed with this key, or not at all."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = ".".join(map(segment, parts))
    return f"{signed}.{segment(hmac.digest(key, signed.encode(), digest)) if key is not None else ''}"
