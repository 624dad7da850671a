"""The two pages beside the slideshow: where the comparisons come from, and what any address answers that is no page."""

from wrapped_assets.serving.pages.page import Page, document
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.slides.comparisons import THINGS, once
from wrapped_assets.slides.markup import el, join


def comparisons(theme: Theme) -> Page:
    """Every comparison a page can make, with its value and source."""
    lines = [
        el("li", el("strong", once(thing)), " ", el("span", f"{thing.value:,} {_counted(thing.units)}. {thing.source}"))
        for thing in sorted(THINGS, key=lambda thing: (thing.units, thing.value))
    ]  # fmt: skip
    body = el(
        "main",
        el("h1", "Where the comparisons come from", class_="plain"),
        el("p", "A number is set beside one thing: one that it holds 1 to 1,000 times, or none. The ratio is rounded once, to one decimal below 10 and to a whole number from there.", class_="said"),
        el("ul", *lines, class_="sources"),
        class_="text",
    )  # fmt: skip
    return document("Where the comparisons come from", join(), body, theme, ground="paper")


def not_found(theme: Theme) -> Page:
    """The same bytes whatever was asked for: unknown, withdrawn and not yet published look alike."""
    body = el(
        "main",
        el("h1", "Nothing here", class_="plain nothing"),
        el("p", "This link leads to no page. It may have been withdrawn. Whoever sent it can send a new one.", class_="said"),
        class_="text",
    )  # fmt: skip
    return document("Nothing here", join(), body, theme, ground="night")


def _counted(units: tuple[str, ...]) -> str:
    return "bytes" if units == ("bytes",) else " or ".join(units)
