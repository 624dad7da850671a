"""The opening: whose year it is, which, and how far it reaches."""

from wrapped_assets.product import Story
from wrapped_assets.products.usage.stories.calendar import skyline
from wrapped_assets.slides import fitting
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Moment, Slideshow, through
from wrapped_assets.slides.parts import Look, View, art, words
from wrapped_assets.slides.teller import Teller


def _words(teller: Teller) -> Moment:
    document = teller.document
    return Moment(
        "opening", f"{teller.company}, wrapped", str(document.year), "wrapped",
        ("Everything counted once.", f"From 1 January through {through(document.through)}."),
    )  # fmt: skip


def _slide(view: View) -> Markup:
    show, moment = view.show, view.moment
    drawn = skyline(show.document)
    return join(
        words(
            el(
                "p",
                el("span", moment.figure, class_=f"year fit {fitting.one_line(moment.figure)}"),
                class_="figure",
                aria_hidden="true",
            ),
            el(
                "div",
                _title(show),
                el("p", *map(_line, moment.sentences), class_="said"),
                class_="whose",
            ),
        ),
        art(drawn, motion="grow") if drawn else None,
    )


def _line(text: str) -> Markup:
    return el("span", f"{text} ", class_=f"line-of fit {fitting.one_line(text)}")


def _title(show: Slideshow) -> Markup:
    width, lines = fitting.broken(show.company, 4)
    shown = (el("span", f"{line} ", class_="line-of") for line in lines)
    spoken = el("span", f"{show.company}, {show.year} wrapped", class_="hidden")
    return el("h1", el("bdi", *shown, class_=f"company fit {width}", aria_hidden="true"), spoken, tabindex=-1)


STORY = Story("opening", words=_words, look=Look("flame", "corners", "bars", _slide))
