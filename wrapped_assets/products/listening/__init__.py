"""Listeners of music: what they played, and the catalog of tracks and artists."""

import datetime as dt

from wrapped_assets.product import BucketedProduct, EditionCheck, Window
from wrapped_assets.products.listening import document, families, tables


def window(year: int, days: tuple[tuple[int, int], tuple[int, int]]) -> Window:
    """The days of a year from the first to the last, included."""
    (first, last) = days
    starts = [dt.date(each, *first) for each in (year, year - 1)]
    ends = [dt.date(each, *last) + dt.timedelta(days=1) for each in (year, year - 1)]
    return Window(year, starts[0], ends[0], starts[1], ends[1])


CHECKS = (
    EditionCheck(
        "conserved",
        "documents",
        "Every listener's minutes, plays and streams are the same in every table and in the document.",
    ),
    EditionCheck(
        "complete",
        "documents",
        "Every listener with a play in the window has a document, unless they opted out.",
    ),
    EditionCheck(
        "recounted",
        "documents",
        "Totals, tops and discoveries of 20 listeners are what their plays in raw say, sorted whole.",
    ),
    EditionCheck(
        "claims",
        "documents",
        "Every claim about ranks is true over all listeners of the artist, and made of 1,000 or more.",
    ),
    EditionCheck("foreign_ids", "documents", "No document holds the internal id of a listener."),
    EditionCheck("alias_circles", "catalog", "No alias of a track leads into a circle.", warning=True),
    EditionCheck("unknown_tracks", "pieces", "The catalog knows every track that was played.", warning=True),
)

LISTENING = BucketedProduct(
    "listening",
    families.FAMILIES,
    families.DIMENSIONS,
    family=families.PLAYS,
    people=families.LISTENERS.name,
    catalog=tables.CATALOG,
    shown={"artists": ("name", "genre"), "tracks": ("title",)},
    prepare=("new_tracks", "new_artists"),
    pieces=tables.PIECES,
    steps=tables.STEPS,
    checks=CHECKS,
    model=document.ListenerYear,
    main_numbers=document.main_numbers,
    window=window,
)
