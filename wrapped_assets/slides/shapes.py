"""The shapes that drawings are made of: SVG of bars, lines and rectangles only, so that each can stretch to whatever room there is.

Shared by pages and cards. Colour is left to the classes ink, accent and soft, which each of them defines. A drawing shows
numbers to scale and nothing else; its words stand beside it, so it is hidden from screen readers.
"""

from collections.abc import Iterable

from wrapped_assets.slides.markup import Markup, el

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


def drawing(width: float, height: float, *shapes: Markup, class_: str = "") -> Markup:
    """An SVG that fills its box, whatever the box's shape."""
    return el(
        "svg", *shapes, class_=class_ or None, viewBox=f"0 0 {width:g} {height:g}",
        preserveAspectRatio="none", aria_hidden="true", focusable="false",
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
