"""What a slideshow consists of: moments with their figures, sentences and rows; and how dates are told."""

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wrapped_assets.slides.numbers import ENGLISH, Locale

if TYPE_CHECKING:
    from wrapped_assets.product import CustomerProduct

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip


NAMELESS = "Your team"
"""What a customer without a name is called."""


@dataclass(frozen=True)
class Row:
    """A line of a list: a name from outside or a label, what is told of it, and its parts of a whole (0 to 1) to draw."""

    name: str
    told: str
    parts: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    """Each of the parts in words, where they are told apart."""


@dataclass(frozen=True)
class Moment:
    """One story of one document: a slide, and a card."""

    name: str
    """In addresses and file names: "requests"."""

    label: str
    """The heading: "Requests"."""

    figure: str
    """What stands largest: "1,234,567"."""

    unit: str = ""
    """What the figure counts, read on from it: "API requests"."""

    sentences: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    comparison: str | None = None
    """Reads on from "That is"."""

    pieces: tuple[str, ...] = ()
    """The figure in pieces, where they need not be as large as each other: "17" and "February"."""

    exact: int | None = None
    """The document's own integer, where the figure is that integer."""

    @property
    def line(self) -> str:
        """The figure and what it counts, on one line: "12 API requests", "27 November, 602 requests"."""
        return f"{self.figure}{',' if self.pieces else ''} {self.unit}".strip()

    @property
    def alt(self) -> str:
        """The moment as running text, for people who cannot see it."""
        rows = "; ".join(f"{row.name}: {row.told}" for row in self.rows)
        said = [f"{self.label}: {self.line}", *self.sentences, rows]
        if self.comparison:
            said.append(f"That is {self.comparison}")
        return " ".join(f"{part.rstrip('.')}." for part in said if part)


@dataclass(frozen=True)
class Slideshow:
    """A subject's year, ready to be shown."""

    company: str
    year: int
    through: str
    """The last instant covered, in words, UTC."""

    document: Any = field(repr=False)
    """The product's document, which its stories draw from."""

    product: "CustomerProduct" = field(repr=False, kw_only=True)
    moments: tuple[Moment, ...] = ()
    locale: Locale = ENGLISH

    def moment(self, name: str) -> Moment | None:
        """The moment of this name; None when the document has nothing for it."""
        return next((moment for moment in self.moments if moment.name == name), None)


def through(moment: dt.datetime) -> str:
    """An instant to the minute: "31 December 2025, 23:59 UTC"."""
    return f"{day_and_month(moment)} {moment.year}, {moment:%H:%M} UTC"


def through_briefly(moment: dt.datetime) -> str:
    """The same where there is little room: "31 Dec 2025, 23:59 UTC"."""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}, {moment:%H:%M} UTC"


def day_and_month(day: dt.date) -> str:
    """A date without its year: "17 February"."""
    return " ".join(day_then_month(day))


def day_then_month(day: dt.date) -> tuple[str, str]:
    """The same in its two words."""
    return str(day.day), MONTHS[day.month - 1]
