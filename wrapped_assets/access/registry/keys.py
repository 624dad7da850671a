"""The names that links go by: readable in front, random behind, made once and kept."""

import re
import secrets
import unicodedata
from collections.abc import Callable

Draw = Callable[[int], bytes]
"""Random bytes; `secrets.token_bytes` outside of tests."""

SLUG_LENGTH = 40
# For names without a letter that ASCII has.
NAMELESS = "wrapped"

# Crockford's: without i, l, o and u, which are read as something else. 32 of them, 5 bits each.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
)


def url_key(company: str | None, draw: Draw = secrets.token_bytes) -> str:
    """`<slug>-<20 characters>`: 100 random bits behind at most 40 characters of the company's name."""
    return f"{slug(company)}-{random_text(20, draw)}"


def short_key(draw: Draw = secrets.token_bytes) -> str:
    """14 characters, 70 random bits: what `/w/<short>` redirects from."""
    return random_text(14, draw)


def share_key(draw: Draw = secrets.token_bytes) -> str:
    """20 characters, 100 random bits: a link that ends."""
    return random_text(20, draw)


def shared_key(url_key: str, share: str) -> str:
    """The address that a share link leads to: the page's own name, and the share's random characters."""
    return f"{url_key.rpartition('-')[0]}-{share}"


def random_part(url_key: str) -> str:
    """What is secret of an address; for that of a share what its link is called."""
    return url_key.rpartition("-")[2]


def token_name(year: int, subject: str) -> str:
    """What every token of a subject for an edition is called, also others of that name: they share a limit, and end with the link."""
    return f"wrapped-{year}-{subject}"


def random_text(length: int, draw: Draw) -> str:
    """Characters with 5 random bits each."""
    return "".join(_ALPHABET[byte % 32] for byte in draw(length))


def slug(company: str | None) -> str:
    """What ASCII has of a name, in lower case with `-` between words, at most 40 characters; `wrapped` when that is nothing.

    Latin letters lose their accents. Other scripts are not transliterated: a wrong reading of a name is worse than none.
    """
    # Twice: what decomposes may decompose into capitals.
    folded = unicodedata.normalize("NFKD", (company or "").casefold()).casefold()
    folded = folded.translate(_WITHOUT_DECOMPOSITION)
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", letters)
    return _cut("-".join(words)) or NAMELESS


def _cut(text: str) -> str:
    """At most 40 characters, between words where that keeps half of it."""
    if len(text) <= SLUG_LENGTH:
        return text
    whole_words = text[: SLUG_LENGTH + 1].rpartition("-")[0]
    return whole_words if len(whole_words) >= SLUG_LENGTH // 2 else text[:SLUG_LENGTH]
