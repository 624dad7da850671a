"""The drawings of a year, as SVG made of bars, lines and rectangles only, so that each can stretch to whatever room there is.

Shared by pages and cards. Colour is left to the classes ink, accent and soft, which each of them defines. A drawing shows
numbers of the document to scale and nothing else; its words stand beside it, so it is hidden from screen readers.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction
from statistics import median

from wrapped_assets.products.usage.document import PublishedSummary
from wrapped_assets.serving.pages.markup import Markup, el

Box = tuple[float, float, float, float]
"""Left, top, width, height."""

LEVELS = 4
"""Steps of the heat map above zero, by rank among the active days: the busiest day, and whatever equals it, has the last one."""


def drawing(width: float, height: float, *shapes: Markup, class_: str = "") -> Markup:
    """An SVG that fills its box, whatever the box's shape."""
    return el(
        "svg", *shapes, class_=class_ or None, viewBox=f"0 0 {width:g} {height:g}",
        preserveAspectRatio="none", aria_hidden="true", focusable="false",
    )  # fmt: skip


def skyline(document: PublishedSummary) -> Markup:
    """A silhouette of the year, a step a day, as high as its requests."""
    most = max(document.days) or 1
    heights = (max(100 * requests / most, 0.6) if requests else 0 for requests in document.days)
    steps = "".join(f"V{100 - height:.5g}h1" for height in heights)
    return drawing(len(document.days), 100, el("path", class_="ink", d=f"M0 100{steps}V100z"))


def months(document: PublishedSummary) -> Markup:
    """Twelve upright bars, a month each, the busiest in the accent; months that have not begun by `through` are left out."""
    counts = [month.requests for month in document.months[: document.through.month]]
    most = max(counts) or 1
    bars = [(i * 100 + 6, 100 - 100 * n / most, 88, 100 * n / most) for i, n in enumerate(counts)]
    best = counts.index(most) if most in counts else 0
    return drawing(
        1200, 100, rects(bars[:best] + bars[best + 1 :], "ink"), rects(bars[best : best + 1], "accent")
    )


def punch_card(document: PublishedSummary) -> Markup:
    """Twelve rows of up to 31 cells, darker where there were more requests; days after `through` are left out."""
    cells: list[list[Box]] = [[] for _ in range(LEVELS + 1)]
    ranked = sorted(filter(None, document.days))
    for i, requests in enumerate(document.days[: document.through.timetuple().tm_yday]):
        day = dt.date(document.year, 1, 1) + dt.timedelta(i)
        level = _level(requests, ranked)
        cells[level].append(((day.day - 1) * 10 + 0.7, (day.month - 1) * 10 + 0.9, 8.6, 8.2))
    return drawing(310, 120, *(rects(of_level, f"level{level}") for level, of_level in enumerate(cells)))


def _level(requests: int, ranked: list[int]) -> int:
    if not requests:
        return 0
    return LEVELS if requests == ranked[-1] else 1 + LEVELS * bisect_left(ranked, requests) // len(ranked)


def peak(document: PublishedSummary) -> Markup:
    """The median active day and the peak day as upright bars, to scale; of a document that has one."""
    active = [*filter(None, document.days)]
    height = float(100 * median(map(Fraction, active)) / max(active))
    return drawing(
        100, 100, striped(4, 100 - height, 42, height), rects([(54, 0, 42, 100)], "accent")
    )  # fmt: skip


def needle(found: int, searched: int) -> Markup:
    """What was answered within what was read, as areas; two lines lead to it, for it can be too small to see."""
    side = 100 * (min(found, searched) / searched) ** 0.5
    x, y = (68.0 - side / 2, 38.0 - side / 2) if side < 60 else (0.0, 0.0)
    return drawing(
        100, 100, rects([(0, 0, 100, 100)], "soft"),
        el("g", rects([(0, 37.8, 100, 0.4)], "ink"), data_motion="spin"),
        el("g", rects([(67.7, 0, 0.6, 100)], "ink"), data_motion="spin"),
        rects([(x, y, side, side)], "accent"),
    )  # fmt: skip


def corner(part: float) -> Markup:
    """A part of a whole as a rectangle in its corner, by area."""
    side = 100 * part**0.5
    return drawing(
        100, 100, rects([(0, 0, 100, 100)], "soft"),
        el("g", rects([(0, 100 - side, side, side)], "accent"), data_motion="corner"),
    )  # fmt: skip


def bar(part: float) -> Markup:
    """A lying bar; what is not nothing is visible."""
    return drawing(1000, 10, rects([(0, 0, max(1000 * part, 3) if part else 0, 10)], "accent"), class_="bar")


def mirror(left: float, right: float) -> Markup:
    """Two lying bars, out from the middle: read to the left, written to the right."""
    return drawing(
        1000, 10,
        rects([(498 - 496 * left, 0, 496 * left, 10)], "ink"),
        rects([(502, 0, 496 * right, 10)], "accent"),
        rects([(499.2, -2, 1.6, 14)], "ink"),
        class_="bar",
    )  # fmt: skip


def crowd(percentile: int) -> Markup:
    """A hundred strokes, one for each percent of the customers: those with fewer requests, the customer, the others."""
    strokes = [(i + 0.16, 30.0, 0.68, 70.0) for i in range(100)]
    return drawing(
        100, 100, rects(strokes[:percentile], "ink"),
        rects([(percentile + 0.02, 0.0, 0.96, 100.0)], "accent"), rects(strokes[percentile + 1 :], "soft"),
    )  # fmt: skip


def striped(x: float, y: float, width: float, height: float) -> Markup:
    """A bar of lines: what the solid one beside it is compared with."""
    stripes = int(height / 2.4) + 1
    return rects(((x, y + 2.4 * i, width, min(1.2, height - 2.4 * i)) for i in range(stripes)), "ink")


def rects(boxes: Iterable[Box], class_: str) -> Markup:
    """Rectangles (x, y, width, height) as one path: a year of days is a single element."""
    path = "".join(f"M{x:.5g} {y:.5g}h{w:.5g}v{h:.5g}h{-w:.5g}z" for x, y, w, h in boxes if w > 0 and h > 0)
    return el("path", class_=class_, d=path) if path else Markup("")


def logo(path: str) -> Markup:
    """The operator's mark, in a box of 24 by 24."""
    return el(
        "svg",
        el("path", class_="ink", d=path),
        class_="logo",
        viewBox="0 0 24 24",
        aria_hidden="true",
        focusable="false",
    )


def columns(before: float, now: float) -> list[Markup]:
    """Two upright bars, each a drawing of its own, so that words can stand under them."""
    return [
        drawing(10, 100, striped(0, 100 - 100 * before, 10, 100 * before)),
        drawing(10, 100, rects([(0, 100 - 100 * now, 10, 100 * now)], "accent")),
    ]
