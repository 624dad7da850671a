"""Text cut into what is drawn together, so that no name is ever split inside a letter or an emoji."""

import unicodedata
from collections.abc import Iterator

INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad"
)
"""Nothing is drawn for these: joiners, variation selectors, marks of direction."""

_DROPPED = dict.fromkeys(
    map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00ad\u200b\u2060")
)


def clusters(text: str) -> Iterator[str]:
    """The text's clusters: a character with its marks, selectors and what is joined to it.

    Marks of direction are dropped and control characters become spaces: neither may rearrange the text around a name.
    """
    cluster = ""
    for character in unicodedata.normalize("NFC", text).translate(_DROPPED):
        if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co"):
            character = " "
        if cluster and (_extends(character) or _joins(cluster[-1]) or _half_flag(cluster, character)):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def _extends(character: str) -> bool:
    """Whether the character belongs to the one before: a mark, something invisible, the tone of a skin."""
    mark = unicodedata.category(character) in ("Mn", "Mc", "Me")
    return mark or character in INVISIBLE or 0x1F3FB <= ord(character) <= 0x1F3FF


def _joins(character: str) -> bool:
    """Whether the character that follows belongs to it: a joiner, a virama, which makes one letter of two."""
    return character == "\u200d" or unicodedata.combining(character) == 9


def _half_flag(cluster: str, character: str) -> bool:
    return len(cluster) == 1 and all(0x1F1E6 <= ord(c) <= 0x1F1FF for c in cluster + character)
