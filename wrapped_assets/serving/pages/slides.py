"""Each moment as a slide: the ground it stands on, how it enters and leaves, and what makes its body."""

from collections.abc import Callable
from dataclasses import dataclass

from wrapped_assets.serving.pages import activity, standing
from wrapped_assets.serving.pages.links import Links
from wrapped_assets.serving.pages.markup import Markup, el, join
from wrapped_assets.serving.pages.parts import View, art, heading, words
from wrapped_assets.serving.telling.moments import Story

PREVIEW = "360x640"
"""The size in which the closing slide shows the card."""


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


def _share(view: View) -> Markup:
    story, moment, links = view.story, view.moment, view.links
    card, film = links.card("summary", "1080x1920", "png"), links.under("story.mp4")
    return join(
        words(
            heading(moment),
            el("p", "Your year on one card.", class_="unit"),
            el("p", el("button", "Share", type="button", class_="act", data_act="share", hidden=True),
               _saved("Download the card", card, f"{story.year}-wrapped.png", "act"), class_="acts"),
            el("p", _saved("Download the film", film, f"{story.year}-wrapped.mp4") if links.has_film else None,
               el("a", "All figures as JSON", href=links.under("story.json")),
               el("a", "Where the comparisons come from", href=links.comparisons), class_="links"),
        ),
        art(_preview(story, links), class_="art framed"),
    )  # fmt: skip


def _saved(text: str, path: str, name: str, class_: str | None = None) -> Markup:
    """A link to a file to keep. share.js changes it to the dark one where the page is dark."""
    return el("a", text, class_=class_, href=path, data_dark=Links.dark(path), download=name)


def _preview(story: Story, links: Links) -> Markup:
    shown = links.card("summary", PREVIEW, "jpg")
    return el(
        "picture",
        el("source", media="(prefers-color-scheme: dark)", srcset=links.dark(shown)),
        el("img", class_="preview", src=shown, loading="lazy", width=360, height=640,
           alt=f"The card: {story.company}'s {story.year} in figures", decoding="async"),
    )  # fmt: skip


LOOKS: dict[str, Look] = {
    "opening": Look("flame", "corners", "bars", activity.opening),
    "requests": Look("paper", "bars", "lift", activity.requests),
    "calendar": Look("sea", "lines", "lift", activity.calendar),
    "peak": Look("sun", "bars", "lift", activity.peak),
    "read": Look("night", "corners", "shrink", activity.read),
    "service": Look("leaf", "lines", "lift", standing.service),
    "storage": Look("rose", "corners", "shrink", standing.storage),
    "ingestion": Look("sea", "bars", "lift", standing.ingestion),
    "workspaces": Look("paper", "lines", "lift", standing.workspaces),
    "pipes": Look("flame", "bars", "shrink", standing.pipes),
    "rank": Look("sun", "bars", "lift", standing.rank),
    "growth": Look("leaf", "corners", "lift", standing.growth),
    "share": Look("night", "lines", "lift", _share),
}
