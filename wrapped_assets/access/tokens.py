"""Tokens: their text from a grant, and back, refusing everything that this installation did not issue.

JWTs are HS256, signed with a key made of the installation's secret and of a random salt that the registry keeps: neither
alone can forge one, and another salt ends every token at once. Static tokens are random text of which only the digest is kept.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from jwt import PyJWS, PyJWTError
from jwt.exceptions import InvalidAlgorithmError, InvalidSignatureError

from wrapped_assets.access.grants import BadClaims, Grant, claims_of, grant_of, instant_in, strict_json

if TYPE_CHECKING:
    from wrapped_assets.access.registry import Registry

Reason = Literal["missing", "malformed", "expired", "forged", "revoked", "wrong_scope"]
Clock = Callable[[], datetime]

LARGEST_TOKEN = 16 * 1024
"""Characters. A wrapped_id list of 11 kB in fixed_params fits."""

WORKSPACE = "wrapped"
"""The workspace_id of every token made here: an installation is one workspace, and internal ids stay inside."""

STATIC_PREFIX = "wr_"

_ALGORITHM = "HS256"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_SENTENCES: dict[Reason, str] = {
    "missing": "A token is needed: as the parameter 'token' or in the header 'Authorization: Bearer'.",
    "malformed": "The token cannot be read.",
    "expired": "The token has expired.",
    "forged": "The token is not valid here.",
    "revoked": "The token has been revoked.",
    "wrong_scope": "The token does not allow this.",
}


class TokenRefused(Exception):
    """A token that allows nothing here. Its text is a sentence for anyone to read and holds nothing of the token."""

    def __init__(self, reason: Reason, sentence: str | None = None) -> None:
        super().__init__(sentence or _SENTENCES[reason])
        self.reason = reason


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def new_jti() -> str:
    """The id of a new token."""
    return secrets.token_hex(16)


class Authority:
    """Issues tokens and says what a token allows. Without a registry it knows JWTs only, and none can be revoked."""

    def __init__(self, secret: bytes, registry: "Registry | None" = None, clock: Clock = now) -> None:
        self._secret = secret
        self._registry = registry
        self._clock = clock
        self._jws = PyJWS(algorithms=[_ALGORITHM])

    def __repr__(self) -> str:
        return f"Authority(registry={self._registry!r})"

    def verify(self, text: str | None) -> Grant:
        """What this token allows now; raises TokenRefused."""
        if not text:
            raise TokenRefused("missing")
        if len(text) > LARGEST_TOKEN:
            raise TokenRefused("malformed", f"The token is longer than {LARGEST_TOKEN:,} characters.")
        grant = self._static(text) if text.startswith(STATIC_PREFIX) else self._jwt(text)
        if grant.expires_at is not None and grant.expires_at <= self._clock():
            raise TokenRefused("expired")
        # A JWT without an id could never be revoked; none was issued here.
        if self._registry and (grant.jti is None or self._registry.revoked(grant.jti)):
            raise TokenRefused("revoked" if grant.jti else "forged")
        return grant

    def issue(self, grant: Grant, static: bool = False, instead_of: str | None = None) -> str:
        """The text of a new token for this grant, which names its jti; a JWT also when it expires.

        A static token needs a registry, which alone knows what it allows. So does `instead_of`, the id of a token that ends
        as this one begins: both happen or neither does, and NoSuchToken is raised when that one counts no more.
        """
        if grant.jti is None or (grant.expires_at is None and not static):
            raise ValueError("A token needs a jti, and a JWT needs expires_at.")
        issued_at = self._clock()
        if self._registry is None:
            if static or instead_of:
                raise ValueError("A static token, or one instead of another, needs a registry.")
            return self._sign(grant, issued_at, b"")
        if static:
            text = STATIC_PREFIX + secrets.token_urlsafe(32)
            self._registry.record(grant, issued_at, _digest(text), instead_of)
            return text
        # Signed once before, so that what cannot be a token is told before it is remembered as one.
        self._sign(grant, issued_at, b"")
        return self._sign(grant, issued_at, self._registry.record(grant, issued_at, None, instead_of))

    def text_of(self, grant: Grant, issued_at: datetime) -> str:
        """The text of a JWT that the registry remembers: nothing keeps it, it is made again, the same until the next rotation."""
        return self._sign(grant, issued_at, self._salt())

    def _sign(self, grant: Grant, issued_at: datetime, salt: bytes) -> str:
        text = self._jws.encode(_compact_json(claims_of(grant, issued_at)), self._key(salt), _ALGORITHM)
        if len(text) > LARGEST_TOKEN:
            raise BadClaims(f"the token would be longer than {LARGEST_TOKEN:,} characters")
        return text

    def _static(self, text: str) -> Grant:
        grant = self._registry.static_grant(_digest(text)) if self._registry else None
        if grant is None:
            raise TokenRefused("forged")
        return grant

    def _jwt(self, text: str) -> Grant:
        if not _COMPACT.fullmatch(text):
            raise TokenRefused("malformed")
        payload = self._payload(text)
        try:
            claims = strict_json(payload)
            if isinstance(claims, dict) and "nbf" in claims and instant_in(claims, "nbf") > self._clock():
                raise TokenRefused("expired", "The token is not valid yet.")
            return grant_of(claims)
        except BadClaims as bad:
            raise TokenRefused("malformed", f"The token cannot be used: {bad}.") from None

    def _payload(self, text: str) -> bytes:
        """What was signed, if this installation signed it."""
        salt = self._salt()
        try:
            return self._open(text, salt)
        except TokenRefused:
            # The key may have been rotated by another process a moment ago, and this token be the first of the new ones.
            newer = self._salt(fresh=True)
            if newer == salt:
                raise
            return self._open(text, newer)

    def _open(self, text: str, salt: bytes) -> bytes:
        try:
            # Header and payload are read from the text alone: keys it names (kid, jku, jwk, x5u) are never looked at.
            opened = self._jws.decode_complete(text, self._key(salt), [_ALGORITHM])
        except PyJWTError as error:
            forged = isinstance(error, InvalidSignatureError | InvalidAlgorithmError)
            raise TokenRefused("forged" if forged else "malformed") from None
        return bytes(opened["payload"])

    def _salt(self, fresh: bool = False) -> bytes:
        return self._registry.signing_salt(fresh) if self._registry else b""

    def _key(self, salt: bytes) -> bytes:
        return hmac.digest(self._secret, b"wrapped: the key that signs tokens\0" + salt, hashlib.sha256)


def _digest(text: str) -> bytes:
    """Of 256 random bits: nobody guesses the text from it, so a slow hash would only cost time."""
    return hashlib.sha256(text.encode()).digest()


def _compact_json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()
