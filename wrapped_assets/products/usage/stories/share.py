"""The closing slide: the card to share, and what else there is to keep."""

from wrapped_assets.product import Story
from wrapped_assets.slides.links import PREVIEW, Links
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Slideshow
from wrapped_assets.slides.parts import Look, View, art, heading, words
from wrapped_assets.slides.teller import Teller


def _words(teller: Teller) -> Moment:
    return Moment("share", "Share it", teller.company, f"{teller.document.year} wrapped")


def _slide(view: View) -> Markup:
    show, moment, links = view.show, view.moment, view.links
    card, film = links.card("summary", "1080x1920", "png"), links.under("story.mp4")
    return join(
        words(
            heading(moment),
            el("p", "Your year on one card.", class_="unit"),
            el("p", el("button", "Share", type="button", class_="act", data_act="share", hidden=True),
               _saved("Download the card", card, f"{show.year}-wrapped.png", "act"), class_="acts"),
            el("p", _saved("Download the film", film, f"{show.year}-wrapped.mp4") if links.has_film else None,
               el("a", "All figures as JSON", href=links.under("story.json")),
               el("a", "Where the comparisons come from", href=links.comparisons), class_="links"),
        ),
        art(_preview(show, links), class_="art framed"),
    )  # fmt: skip


def _saved(text: str, path: str, name: str, class_: str | None = None) -> Markup:
    """A link to a file to keep. share.js changes it to the dark one where the page is dark."""
    return el("a", text, class_=class_, href=path, data_dark=Links.dark(path), download=name)


def _preview(show: Slideshow, links: Links) -> Markup:
    shown = links.card("summary", PREVIEW, "jpg")
    return el(
        "picture",
        el("source", media="(prefers-color-scheme: dark)", srcset=links.dark(shown)),
        el("img", class_="preview", src=shown, loading="lazy", width=360, height=640,
           alt=f"The card: {show.company}'s {show.year} in figures", decoding="async"),
    )  # fmt: skip


STORY = Story("share", words=_words, look=Look("night", "lines", "lift", _slide))
