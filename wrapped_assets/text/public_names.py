"""What of a name from outside may be shown: no e-mail address, and no more than can be read.

Every public text passes through here where it is made: names in documents (`summaries.Name`), names in the rows of endpoints, and
companies (the registry's links, the story).
"""

import re

from wrapped_assets.text.clusters import INVISIBLE, clusters

LONGEST = 200
"""Characters of a name that are shown. Whoever lays out or shapes names relies on it."""

# Of more than this nothing can be left over in front.
_LOOKED_AT = 10 * LONGEST

_DELETED = dict.fromkeys(
    (*range(0x9), 0xB, 0xC, *range(0xE, 0x20), *range(0x7F, 0xA0), 0xFEFF, *map(ord, INVISIBLE))
)
"""What is not seen of a name on a page, so that an address may be split by it."""

_AT = re.compile("%(?:25)*40|&#0*64;|&#x0*40;|&commat;|[\uff20\ufe6b]", re.IGNORECASE)
"""What a browser or a mail reader reads as "@"."""

_ATOM = r'[^\s@<>()\[\],:;"]'
_HOST = r"""[^\s@<>()\[\],:;"'’/?#]"""
_AROUND = r"(?:\s|\([^()]*\))*+"
_ADDRESS = re.compile(
    rf'(?<!{_ATOM})(?:"(?:\\.|[^"\\])*"|{_ATOM})++'  # ana, "ana maria"
    rf'(?:(?:"?@+(?:\[[^\]]*\]?|(?!\d+(?!{_HOST})){_HOST}++))+'  # @example.com, @localhost, @[127.0.0.1]
    rf"|{_AROUND}@{_AROUND}(?={_HOST}+\.){_HOST}++)"  # (comment) @ example.com
)
"""Anything on both sides of an "@", but a number alone behind it ("v@2"). With room around the "@" its host needs a dot."""

# Left-to-right and right-to-left marks may stay; what turns the words after it around may not.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def public_name(name: str) -> str:
    """The name with each e-mail address in it replaced, "ana@example.com's data" by "someone's data", and cut to LONGEST."""
    name = name[:_LOOKED_AT]
    plain = _plain(name)
    hidden = _ADDRESS.sub("someone", plain)
    return _cut(name if hidden == plain else hidden)


def public_company(name: str | None) -> str | None:
    """A customer's name on one line, with nothing that turns the words after it around; None where it contains an e-mail address."""
    name = (name or "")[:_LOOKED_AT]
    if _ADDRESS.search(_plain(name)):
        return None
    return _cut(" ".join(name.translate(_TURNING | _CONTROLS).split())) or None


def _plain(name: str) -> str:
    return _AT.sub("@", name.translate(_DELETED))


def _cut(name: str) -> str:
    """At most LONGEST characters, between two that belong together only where one of them alone is longer."""
    if len(name) <= LONGEST:
        return name
    kept = ""
    for cluster in clusters(name):
        if len(kept) + len(cluster) >= LONGEST:
            break
        kept += cluster
    return f"{kept.rstrip() or name[: LONGEST - 1]}…"
