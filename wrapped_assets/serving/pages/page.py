"""The slideshow as one HTML document, and the headers it must be sent with.

Everything that shows is in the document: it reads from top to bottom without scripts, and the scripts turn it into
slides. The style stands in the document too, allowed by its hash, so that the first slide is painted after one round trip.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from wrapped_assets.serving.pages.static_files import static_files, static_path
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.slides import fitting, shapes
from wrapped_assets.slides.links import Links
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import Slideshow, through_briefly
from wrapped_assets.slides.parts import Look, View

SCRIPTS = ("wrapped.js", "deck.js", "motion.js", "counter.js", "player.js", "gestures.js", "share.js")


PRIVATE = {
    "cache-control": "private, no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
"""For everything below a page's address, the page included."""


@dataclass(frozen=True)
class Page:
    """An HTML document and the headers that go with it."""

    body: bytes
    headers: Mapping[str, str]


def slideshow(show: Slideshow, links: Links, theme: Theme) -> Page:
    """The page of this slideshow."""
    looks = {moment.name: look for moment in show.moments if (look := show.product.story(moment.name).look)}
    summary = f"{show.company}: {show.year} wrapped"
    described = " ".join(moment.alt for moment in show.moments[1:3])
    image = links.absolute(links.card("summary", "1200x630", "png"))
    head = join(
        el("meta", name="description", content=described),
        el("meta", property="og:type", content="website"),
        el("meta", property="og:title", content=summary),
        el("meta", property="og:description", content=described),
        el("meta", property="og:url", content=links.absolute(links.page)),
        el("meta", property="og:image", content=image),
        el("meta", property="og:image:width", content=1200),
        el("meta", property="og:image:height", content=630),
        el("meta", property="og:image:alt", content=f"{summary}. {described}"),
        el("meta", name="twitter:card", content="summary_large_image"),
        *(el("link", rel="modulepreload", href=f"{links.static}/{script}") for script in SCRIPTS),
        el("script", type="module", src=f"{links.static}/wrapped.js"),
    )
    slides = [
        _slide(View(show, moment, links), looks[moment.name], i) for i, moment in enumerate(show.moments, 1)
    ]
    body = join(
        _segments(show),
        el("main", el("div", *slides, class_="slides"), class_="deck", aria_roledescription="carousel", aria_label=summary),
        _controls(show, theme),
        el("p", class_="hidden", id="told", aria_live="off", aria_atomic="true"),
        el("div", class_="curtain", aria_hidden="true"),
    )  # fmt: skip
    return document(
        summary, head, body, theme, ground=looks[show.moments[0].name].ground, year=show.year, key=links.key
    )


def _slide(view: View, look: Look, position: int) -> Markup:
    """One slide; `position` counts from 1."""
    show, moment = view.show, view.moment
    body = look.body(view)
    # Said here: a sheet that asked whether there is a drawing would set the words anew when the drawing arrives behind them.
    is_words_only = not re.search('class="art[ "]', body)
    return el(
        "section",
        body,
        class_="slide words-only" if is_words_only else "slide",
        id=moment.name,
        data_ground=look.ground,
        data_enter=look.enter,
        data_leave=look.leave,
        aria_roledescription="slide",
        aria_label=f"{position} of {len(show.moments)}: {moment.label}",
    )


def _segments(show: Slideshow) -> Markup:
    items = (
        el("button", el("span", el("i")), type="button", aria_label=f"{i} of {len(show.moments)}: {moment.label}")
        for i, moment in enumerate(show.moments, 1)
    )  # fmt: skip
    return el("div", *items, class_="segments", role="group", aria_label="Slides")


def _controls(show: Slideshow, theme: Theme) -> Markup:
    return el(
        "footer",
        el("p", shapes.logo(theme.logo), el("span", el("span", "Data through "), el("span", through_briefly(show.document.through))), class_="through"),
        el(
            "div",
            _button("previous", "Previous slide", "M15 4 7 12l8 8"),
            _button("play", "Play", "M7 4l12 8-12 8z"),
            _button("next", "Next slide", "M9 4l8 8-8 8"),
            class_="buttons", role="group", aria_label="Slide controls",
        ),
        class_="controls",
    )  # fmt: skip


def _button(act: str, label: str, path: str) -> Markup:
    icon = el(
        "svg", el("path", d=path), viewBox="0 0 24 24", aria_hidden="true", focusable="false", class_="icon"
    )
    return el("button", icon, type="button", data_act=act, aria_label=label)


def document(title: str, head: Markup, body: Markup, theme: Theme, ground: str, **data: str | int) -> Page:
    """A whole HTML document in the theme, with its headers."""
    style = _style(theme)
    text = join(
        Markup("<!doctype html>"),
        el(
            "html",
            el(
                "head",
                el("meta", charset="utf-8"),
                el("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
                el("meta", name="robots", content="noindex, nofollow"),
                el("meta", name="color-scheme", content="light dark"),
                el("title", title),
                el("link", rel="icon", href=_icon(theme)),
                el("style", Markup(style)),
                head,
            ),
            el("body", body, data_ground=ground, **{f"data_{name}": value for name, value in data.items()}),
            lang="en",
        ),
    )  # fmt: skip
    return Page(text.encode(), headers(style))


def _icon(theme: Theme) -> str:
    drawn = el("svg", el("path", d=theme.logo), xmlns="http://www.w3.org/2000/svg", viewBox="0 0 24 24")
    return f"data:image/svg+xml,{quote(drawn)}"


@cache
def _style(theme: Theme) -> str:
    # The display type is part of the page: the opening is set in nothing else, so that it is painted at once and never
    # moves (text that changes its font is broken anew). The text type comes by itself, in time for the second slide:
    # a browser that is told to preload it waits for it before it paints anything.
    display = base64.b64encode(static_files()["display.woff2"]).decode()
    faces = (
        f"@font-face{{font-family:'{theme.display}';src:url({static_path()}/display-more.woff2);font-weight:100 900;"
        "font-display:swap;unicode-range:U+A1-D6,U+D8-17F,U+2010-2012,U+2015-2018,U+201A-2025,U+2027-20CF,U+2190-22FF}"
        f"@font-face{{font-family:'{theme.display}';src:url(data:font/woff2;base64,{display});font-weight:100 900}}"
        f"@font-face{{font-family:'{theme.text}';src:url({static_path()}/text.woff2);font-display:swap;font-weight:100 900}}"
    )
    sheet = static_files()["wrapped.css"].decode()
    return faces + theme.css() + fitting.css() + _squeezed(sheet)


def _squeezed(sheet: str) -> str:
    """The sheet without comments and indentation."""
    lines = (line.strip() for line in sheet.split("\n"))
    return "".join(line for line in lines if not (line.startswith("/*") and line.endswith("*/")))


def headers(style: str) -> dict[str, str]:
    """Nothing from anywhere else, nothing inline but this style, nothing told to anybody."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'sha256-{digest}'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        **PRIVATE,
    }
