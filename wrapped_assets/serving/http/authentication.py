"""Who is asking: the token of a request, what it allows, and whether it asks too often."""

from starlette.requests import Request

from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.tokens import Authority, Reason, TokenRefused
from wrapped_assets.serving.http.messages import notes, query
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.rate_limits import Limits

REFUSED = "A valid token is needed: as the parameter 'token' or in the header 'Authorization: Bearer'."
"""The answer to every request without one, whatever is wrong with what was sent: nobody learns which part of a guess was right. The log says more."""

_KNOWN_TO_HOLDERS: frozenset[Reason] = frozenset({"expired", "revoked"})
"""Reasons that the holder of a token may know: its signature must have been right."""

_BLANKS = b" \t"
"""What HTTP lets stand around a value; any other character would be a second spelling of the token."""


def token_of(request: Request) -> str | None:
    """The token's text, from the headers and the URL; never from a body, which proxies do not scrub either.

    TokenRefused when several differ: which of them counts is nobody's to guess.
    """
    found = {value for name, value in query(request) if name == "token" and value}
    for name, value in request.headers.raw:
        kind, _, text = value.strip(_BLANKS).partition(b" ")
        if name == b"authorization" and kind.lower() == b"bearer" and text.strip(_BLANKS):
            found.add(text.strip(_BLANKS).decode("latin-1"))
    if len(found) > 1:
        raise TokenRefused("malformed", "There are several tokens.")
    return next(iter(found), None)


class Door:
    """Lets requests in."""

    def __init__(self, authority: Authority, limits: Limits) -> None:
        self._authority = authority
        self._limits = limits

    def admit(self, request: Request) -> Grant:
        """What the request's token allows; 403 without a valid one, 429 when it asks too often."""
        try:
            grant = self._authority.verify(token_of(request))
        except TokenRefused as refused:
            notes(request).refused = refused.reason
            raise Problem(403, str(refused) if refused.reason in _KNOWN_TO_HOLDERS else REFUSED) from None
        notes(request).caller = grant.name
        verdict = self._limits.hit(grant.name, grant.rps)
        if verdict is not None:
            if not verdict.allowed:
                raise Problem(429, "Too many requests with this token", verdict.headers)
            notes(request).headers |= verdict.headers
        return grant

    def close(self) -> None:
        """Let nobody in any more."""
        self._limits.close()


def scope_for(grant: Grant, pipe: str) -> Scope:
    """The scope under which a grant reads a pipe; 403 when there is none."""
    scope = grant.scope_for(pipe)
    if scope is None:
        raise Problem(403, f"The token does not allow reading the pipe '{pipe}'")
    return scope
