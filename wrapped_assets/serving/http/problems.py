"""What is answered when a request cannot be: `{"error": ..., "documentation": ...}` with the status that says why.

A problem's sentence is public. It names parameters, types and limits; never a value that was sent, a token, an id or a path.
"""

from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb

UNFORESEEN = "Something went wrong here; x-request-id finds it in the log"

STATUSES: Mapping[int, str] = {
    400: "a parameter is missing or has another type, or the request cannot be read",
    403: "the token is missing, malformed, expired, forged, revoked, or not for this",
    404: "there is no such pipe, page or path",
    405: "another method is needed; `Allow` names them",
    408: "the query took longer than it may",
    413: "the body is too large",
    429: "too many requests with this token; `Retry-After` says when to try again",
    500: "something went wrong here; `x-request-id` finds it in the log",
    503: "nothing is published yet, the server is just starting, or a part of it does not answer",
}


class Problem(Exception):
    """A request that is not answered as asked."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, headers or {}


def not_found() -> Problem:
    """One answer for every page that cannot be shown: unknown, revoked, opted out, or not published."""
    return Problem(404, "There is nothing here")


def traced(error: Exception) -> str:
    """What the log says of an error that nobody foresaw: where it was raised, never what it says.

    An engine's message may hold a statement and its values, or a path.
    """
    ours = [frame for frame in extract_tb(error.__traceback__) if "wrapped_assets" in frame.filename]
    place = f"{Path(ours[-1].filename).stem}:{ours[-1].lineno}" if ours else "elsewhere"
    return f"{type(error).__name__} at {place}"
