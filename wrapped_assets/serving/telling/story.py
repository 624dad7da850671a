"""The story of a year: which moments a document has, in order, each with its figure and its sentences.

A pure function of the document, the company's name and the reader's way of writing numbers. The page, the cards, the
announcement and story.json all say what stands here, so a number is put into words once. A metric that is missing has no
moment. Nothing here knows about HTML, fonts or colours.
"""

from wrapped_assets.products.usage.document import PublishedSummary
from wrapped_assets.serving.telling import activity, standing
from wrapped_assets.serving.telling.moments import NAMELESS, Moment, Story, through
from wrapped_assets.serving.telling.numbers import ENGLISH, Locale
from wrapped_assets.serving.telling.teller import Teller
from wrapped_assets.text.public_names import public_company


def tell(document: PublishedSummary, company: str | None, locale: Locale = ENGLISH) -> Story:
    """The story of this document. A company without a name that may be shown is told as NAMELESS."""
    teller = Teller(document, public_company(company) or NAMELESS, locale)
    moments = tuple(moment for told in _ORDER if (moment := told(teller)))
    return Story(teller.company, document.year, through(document.through), document, moments, locale)


def _closing(teller: Teller) -> Moment:
    return Moment("share", "Share it", teller.company, f"{teller.document.year} wrapped")


_ORDER = (
    activity.opening,
    activity.requests,
    activity.calendar,
    activity.peak,
    activity.read,
    standing.service,
    standing.storage,
    standing.ingestion,
    standing.workspaces,
    standing.pipes,
    standing.rank,
    standing.growth,
    _closing,
)
