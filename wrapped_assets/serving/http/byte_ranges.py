"""Parts of an answer by `Range: bytes=...` (RFC 9110, section 14): players of films ask for nothing else."""

import re
from collections.abc import Mapping

from starlette.responses import Response

from wrapped_assets.serving.http.messages import with_body

_ONE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def ranged(whole: Response, headers: Mapping[str, str]) -> Response:
    """The part of a whole answer that a request's Range asks for; all of it where it asks for none, for several, or of another version.

    416 when the part lies behind the end.
    """
    body = bytes(whole.body)
    found = _ONE.fullmatch(headers.get("range", "").strip())
    version = headers.get("if-range") or whole.headers.get("etag")
    if found is None or found[1] == found[2] == "" or version != whole.headers.get("etag"):
        return _part(whole, 200, body)
    first, last = _bounds(found[1], found[2], len(body))
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return _part(whole, 200, body)
    if first >= len(body) or last < first:
        return _part(whole, 416, b"", f"bytes */{len(body)}")
    return _part(whole, 206, body[first : last + 1], f"bytes {first}-{last}/{len(body)}")


def _part(whole: Response, status: int, body: bytes, place: str | None = None) -> Response:
    """What is sent of the whole, and where it lies in it."""
    range_header = {"content-range": place} if place else {}
    return with_body(whole, body, status, {"accept-ranges": "bytes", **range_header})


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and last byte, counted from 0; "bytes=-500" is the last 500."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
