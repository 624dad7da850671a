"""Phrases in which several numbers have to agree: what is said of them is true of all of them, ties and zeros included.

Pure functions of integers and the reader's manner of writing; which phrase stands where is the story's business.
"""

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from wrapped_assets.slides.numbers import Locale, count, nearest, times
from wrapped_assets.text.counts import plural

MANY = 10
"""From so many times the year before on, growth is told as a factor: "1,100 % more" is read as eleven times, and is twelve."""


def counted(number: int, noun: str, locale: Locale) -> str:
    """An exact number of something: "1 day", "2,000 days"."""
    return f"{locale.integer(number)} {plural(number, noun)}"


def roughly(number: int, noun: str, locale: Locale) -> str:
    """A number of something to be read at a glance: "1 row", "136 million rows"."""
    return f"{count(number, locale)} {plural(number, noun)}"


def percent(value: float, locale: Locale) -> str:
    """A percentage that the document has in tenths: "48.1 %"."""
    return f"{locale.decimal(nearest(Fraction(str(value)), 1), 1)}\u00a0%"


def beside_the_median(days: Sequence[int], locale: Locale) -> str:
    """The busiest of these days beside the median of those that had anything."""
    active = [*filter(None, days)]
    most, typical = max(active), median(map(Fraction, active))
    if len(active) == 1:
        return "The only active day."
    if most == typical:
        return "As many as on the median active day."
    told = times(most * typical.denominator, typical.numerator, locale)
    return f"{told} times the median active day." if told != "1" else "Just above the median active day."


def busiest(weekday: str | None, hour: int) -> str:
    """When most was asked for; None where no weekday had more than every other."""
    hours = f"{hour:02}:00 to {(hour + 1) % 24:02}:00 UTC"
    if weekday is None:
        return f"{hours} was the busiest hour."
    return f"Over the year, {weekday} was the busiest weekday, and {hours} the busiest hour."


def one_weekday_leads(days: Sequence[int]) -> bool:
    """Whether one weekday had more than every other, over more than one active day."""
    first, second, *_ = sorted((sum(days[start::7]) for start in range(7)), reverse=True)
    return first > second and len([*filter(None, days)]) > 1


def against(span: str, before: int, now: int, locale: Locale) -> tuple[str, str]:
    """How a count compares with that of an equal span before, as a figure and what it says.

    All is lost only where nothing is left.
    """
    if now >= MANY * before:
        return f"{count(nearest(Fraction(now, before)), locale)}\u00d7", f"as many requests as in {span}"
    tenths = nearest(Fraction(100 * abs(now - before), before), 1)
    if not tenths:
        return "0\u00a0%", f"change in requests from {span}"
    if 0 < now < before:
        tenths = min(tenths, 999)
    direction = "more" if now > before else "fewer"
    return f"{locale.decimal(tenths, 1)}\u00a0%", f"{direction} requests than in {span}"
