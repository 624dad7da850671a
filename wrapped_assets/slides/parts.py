"""The parts that slides are put together from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.links import Links
from wrapped_assets.slides.markup import NOTHING, Child, Markup, el, join
from wrapped_assets.slides.moments import Moment, Row, Slideshow


@dataclass(frozen=True)
class View:
    """What a slide is made from."""

    show: Slideshow
    moment: Moment
    links: Links


@dataclass(frozen=True)
class Look:
    """A slide beside its words: the ground it stands on, how it enters and leaves, and what makes its body."""

    ground: str
    """A name of the theme."""

    enter: str
    """How it comes, and `leave` how it goes: names in static/motion.js."""

    leave: str
    body: Callable[[View], Markup]


def heading(moment: Moment) -> Markup:
    return el("h2", moment.label, class_="label", tabindex=-1)


def figure(moment: Moment, least: float = 1.8) -> Markup:
    """The figure on a line of its own, as large as fits, and what it counts."""
    counting = "count" if any(map(str.isdigit, moment.figure)) else "rise"
    return join(
        el(
            "p",
            el(
                "span",
                moment.figure,
                class_=f"fit {fitting.one_line(moment.figure, least)}",
                data_motion=counting,
            ),
            class_="figure",
        ),
        el("p", moment.unit, class_="unit", data_motion="rise") if moment.unit else None,
    )


def sentences(moment: Moment) -> Markup:
    return join(*(el("p", sentence, class_="said", data_motion="rise") for sentence in moment.sentences))


def comparison(moment: Moment) -> Markup:
    if moment.comparison is None:
        return NOTHING
    return el(
        "p",
        el("span", "That is "),
        el("strong", moment.comparison, "."),
        class_="compare",
        data_motion="rise",
    )


def words(*children: Child) -> Markup:
    return el("div", *children, class_="words")


def art(*children: Child, motion: str | None = None, class_: str = "art") -> Markup:
    return el("div", *children, class_=class_, data_motion=motion)


def area(shape: Markup, note: str) -> Markup:
    """A drawing of areas and what they stand for."""
    return art(
        el("div", shape, class_="field", data_motion="corners"),
        el("p", note, class_="note"),
        class_="art area",
    )


def named(name: str) -> Markup:
    """A name from outside, which may run in either direction."""
    return el("bdi", name, class_=f"name{fitting.script(name)}")


def bars(rows: Iterable[Row]) -> Markup:
    """A list of names, each with what is told of it and a bar."""
    lines = (
        el(
            "li",
            named(row.name),
            el("span", row.told, class_="told"),
            art(shapes.bar(*row.parts), motion="widen", class_="line"),
        )
        for row in rows
    )
    return el("ol", *lines, class_="art bars")


def initials(class_: str) -> Markup:
    """The first letters of the months."""
    return el("p", *(el("span", letter) for letter in "JFMAMJJASOND"), class_=class_, aria_hidden="true")
