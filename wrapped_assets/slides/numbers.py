"""Numbers as people read them: grouped, in three digits with a unit, in the reader's manner of writing.

All arithmetic is on integers, rounded once, halves up; what is said to be exact is.
"""

from dataclasses import dataclass
from fractions import Fraction

BYTE_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
WORDS = ((6, "million"), (9, "billion"), (12, "trillion"), (15, "quadrillion"))
_NARROW = "\u202f"
_WIDE = "\u00a0"


@dataclass(frozen=True)
class Locale:
    """How a language groups digits; the words stay English."""

    tag: str
    group: str = ","
    point: str = "."
    ungrouped: int = 3
    """Integers of up to this many digits are not grouped."""

    def integer(self, value: int) -> str:
        """1234567 as "1,234,567"."""
        plain = f"{abs(value):,}"
        if len(str(abs(value))) <= self.ungrouped:
            plain = plain.replace(",", "")
        return ("-" if value < 0 else "") + plain.replace(",", self.group)

    def decimal(self, value: int, places: int) -> str:
        """The value of 10**-places units each, without zeros at the end: (2650, 2) is "26.5"."""
        whole, rest = divmod(abs(value), 10**places)
        digits = f"{rest:0{places}}".rstrip("0") if rest else ""
        return ("-" if value < 0 else "") + self.integer(whole) + (self.point + digits if digits else "")


ENGLISH = Locale("en")
LOCALES = {
    locale.tag: locale
    for locale in (
        ENGLISH,
        Locale("de", ".", ","),
        Locale("es", ".", ",", 4),
        Locale("fr", _NARROW, ","),
        Locale("it", ".", ","),
        Locale("ja"),
        Locale("ko"),
        Locale("nl", ".", ","),
        Locale("pl", _WIDE, ",", 4),
        Locale("pt", ".", ","),
        Locale("sv", _WIDE, ","),
        Locale("zh"),
    )
}


def preferred(accept_language: str | None) -> Locale:
    """The first known language of an Accept-Language header, by its weights; English when none is."""
    wanted = []
    for position, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, weight = part.strip().partition(";")
        wanted.append((-_weight(weight), position, tag.split("-")[0].lower()))
    return next((LOCALES[tag] for weight, _, tag in sorted(wanted) if weight and tag in LOCALES), ENGLISH)


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def scaled(value: int, locale: Locale = ENGLISH) -> tuple[str, str]:
    """Bytes in three digits and their unit, decimal: 26493030176 is ("26.5", "GB"); below 1000 exact."""
    if value < 1000:
        return str(value), "byte" if value == 1 else "bytes"
    power = 1
    while power < len(BYTE_UNITS) - 1 and nearest(Fraction(value, 1000**power)) >= 1000:
        power += 1
    return three_digits(Fraction(value, 1000**power), locale), BYTE_UNITS[power]


def size(value: int, locale: Locale = ENGLISH) -> str:
    """Bytes in three digits with their unit: "26.5 GB"."""
    return "\u00a0".join(scaled(value, locale))


def count(value: int, locale: Locale = ENGLISH) -> str:
    """A count to be read at a glance: exact below a million, else three digits and a word: "136 million"."""
    if value < 999_500:
        return locale.integer(value)
    power, word = next(
        ((power, word) for power, word in WORDS if nearest(Fraction(value, 10**power)) < 1000), WORDS[-1]
    )
    return f"{three_digits(Fraction(value, 10**power), locale)}\u00a0{word}"


def nearest(value: Fraction, places: int = 0) -> int:
    """The value in units of 10**-places, rounded once, halves up."""
    scale: int = 10**places
    return (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)


def three_digits(value: Fraction, locale: Locale = ENGLISH) -> str:
    """Rounded to three digits, or to a whole number where it has more: "26.5", "1,234"."""
    places = next((places for places in (2, 1) if nearest(value, places) < 1000), 0)
    return locale.decimal(nearest(value, places), places)


def share(part: int, whole: int, locale: Locale = ENGLISH, places: int = 1) -> str:
    """Part of whole in percent, rounded down, so that only the whole is 100."""
    return f"{locale.decimal(100 * 10**places * part // whole, places)}\u00a0%"


def milliseconds(value: float, locale: Locale = ENGLISH) -> tuple[str, str]:
    """A duration in three digits and its unit, ms below a second, else s: ("10.8", "ms"), ("1.25", "s")."""
    told = Fraction(str(value))
    if nearest(told) < 1000:
        return three_digits(told, locale), "ms"
    return three_digits(told / 1000, locale), "s"


def times(numerator: int, denominator: int, locale: Locale = ENGLISH) -> str:
    """How many times the one holds the other, rounded: one decimal below 10, else whole."""
    ratio = Fraction(numerator, denominator)
    places = 1 if nearest(ratio, 1) < 100 else 0
    return locale.decimal(nearest(ratio, places), places)
