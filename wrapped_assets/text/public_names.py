"""What of a name from outside may be shown: none in which an e-mail address stands, and no more than can be read.

Every public text passes through here where it is made: names in documents (`summaries.Name`), names in the rows of endpoints, and
companies (the registry's links, the story).
"""

import html
import re
import unicodedata
from urllib.parse import unquote

from wrapped_assets.text.clusters import INVISIBLE, clusters

LONGEST = 200
"""Characters of a name that are shown. Whoever lays out or shapes names relies on it."""

HIDDEN = "someone"
"""What is shown for a name in which an e-mail address stands."""

# Of more than this nothing can be left over in front.
_LOOKED_AT = 10 * LONGEST

_SIGNS = dict.fromkeys(map(ord, "\uff20\ufe6b\U000e0040"), "@")
_MAY_SPELL_A_SIGN = re.compile("[@\uff20\ufe6b\U000e0040%&=\\\\]")

_BYTE = re.compile(r"(?:=|\\x)([0-9a-f]{2})", re.IGNORECASE)
_CODE = re.compile(r"(?:%u|\\u)([0-9a-f]{4})|\\u\{0*([0-9a-f]{1,5})\}", re.IGNORECASE)

# Room is what a keyboard makes: a name with another space beside its sign looks like one word.
_ADDRESS = re.compile(
    r"""(?<![^ \t-\r])["'“‘«(\[{<@]*+[^ \t-\r@][^ \t-\r]*?@[^ \t-\r]"""  # ana@localhost, (ana)@[1]; not "@handle"
    r"|[^ \t-\r@][ \t-\r]*@.*?[^ \t-\r.][.。．｡][^ \t-\r.]",  # ana @ (home) example.com
    re.DOTALL,
)

# Left-to-right and right-to-left marks may stay; what turns the words after it around may not.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def public_name(name: str) -> str:
    """The name cut to LONGEST; HIDDEN where an e-mail address stands in it."""
    name = name[:_LOOKED_AT]
    return HIDDEN if _has_address(name) else _cut(name)


def public_company(name: str | None) -> str | None:
    """A customer's name on one line, with nothing that turns the words after it around; None where it contains an e-mail address."""
    name = (name or "")[:_LOOKED_AT]
    if _has_address(name):
        return None
    return _cut(" ".join(name.translate(_TURNING | _CONTROLS).split())) or None


def _has_address(name: str) -> bool:
    """Whether an at sign, however it is spelled, stands between two characters, or has room beside it and a dotted name behind."""
    if not _MAY_SPELL_A_SIGN.search(name):
        return False
    before = None
    while before != name:
        before, name = name, _decoded(name)
    return _ADDRESS.search(name) is not None


def _decoded(name: str) -> str:
    """Without one layer of what programs write instead of characters, and without what is not seen."""
    name = "".join(filter(_is_seen, name.translate(_SIGNS)))
    name = _CODE.sub(lambda found: chr(int(found[1] or found[2], 16)), name)
    return html.unescape(unquote(_BYTE.sub(r"%\1", name)))


def _is_seen(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cf") and not "\t" <= character <= "\r"
    return not is_control and character not in INVISIBLE


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
