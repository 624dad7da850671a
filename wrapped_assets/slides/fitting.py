"""How wide text will be, near enough to choose its size on the server: in ems of the condensed display type."""

import unicodedata
from math import ceil

from wrapped_assets.text.clusters import clusters

DISPLAY, TEXT = "Wrapped Display", "Wrapped Text"
"""The two families of type."""

LONGEST_WORD = 11.0
"""A word longer than this is broken rather than set ever smaller."""

_WIDTHS = {
    **dict.fromkeys(" \u00a0\u202f", 0.19),
    **dict.fromkeys(".,:;'’|!ijlI-·()[]", 0.26),
    **dict.fromkeys("ftr", 0.31),
    **dict.fromkeys("MWmw%@", 0.735),
    **dict.fromkeys("+−&", 0.56),
}
_WIDE = (range(0x0B80, 0x0C00), range(0x0D00, 0x0E00), range(0x1000, 0x10A0))
"""Tamil, Malayalam and Sinhala, Burmese."""

_STEPS = range(5, 151)


def ems(text: str) -> float:
    """The text's width on one line. Errs on the wide side."""
    return sum(map(_width, clusters(text)))


def _width(cluster: str) -> float:
    character = cluster[0]
    if ord(character) >= 0x1F000 or "\ufe0f" in cluster:
        return 1.4
    if unicodedata.east_asian_width(character) in "WF":
        return 1.04
    if character in _WIDTHS:
        return _WIDTHS[character]
    if ord(character) < 0x250:
        return 0.54 if character.isupper() else 0.445
    letter = 0.9 if any(ord(character) in block for block in _WIDE) else 0.74
    return letter * sum(unicodedata.category(each) not in ("Mn", "Me", "Cf") for each in cluster)


def script(text: str) -> str:
    """The class of text that needs the reader's own fonts: how high and how wide those are is known there alone."""
    ours = all(ord(each) < 0x180 or 0x2010 <= ord(each) <= 0x2027 for each in text)
    return "" if ours else " system"


def one_line(text: str, least: float = 1.0) -> str:
    """The class that makes this text fill a line: its width in fifths of an em, w5 to w150."""
    return f"w{_fifths(max(ems(text), least))}{script(text)}"


def name(text: str, least: float = 3.0) -> str:
    """The class for a name that may take several lines; its longest word decides, up to a limit."""
    longest = max((ems(word) for word in text.split()), default=0.0)
    return f"w{_fifths(max(min(longest, LONGEST_WORD), ems(text) / 3, least))}{script(text)}"


def broken(text: str, most: int) -> tuple[str, list[str]]:
    """The class and the lines of a name that is painted before its font is known to be there.

    The lines are broken here, as evenly as the words allow, so that nothing moves when the font comes. What does not
    fit into the most lines ends in an ellipsis.
    """
    words = text.split()
    longest = max(map(ems, words), default=0.0)
    width = min(max(longest, ems(text) / 2, 3.0), LONGEST_WORD)
    lines = _lines(words, width)
    while len(lines) > most - 1 and width < LONGEST_WORD:
        width = min(1.15 * width, LONGEST_WORD)
        lines = _lines(words, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1].rstrip() + "…"]
    return f"w{_fifths(max(map(ems, lines), default=1.0))}{script(text)}", lines


def _lines(words: list[str], width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        for piece in _pieces(word, width):
            if lines and ems(f"{lines[-1]} {piece}") <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, width: float) -> list[str]:
    """The word, cut between its clusters where it is wider than a line."""
    pieces = [""]
    for cluster in clusters(word):
        if pieces[-1] and ems(pieces[-1] + cluster) > width:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _fifths(width: float) -> int:
    return min(max(ceil(5 * width), _STEPS[0]), _STEPS[-1])


def css() -> str:
    """What those classes mean: --em is the width of the text in ems of its own size."""
    return "".join(f".w{n}{{--em:{n / 5:g}}}" for n in _STEPS)
