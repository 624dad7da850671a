"""The summary card: the year, the name, the customer's own skyline, and the figures that matter most."""

from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import NAMELESS, Moment, Slideshow
from wrapped_assets.slides.pictures import placed
from wrapped_assets.slides.typesetting import Setter

ALONE = 430
"""How large a figure may be that stands alone: that of a customer who did one thing only."""


def summary(show: Slideshow, setter: Setter, width: int, height: int) -> Markup:
    """Everything but the ground and the foot."""
    return _upright(show, setter) if height > width else _lying(show, setter)


def facts(show: Slideshow, most: int) -> tuple[Moment | None, list[Moment]]:
    """The moment told large, and those told in small, at most so many."""
    told = (show.moment(name) for name in show.product.on_summary_card)
    found = [moment for moment in told if moment]
    return next(iter(found), None), found[1 : 1 + most]


def _upright(show: Slideshow, setter: Setter) -> Markup:
    side, inner = 80, 920
    year = setter.fitted(str(show.year), inner, 540)
    company, size = setter.shrunk(setter.named(show.company, NAMELESS), inner, (150, 120, 96, 72, 56), 2)
    y = 130 + year.size * 0.69
    parts = [setter.text(year.text, side - 12, y, year.size)]
    above, below = (size * ems for ems in setter.height(company, 1.0))
    y += above + size * 0.98 + 20
    parts.append(setter.paragraph(company, side, y, size, 1.0))
    y += below + 36
    lead, cells = facts(show, 4)
    figure = setter.fitted(lead.figure if lead else "", inner, 190 if cells else ALONE)
    emblem = show.product.emblem(show.document)
    if emblem is None:
        # Where there is no skyline, the figures stand in its place.
        y = 1770 - (figure.size * 0.72 + 152) - (len(cells) + 1) // 2 * 210
    if lead:
        parts += [
            el("rect", class_="ink", x=side, y=y, width=inner, height=4),
            setter.text(figure.text, side, y + 36 + figure.size * 0.72, figure.size),
            setter.text(lead.unit, side, y + 36 + figure.size * 0.72 + 76, 48),
        ]
        y += figure.size * 0.72 + 152
    for i, moment in enumerate(cells):
        parts.append(_cell(moment, setter, side + (i % 2) * 476, y + (i // 2) * 210, 444, (84, 34)))
    y += (len(cells) + 1) // 2 * 210 + 20
    if emblem is not None:
        parts.append(placed(emblem, 0, y, 1080, 1814 - y))
    return join(*parts)


def _lying(show: Slideshow, setter: Setter) -> Markup:
    side = 56
    year = setter.fitted(str(show.year), 420, 250)
    company, size = setter.shrunk(setter.named(show.company, NAMELESS), 420, (76, 60, 46, 36), 2)
    parts = [
        setter.text(year.text, side - 6, 56 + year.size * 0.69, year.size),
        setter.paragraph(
            company, side, 70 + year.size * 0.69 + size * (1 + setter.height(company, 1.0)[0]), size, 1.0
        ),
    ]
    lead, cells = facts(show, 4)
    if lead:
        figure = setter.fitted(lead.figure, 590, 118 if cells else ALONE)
        parts += [
            setter.text(figure.text, 554, 56 + 0.69 * figure.size, figure.size),
            setter.text(lead.unit, 554, 56 + 0.69 * figure.size + 46, 30),
        ]
    for i, moment in enumerate(cells):
        parts.append(_cell(moment, setter, 554 + (i % 2) * 304, 210 + (i // 2) * 110, 286, (46, 20)))
    emblem = show.product.emblem(show.document)
    if emblem is not None:
        parts.append(placed(emblem, 0, 440, 1200, 116))
    return join(*parts)


def _cell(
    moment: Moment, setter: Setter, x: float, y: float, width: float, sizes: tuple[float, float]
) -> Markup:
    """A figure under a line, and what it counts."""
    large, small = sizes
    figure = setter.fitted(moment.figure, width, large)
    unit = setter.broken(moment.unit, width, small, 2, TEXT)
    return join(
        el("rect", class_="ink", x=x, y=y, width=width, height=small * 0.12),
        setter.text(figure.text, x, y + large * 0.98, figure.size),
        setter.paragraph(unit, x, y + large * 0.98 + small * 1.25, small, 1.15, TEXT),
    )
