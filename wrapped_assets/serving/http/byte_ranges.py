"""Parts of an answer by `Range: bytes=...` (RFC 9110, section 14): players of films ask for nothing else."""

import re
from collections.abc import Mapping
from dataclasses import replace

from wrapped_assets.serving.http.messages import Reply

_ONE = re.compile(rb"bytes=(\d*)-(\d*)")


def ranged(reply: Reply, headers: Mapping[bytes, bytes]) -> Reply:
    """The part of a whole answer that a request's Range asks for; all of it where it asks for none, for several, or of another version.

    416 when the part lies behind the end.
    """
    whole = replace(reply, headers=(*reply.headers, (b"accept-ranges", b"bytes")))
    found = _ONE.fullmatch(headers.get(b"range", b"").strip())
    version = headers.get(b"if-range")
    if version and (b"etag", version) not in reply.headers:
        return whole
    if reply.status != 200 or found is None or found[1] == found[2] == b"":
        return whole
    size = len(reply.body)
    first, last = _bounds(found[1], found[2], size)
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return whole
    if first >= size or last < first:
        end = ((b"content-range", f"bytes */{size}".encode()),)
        return replace(whole, status=416, body=b"", headers=(*whole.headers, *end))
    part = ((b"content-range", f"bytes {first}-{last}/{size}".encode()),)
    return replace(whole, status=206, body=reply.body[first : last + 1], headers=(*whole.headers, *part))


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    """The first and last byte, counted from 0; "bytes=-500" is the last 500."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
