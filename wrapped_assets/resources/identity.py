"""The public identity of a customer. What a link, a page and a document carry instead of any internal id."""

import hashlib
import hmac
import uuid

# RFC 9562, version 8: "the other 122 bits mean what the maker says". Version 4 would claim they are random.
_VERSION, _VERSION_MASK = 8 << 76, 0xF << 76
_VARIANT, _VARIANT_MASK = 0b10 << 62, 0b11 << 62


def wrapped_id(secret: bytes, customer_id: str) -> str:
    """The customer's wrapped_id: a lower-case version 8 UUID, from HMAC-SHA256(secret, customer_id).

    It is computed, not assigned, so it is the same over every rebuild, engine and region and there is no
    table to lose. A plain hash would not do: customer ids can be guessed or listed, and hashing the list
    would name them all; without the secret nobody can. Another secret gives every customer another id and
    breaks every link.
    """
    first_half = hmac.digest(secret, customer_id.encode(), hashlib.sha256)[:16]
    bits = int.from_bytes(first_half, "big")
    bits = bits & ~_VERSION_MASK | _VERSION
    bits = bits & ~_VARIANT_MASK | _VARIANT
    return str(uuid.UUID(int=bits))
