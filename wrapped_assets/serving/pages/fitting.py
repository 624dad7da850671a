"""How wide text will be, near enough to choose its size on the server: in ems of the condensed display type."""

import unicodedata

LONGEST_WORD = 11.0
"""A word longer than this is broken rather than set ever smaller."""

_NARROW = frozenset("1.,:;'’|!ijlItfr ()[]-\u00a0\u202f")
_HALVES = 60


def ems(text: str) -> float:
    """The text's width on one line. Errs on the wide side."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.04
    if ord(character) < 0x250 or 0x2010 <= ord(character) < 0x2070 or character == "−":
        return 0.29 if character in _NARROW else 0.62 if character in "MWmw%@" else 0.47
    return 0.74


def one_line(text: str, least: float = 1.0) -> str:
    """The class that makes this text fill a line: its width in half ems, w1 to w60."""
    return f"w{_halves(max(ems(text), least))}"


def name(text: str, least: float = 3.0) -> str:
    """The class for a name that may take up to three lines; its longest word decides, up to a limit."""
    longest = max((ems(word) for word in text.split()), default=0.0)
    return f"w{_halves(max(min(longest, LONGEST_WORD), ems(text) / 2.6, least))}"


def _halves(width: float) -> int:
    return min(int(2 * width) + 1, _HALVES)


def css() -> str:
    """What those classes mean: --em is the width of the text in ems of its own size."""
    return "".join(f".w{n}{{--em:{n / 2:g}}}" for n in range(2, _HALVES + 1))
