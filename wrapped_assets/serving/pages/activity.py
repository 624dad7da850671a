"""The slides of what a customer asked for: the opening, requests, day by day, the peak day, data read."""

from wrapped_assets.serving.pages import drawings, fitting
from wrapped_assets.serving.pages.markup import Markup, el, join
from wrapped_assets.serving.pages.parts import View, area, art, comparison, figure, heading, sentences, words
from wrapped_assets.serving.telling.moments import Story


def opening(view: View) -> Markup:
    story, moment = view.story, view.moment
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
                _title(story),
                el("p", *map(_line, moment.sentences), class_="said"),
                class_="whose",
            ),
        ),
        art(drawings.skyline(story.document), motion="grow") if any(story.document.days) else None,
    )


def _line(text: str) -> Markup:
    return el("span", f"{text} ", class_=f"line-of fit {fitting.one_line(text)}")


def _title(story: Story) -> Markup:
    width, lines = fitting.broken(story.company, 4)
    shown = (el("span", f"{line} ", class_="line-of") for line in lines)
    spoken = el("span", f"{story.company}, {story.year} wrapped", class_="hidden")
    return el("h1", el("bdi", *shown, class_=f"company fit {width}", aria_hidden="true"), spoken, tabindex=-1)


def requests(view: View) -> Markup:
    story, moment = view.story, view.moment
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        el(
            "div",
            art(drawings.months(story.document), motion="growwiden", class_="columns"),
            _initials("by-month"),
            class_="art captioned",
        ),
    )


def _initials(class_: str) -> Markup:
    return el("p", *(el("span", letter) for letter in "JFMAMJJASOND"), class_=class_, aria_hidden="true")


def calendar(view: View) -> Markup:
    story, moment = view.story, view.moment
    months = _initials("months")
    scale = [el("i", class_=f"level{level}") for level in range(drawings.LEVELS + 1)]
    legend = el("p", "fewer", el("span", *scale, aria_hidden="true"), "more requests", class_="legend")
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(
            months,
            art(drawings.punch_card(story.document), motion="wipe", class_="card"),
            legend,
            class_="art calendar",
        ),
    )


def peak(view: View) -> Markup:
    story, moment = view.story, view.moment
    day, month = moment.pieces
    return join(
        words(
            heading(moment),
            el("p", el("span", day, class_=f"fit {fitting.one_line(day, 1.2)}", data_motion="count"), el("span", f" {month}", class_="month"), class_="figure leaf"),
            el("p", moment.unit, class_="unit", data_motion="rise"),
            sentences(moment),
        ),
        el("div", art(drawings.peak(story.document), motion="growwiden"),
           el("p", el("span", "median active day"), el("span", "peak day"), class_="twice"), class_="art captioned"),
    )  # fmt: skip


def read(view: View) -> Markup:
    story, moment = view.story, view.moment
    answered = story.answered_of_read
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        area(drawings.needle(*answered), "The field: rows processed. In it, to scale: rows answered.")
        if answered
        else None,
    )
