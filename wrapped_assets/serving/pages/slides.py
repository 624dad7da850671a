"""Each moment as a slide: its words, its drawing, the ground it stands on, and how it enters and leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from wrapped_assets.serving import drawings
from wrapped_assets.serving.markup import NOTHING, Child, Markup, el, join
from wrapped_assets.serving.pages import fitting
from wrapped_assets.serving.pages.links import Links
from wrapped_assets.serving.story import Moment, Row, Story


@dataclass(frozen=True)
class View:
    """What a slide is made from."""

    story: Story
    moment: Moment
    links: Links


@dataclass(frozen=True)
class Look:
    """What a slide has beside its words. `enter` and `leave` are names in static/motion.js."""

    ground: str
    enter: str
    leave: str
    body: Callable[[View], Markup]


def slide(view: View, position: int) -> Markup:
    """The slide of this moment; `position` counts from 1."""
    story, moment = view.story, view.moment
    look = LOOKS[moment.name]
    return el(
        "section",
        look.body(view),
        class_="slide",
        id=moment.name,
        data_ground=look.ground,
        data_enter=look.enter,
        data_leave=look.leave,
        aria_roledescription="slide",
        aria_label=f"{position} of {len(story.moments)}: {moment.label}",
    )


# The parts that slides are put together from.


def heading(moment: Moment) -> Markup:
    return el("h2", moment.label, class_="label", tabindex=-1)


def figure(moment: Moment, least: float = 1.8) -> Markup:
    """The figure on a line of its own, as large as fits, and what it counts."""
    counting = "count" if any(map(str.isdigit, moment.figure)) else "rise"
    return join(
        el(
            "p",
            el("span", moment.figure, class_=f"fit {fitting.one_line(moment.figure, least)}", data_motion=counting),
            class_="figure",
        ),
        el("p", moment.unit, class_="unit", data_motion="rise") if moment.unit else None,
    )


def sentences(moment: Moment) -> Markup:
    return join(*(el("p", sentence, class_="said", data_motion="rise") for sentence in moment.sentences))


def comparison(moment: Moment) -> Markup:
    if moment.comparison is None:
        return NOTHING
    return el("p", el("span", "That is "), el("strong", moment.comparison, "."), class_="compare", data_motion="rise")


def words(*children: Child) -> Markup:
    return el("div", *children, class_="words")


def art(*children: Child, motion: str | None = None, class_: str = "art") -> Markup:
    return el("div", *children, class_=class_, data_motion=motion)


def area(shape: Markup, note: str) -> Markup:
    """A drawing of areas and what they stand for."""
    return art(el("div", shape, class_="field", data_motion="corners"), el("p", note, class_="note"), class_="art area")


def named(name: str) -> Markup:
    """A name from outside, which may run in either direction."""
    return el("bdi", name, class_="name")


# The slides, in the order of the story.


def _opening(view: View) -> Markup:
    story, moment = view.story, view.moment
    return join(
        words(
            el("p", el("span", moment.figure, class_=f"year fit {fitting.one_line(moment.figure)}"), class_="figure", aria_hidden="true"),
            el(
                "div",
                _title(story),
                el("p", *(_line(part) for part in moment.sentences[0].split("; ")), class_="said"),
                class_="whose",
            ),
        ),
        art(drawings.skyline(story.document), motion="grow"),
    )


def _line(text: str) -> Markup:
    return el("span", f"{text} ", class_=f"line-of fit {fitting.one_line(text)}")


def _title(story: Story) -> Markup:
    width, lines = fitting.broken(story.company, 4)
    shown = (el("span", f"{line} ", class_="line-of") for line in lines)
    spoken = el("span", f"{story.company}, {story.year} wrapped", class_="hidden")
    return el("h1", el("bdi", *shown, class_=f"company fit {width}", aria_hidden="true"), spoken, tabindex=-1)


def _requests(view: View) -> Markup:
    story, moment = view.story, view.moment
    group = story.locale.group
    groups = moment.figure.split(group)
    rows = [
        el("span", part + (group if i + 1 < len(groups) else ""), class_="row", data_motion="count")
        for i, part in enumerate(groups)
    ]
    return join(
        words(heading(moment), el("p", moment.unit, class_="unit"), sentences(moment), comparison(moment)),
        el(
            "div",
            el("p", *rows, class_=f"stack fit rows{min(len(groups), 12)} {fitting.one_line('0' * len(groups[0]) if len(groups) == 1 else '000,')}"),
            class_="art thousands",
        ),
    )


def _calendar(view: View) -> Markup:
    story, moment = view.story, view.moment
    months = el("div", *(el("span", letter) for letter in "JFMAMJJASOND"), class_="months", aria_hidden="true")
    scale = [el("i", class_=f"level{level}") for level in range(drawings.LEVELS + 1)]
    legend = el("p", "fewer", el("span", *scale, aria_hidden="true"), "more requests", class_="legend")
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(months, art(drawings.punch_card(story.document), motion="wipe", class_="card"), legend, class_="art calendar"),
    )


def _peak(view: View) -> Markup:
    story, moment = view.story, view.moment
    day, month = moment.figure.split(" ")
    times, rhythm = moment.sentences
    return join(
        words(
            heading(moment),
            el("p", el("span", day, class_=f"fit {fitting.one_line(day, 1.2)}", data_motion="count"), el("span", f" {month}", class_="month"), class_="figure leaf"),
            el("p", moment.unit, class_="unit", data_motion="rise"),
            el("p", times, class_="said", data_motion="rise"),
            el("p", rhythm, class_="said", data_motion="rise"),
        ),
        el("div", art(drawings.pair(*_median_and_peak(story)), motion="growwiden"),
           el("p", el("span", "median active day"), el("span", "peak day"), class_="twice"), class_="art captioned"),
    )  # fmt: skip


def _median_and_peak(story: Story) -> tuple[float, float]:
    active = sorted(filter(None, story.document.days))
    return (active[(len(active) - 1) // 2] + active[len(active) // 2]) / 2, max(active)


def _read(view: View) -> Markup:
    story, moment = view.story, view.moment
    told = story.document.requests
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        area(drawings.needle(told.result_rows, told.rows_read), "The field: rows processed. In it, to scale: rows answered.")
        if told.rows_read
        else None,
    )


def _service(view: View) -> Markup:
    moment = view.moment
    lines = [
        el("li", el("span", row.name), el("strong", row.told), art(drawings.bar(*row.parts), motion="spin", class_="line"))
        for row in moment.rows
    ]
    return join(words(heading(moment), figure(moment), sentences(moment)), el("ul", *lines, class_="art lines"))


def _storage(view: View) -> Markup:
    moment = view.moment
    largest = next(iter(moment.rows), None)
    label = (
        el("div", el("p", "Largest data source", class_="told"), named(largest.name), el("p", largest.told, class_="told"), class_="said largest", data_motion="rise")
        if largest else None
    )  # fmt: skip
    return join(
        words(heading(moment), figure(moment), sentences(moment), label, comparison(moment)),
        area(drawings.corner(*largest.parts), "The field: all bytes kept. In its corner: the largest data source.") if largest else None,
    )


def _ingestion(view: View) -> Markup:
    moment = view.moment
    bars = [
        el("li", named(row.name), el("span", row.told, class_="told"), art(drawings.bar(*row.parts), motion="widen", class_="line"))
        for row in moment.rows
    ]
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        el("ol", *bars, class_="art bars") if bars else None,
    )


def _workspaces(view: View) -> Markup:
    moment = view.moment
    most = max(part for row in moment.rows for part in row.parts) or 1
    sides = el("li", el("span", "read"), el("span", "written"), class_="sides", aria_hidden="true")
    return join(
        words(
            heading(moment),
            el("p", el("bdi", moment.figure, class_=f"fit {fitting.name(moment.figure, 4)}"), class_="figure titled", data_motion="rise"),
            el("p", moment.unit, class_="unit", data_motion="rise"),
            sentences(moment),
        ),
        el("ol", sides, *(_workspace(row, most) for row in moment.rows), class_="art mirrors"),
    )  # fmt: skip


def _workspace(row: Row, most: float) -> Markup:
    read, written = row.parts
    left, right = (told.removesuffix(" read").removesuffix(" written") for told in row.told.split(", "))
    return el(
        "li", named(row.name), el("span", f": {row.told}", class_="hidden"),
        el("span", left, class_="part", aria_hidden="true"),
        art(drawings.mirror(read / most, written / most), motion="spin", class_="line"),
        el("span", right, class_="part right", aria_hidden="true"),
    )  # fmt: skip


def _pipes(view: View) -> Markup:
    moment = view.moment
    return join(
        words(heading(moment), el("p", moment.unit, class_="hidden")),
        el("ol", *(_pipe(place, row) for place, row in enumerate(moment.rows, 1)), class_="art charts"),
    )


def _pipe(place: int, row: Row) -> Markup:
    return el(
        "li",
        el("span", str(place), class_="place", aria_hidden="true"),
        el("bdi", row.name, class_=f"name fit {fitting.name(row.name)}"),
        el("span", row.told, class_="told"), class_=f"place{place}", data_motion="rise",
    )  # fmt: skip


def _rank(view: View) -> Markup:
    story, moment = view.story, view.moment
    rank = story.document.rank
    return join(
        words(heading(moment), figure(moment), sentences(moment)),
        art(drawings.crowd(rank.percentile if rank else 0), motion="grow"),
    )


def _growth(view: View) -> Markup:
    moment = view.moment
    pillars = drawings.columns(*(row.parts[0] for row in moment.rows))
    return join(
        words(heading(moment), figure(moment)),
        el(
            "ul",
            *(
                el("li", art(pillar, motion="growwiden", class_="pillar"), el("span", row.name), el("strong", row.told, class_=f"fit {fitting.one_line(row.told)}"))
                for row, pillar in zip(moment.rows, pillars, strict=True)
            ),
            class_="art years",
        ),
    )


def _share(view: View) -> Markup:
    story, moment = view.story, view.moment
    return join(
        words(
            heading(moment),
            el("p", "Your year on one card.", class_="unit"),
            el("p", el("button", "Share", type="button", class_="act", data_act="share", hidden=True),
               el("a", "Download the card", class_="act", href=view.links.card("summary", "1080x1920", "png"), download=f"{story.year}-wrapped.png"), class_="acts"),
            el("p", el("a", "All figures as JSON", href=view.links.under("story.json")), el("a", "Where the comparisons come from", href=view.links.comparisons), class_="links"),
        ),
        art(
            el("img", class_="preview", src=view.links.card("summary", "360x640", "jpg"), loading="lazy",
               width=360, height=640, alt=f"The card: {story.company}'s {story.year} in figures", decoding="async"),
            class_="art framed",
        ),
    )  # fmt: skip


LOOKS: dict[str, Look] = {
    "opening": Look("flame", "corners", "bars", _opening),
    "requests": Look("paper", "bars", "lift", _requests),
    "calendar": Look("sea", "lines", "lift", _calendar),
    "peak": Look("sun", "bars", "lift", _peak),
    "read": Look("night", "corners", "shrink", _read),
    "service": Look("leaf", "lines", "lift", _service),
    "storage": Look("rose", "corners", "shrink", _storage),
    "ingestion": Look("sea", "bars", "lift", _ingestion),
    "workspaces": Look("paper", "lines", "lift", _workspaces),
    "pipes": Look("flame", "bars", "shrink", _pipes),
    "rank": Look("sun", "bars", "lift", _rank),
    "growth": Look("leaf", "corners", "lift", _growth),
    "share": Look("night", "lines", "lift", _share),
}
