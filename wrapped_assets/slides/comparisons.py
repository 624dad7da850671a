"""Things everybody can picture, to say how much a large number is: "31 requests for every person in Iceland".

Every value is rounded as its source gives it, with the year it was true; nothing here is guessed. A source is a publisher,
a title and a year, or a definition. A number is compared with one thing, chosen the same way each time. The page of sources is made from this table alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wrapped_assets.slides.numbers import ENGLISH, Locale, nearest, times

Unit = Literal["requests", "rows", "bytes"]

MOST = 1000
"""The largest ratio that says something to a reader; "0.4 for every person" says nothing either."""

OVER = ", {ratio} times over"
"""How a phrase may end; where it is once, that is not said."""


@dataclass(frozen=True)
class Thing:
    """One line of the table. `phrase` holds {ratio}, {unit} for what is counted, and {s} where more than one needs an s."""

    key: str
    units: tuple[Unit, ...]
    value: int
    phrase: str
    source: str
    priority: int = 2
    """1 is picked before 2, whatever the ratio, as long as it is readable."""


@dataclass(frozen=True)
class Comparison:
    """A number beside a thing, as a sentence without its full stop."""

    thing: Thing
    text: str


PEOPLE: tuple[Unit, ...] = ("requests", "rows")
BYTES: tuple[Unit, ...] = ("bytes",)


def _people(key: str, country: str, value: int, source: str, priority: int = 1) -> Thing:
    return Thing(key, PEOPLE, value, f"{{ratio}} {{unit}} for every person in {country}", source, priority)


# Ordered as they were added; the order means nothing.
THINGS: tuple[Thing, ...] = (
    Thing("eiffel", PEOPLE, 1_665, "one for each step of the Eiffel Tower, {ratio} times over", "Société d'Exploitation de la Tour Eiffel, “Key figures”, 2024: 1,665 steps from the forecourt to the top."),
    _people("monaco", "Monaco", 38_000, "IMSEE, “Observatoire de la démographie”, 2024: about 38,000 residents at the end of 2023."),
    Thing("marathon", PEOPLE, 42_195, "one for each metre of {ratio} marathon{s}", "By definition: 42.195 km (World Athletics)."),
    Thing("day", ("requests",), 86_400, "one for every second of {ratio} day{s}", "By definition: 24 hours of 3,600 seconds."),
    Thing("heartbeats", PEOPLE, 100_800, "as many as a heart beats in {ratio} day{s}", "By definition: a heart at 70 beats a minute, 1,440 minutes a day."),
    Thing("nine-books", PEOPLE, 362_880, "one for each way to line up nine books, {ratio} times over", "By definition: 9 × 8 × 7 × 6 × 5 × 4 × 3 × 2 × 1 orders."),
    _people("iceland", "Iceland", 390_000, "United Nations, “World Population Prospects 2024”, 2024: about 390,000 people in 2024."),
    Thing("minutes", ("requests",), 525_600, "{ratio} {unit} for every minute of a year", "By definition: 365 days of 1,440 minutes.", 2),
    _people("malta", "Malta", 563_000, "National Statistics Office, “World Population Day: 11 July 2024”, 2024: about 563,000 residents at the end of 2023."),
    Thing("sheet", ("rows",), 1_048_576, "{ratio} full Excel sheet{s}", "Microsoft, “Excel specifications and limits”, 2024: 1,048,576 rows in a worksheet."),
    Thing("poker", PEOPLE, 2_598_960, "one for each hand that can be dealt in poker, {ratio} times over", "By definition: 5 cards of 52 in any order."),
    _people("new-zealand", "New Zealand", 5_300_000, "Stats NZ, “National population estimates: At 30 June 2024”, 2024: about 5.3 million residents."),
    Thing("bricks", PEOPLE, 10_000_000, "one for each brick of the Empire State Building, {ratio} times over", "Empire State Building, “Facts & Figures”, 2024: 10 million bricks."),
    _people("portugal", "Portugal", 10_600_000, "Statistics Portugal, “Resident population estimates in Portugal 2023”, 2024: about 10.6 million residents at the end of 2023."),
    Thing("seconds", PEOPLE, 31_536_000, "{ratio} {unit} for every second of a year", "By definition: 365 days of 86,400 seconds.", 2),
    Thing("equator", ("rows",), 40_075_017, "at a metre each, {ratio} time{s} around the equator", "National Geospatial-Intelligence Agency, “World Geodetic System 1984”, 2014: an equatorial radius of 6,378,137 m, which is 40,075,017 m around."),
    _people("canada", "Canada", 41_000_000, "Statistics Canada, “Canada's population estimates, first quarter 2024”, 2024: about 41 million residents on 1 April 2024."),
    _people("japan", "Japan", 124_000_000, "Statistics Bureau of Japan, “Current Population Estimates as of October 1, 2024”, 2025: about 124 million residents."),
    _people("united-states", "the United States", 340_000_000, "U.S. Census Bureau, “Vintage 2024 Population Estimates”, 2024: about 340 million residents on 1 July 2024."),
    Thing("moon", ("rows",), 384_400_000, "at a metre each, {ratio} trip{s} to the Moon", "NASA, “Moon Facts”, 2024: 384,400 km away on average."),
    Thing("gaia", ("rows",), 1_810_000_000, "one for each entry of Gaia's catalogue of the sky, {ratio} times over", "European Space Agency, “Gaia Data Release 3”, 2022: 1.81 billion sources, nearly all of them stars."),
    _people("earth", "the world", 8_200_000_000, "United Nations, “World Population Prospects 2024”, 2024: about 8.2 billion people."),
    Thing("neurons", ("rows",), 86_000_000_000, "one for each neuron of {ratio} human brain{s}", "Azevedo et al., “Equal numbers of neuronal and nonneuronal cells make the human brain an isometrically scaled-up primate brain”, 2009: about 86 billion neurons."),
    Thing("apollo", BYTES, 73_728, "the program memory of Apollo's guidance computer, {ratio} times over", "MIT Instrumentation Laboratory, “MIT's Role in Project Apollo, volume III: Computer Subsystem”, 1972: 36,864 words of 16 bits, parity included.", 3),
    Thing("floppy", BYTES, 1_474_560, "{ratio} floppy disk{s}", "By definition: a 3.5-inch high-density disk of 2,880 sectors of 512 bytes."),
    Thing("music", BYTES, 635_040_000, "{ratio} hour{s} of music in CD quality", "IEC 60908, “Compact disc digital audio system”, 1999: 44,100 samples a second, two channels of 16 bits.", 1),
    Thing("genome", BYTES, 764_000_000, "{ratio} human genome{s} at two bits a base", "Nurk et al., “The complete sequence of a human genome”, 2022: 3.055 billion base pairs.", 1),
    Thing("dvd", BYTES, 4_700_000_000, "{ratio} DVD{s}", "ECMA-267, “120 mm DVD: Read-Only Disk”, 2001: 4.7 GB on one side in one layer."),
    Thing("film", BYTES, 7_000_000_000, "{ratio} hour{s} of film streamed in 4K", "Netflix, “How to control how much data Netflix uses”, 2024: up to 7 GB an hour in 4K.", 1),
    Thing("music-year", BYTES, 5_562_950_400_000, "{ratio} year{s} of music in CD quality", "IEC 60908, “Compact disc digital audio system”, 1999: 635,040,000 bytes an hour; 365 days of 24 hours."),
    Thing("film-day", BYTES, 168_000_000_000, "{ratio} day{s} of film streamed in 4K", "Netflix, “How to control how much data Netflix uses”, 2024: up to 7 GB an hour in 4K; 24 hours a day.", 1),
    Thing("blu-ray", BYTES, 25_000_000_000, "{ratio} Blu-ray disc{s}", "Blu-ray Disc Association, “Blu-ray Disc Format: General”, 2010: 25 GB in one layer."),
    Thing("light-day", BYTES, 25_902_068_371_200, "a byte for every metre of {ratio} light day{s}", "By definition: 299,792,458 m a second for 86,400 seconds."),
    Thing("light-year", BYTES, 9_460_730_472_580_800, "a byte for every metre of {ratio} light year{s}", "By definition: 299,792,458 m a second for 365.25 days (International Astronomical Union).", 1),
    Thing("cern", BYTES, 1_000_000_000_000_000_000, "CERN's disks of 2023, {ratio} times over", "CERN, “An exabyte of disk storage at CERN”, 2023: one exabyte."),
)  # fmt: skip


def compare(
    value: int,
    unit: Unit,
    avoid: Iterable[str] = (),
    locale: Locale = ENGLISH,
    things: Iterable[Thing] = THINGS,
) -> Comparison | None:
    """What to set this number beside, leaving out the things named by `avoid`; None when it holds none of them 1 to MOST times.

    The lowest priority wins; then the ratio nearest to 31, the middle of that range on a scale of factors; then the key.
    """
    taken = frozenset(avoid)
    candidates = [
        thing
        for thing in things
        if unit in thing.units and thing.key not in taken and _is_readable(Fraction(value, thing.value))
    ]
    best = min(candidates, key=lambda thing: _rank(value, thing), default=None)
    return Comparison(best, _sentence(value, unit, best, locale)) if best else None


def _is_readable(ratio: Fraction) -> bool:
    """As it is told: what rounds to 1.0 or to MOST is readable."""
    return nearest(ratio, 1) >= 10 and nearest(ratio) <= MOST


def _rank(value: int, thing: Thing) -> tuple[int, Fraction, str]:
    ratio = Fraction(value, thing.value)
    return thing.priority, max(ratio / 31, 31 / ratio), thing.key


def once(thing: Thing) -> str:
    """What is told of a number that is as large as the thing."""
    return _sentence(thing.value, thing.units[0], thing, ENGLISH)


def _sentence(value: int, unit: Unit, thing: Thing, locale: Locale) -> str:
    ratio = times(value, thing.value, locale)
    one = ratio == "1"
    phrase = thing.phrase.removesuffix(OVER) if one else thing.phrase
    return phrase.format(ratio=ratio, unit=unit.removesuffix("s") if one else unit, s="" if one else "s")
