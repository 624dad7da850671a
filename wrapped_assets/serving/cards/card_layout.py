"""How a card is laid out: one for each moment that has one, and the summary, upright and lying."""

from dataclasses import dataclass
from pathlib import Path

from wrapped_assets.serving.cards.summary_card import summary
from wrapped_assets.serving.pages.theme import Scheme, Theme
from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.slides.glyphs import Fonts
from wrapped_assets.slides.links import PREVIEW
from wrapped_assets.slides.markup import Markup, el, join
from wrapped_assets.slides.moments import NAMELESS, Moment, Slideshow, through_briefly
from wrapped_assets.slides.pictures import Box, Picture
from wrapped_assets.slides.typesetting import Setter

SIZES: dict[str, tuple[int, int, int]] = {
    "1080x1920": (1080, 1920, 1),
    "1200x630": (1200, 630, 1),
    PREVIEW: (1080, 1920, 3),
}
"""What is laid out, and by how much it is made smaller: the last one is shown on the closing slide."""

SUMMARY = "summary"


@dataclass(frozen=True)
class Card:
    """A card before it is drawn: its SVG, the font files it needs, and what it says."""

    svg: str
    fonts: tuple[Path, ...]
    alt: str


def names(show: Slideshow) -> list[str]:
    """The cards this slideshow has: the summary, then one for each moment with a figure of its own."""
    return [SUMMARY, *(moment.name for moment in show.moments if show.product.story(moment.name).picture)]


def card(show: Slideshow, name: str, size: str, theme: Theme, fonts: Fonts, scheme: Scheme = "light") -> Card:
    """The card of this name; KeyError when the slideshow has none such, or for an unknown size."""
    width, height, smaller = SIZES[size]
    setter = Setter(fonts)
    if name == SUMMARY:
        ground, alt, body = "flame", _alt(show), summary(show, setter, width, height)
    else:
        moment, told = show.moment(name), show.product.story(name)
        if moment is None or told.look is None or told.picture is None:
            raise KeyError(name)
        lay_out = _upright if height > width else _lying
        ground, alt, body = told.look.ground, moment.alt, lay_out(show, moment, told.picture, setter)
    inks = theme.grounds[scheme][ground]
    levels = "".join(f".level{i}{{fill:{colour}}}" for i, colour in enumerate(inks.levels))
    svg = el(
        "svg",
        el("style", Markup(f".ink{{fill:{inks.ink}}}.accent{{fill:{inks.accent}}}.soft{{fill:{inks.soft}}}{levels}")),
        el("rect", width=width, height=height, fill=inks.ground),
        body,
        _foot(show, theme, setter, width, height),
        xmlns="http://www.w3.org/2000/svg", width=width // smaller, height=height // smaller, viewBox=f"0 0 {width} {height}",
    )  # fmt: skip
    return Card(svg, tuple(fonts.files(setter.families)), alt)


def _alt(show: Slideshow) -> str:
    said = (show.moment(name) for name in show.product.in_short)
    return f"{show.company}, {show.year} wrapped. " + " ".join(moment.alt for moment in said if moment)


def _foot(show: Slideshow, theme: Theme, setter: Setter, width: int, height: int) -> Markup:
    """Who published it and how far it reaches, under a line."""
    side, size = (80, 30) if height > width else (56, 20)
    base = height - side * 0.62
    logo = el(
        "svg",
        el("path", class_="ink", d=theme.logo),
        x=side,
        y=base - size * 1.02,
        width=size * 1.3,
        height=size * 1.3,
        viewBox="0 0 24 24",
    )
    operator = setter.broken(theme.operator, width / 2.4, size, 1)
    return join(
        el("rect", class_="ink", x=0, y=height - side * 1.32, width=width, height=size * 0.13),
        logo,
        setter.text(operator[0] if operator else "", side + size * 1.75, base, size),
        setter.text(f"Through {through_briefly(show.document.through)}", width - side, base, size, TEXT, end=True),
    )  # fmt: skip


def _upright(show: Slideshow, moment: Moment, picture: Picture, setter: Setter) -> Markup:
    side, inner = 80, 920
    company, size = setter.shrunk(setter.named(show.company, NAMELESS), inner - 180, (64, 48, 36), 1)
    drawn = picture.exists(show, moment)
    lines, figure_size = _figure(
        show, moment, setter, inner, 430 if drawn else 700, (200, 150, 120, 96, 72), 3
    )
    parts = [
        setter.paragraph(company, side, 150, size, 1.1),
        setter.text(str(show.year), 1000, 150, 64, end=True),
        el("rect", class_="ink", x=side, y=190, width=inner, height=4),
        setter.text(moment.label, side, 262, 44),
    ]
    unit = setter.broken(moment.unit, inner, 64, 2)
    said = _said(moment, setter, inner, 48)
    bottom = 1760 - (len(said) * 58 + 40 if said else 0)
    above, below = (figure_size * ems for ems in setter.height(lines, 1.0))
    # Words alone stand at the foot, under the room that a drawing would have.
    y = 262 + above + figure_size * 0.86 + 28 if drawn else bottom - 40 - 80 * len(unit) - below
    parts.append(setter.paragraph(lines, side, y, figure_size, 1.0))
    y += below
    for line in unit:
        y += 80
        parts.append(setter.text(line, side, y, 64))
    parts.append(picture.draw(show, moment, setter, Box(side, y + 60, inner, bottom - y - 60)))
    if said:
        parts += [
            el("rect", class_="accent", x=side, y=bottom + 30, width=14, height=len(said) * 58),
            setter.paragraph(said, side + 44, bottom + 74, 48, 58 / 48),
        ]
    return join(*parts)


def _lying(show: Slideshow, moment: Moment, picture: Picture, setter: Setter) -> Markup:
    drawn = picture.exists(show, moment)
    side, inner = 56, 520 if drawn else 1088
    company, size = setter.shrunk(setter.named(show.company, NAMELESS), inner - 100, (34, 26), 1)
    lines, figure_size = _figure(show, moment, setter, inner, 190 if drawn else 280, (130, 96, 72, 56), 2)
    above, below = (figure_size * ems for ems in setter.height(lines, 1.0))
    y = 150 + above + figure_size * 0.8
    parts = [
        setter.paragraph(company, side, 84, size, 1.1),
        setter.text(str(show.year), side + inner, 84, 34, end=True),
        el("rect", class_="ink", x=side, y=104, width=inner, height=3),
        setter.text(moment.label, side, 148, 28),
        setter.paragraph(lines, side, y + 10, figure_size, 1.0),
    ]
    y += 10 + below
    for line in setter.broken(moment.unit, inner, 40, 2):
        y += 50
        parts.append(setter.text(line, side, y, 40))
    said = _said(moment, setter, inner - 30, 27)[:4]
    if said and y + 30 + len(said) * 34 < 545:
        parts += [
            el("rect", class_="accent", x=side, y=y + 26, width=8, height=len(said) * 34),
            setter.paragraph(said, side + 26, y + 52, 27, 34 / 27),
        ]
    parts.append(picture.draw(show, moment, setter, Box(640, 56, 504, 480)))
    return join(*parts)


def _figure(
    show: Slideshow,
    moment: Moment,
    setter: Setter,
    width: float,
    most: float,
    sizes: tuple[float, ...],
    lines: int,
) -> tuple[list[str], float]:
    """The figure on one line as large as fits; a name on several."""
    if show.product.story(moment.name).figure_is_name:
        return setter.shrunk(setter.named(moment.figure, moment.label), width, sizes, lines)
    line = setter.fitted(moment.figure, width, most)
    return [line.text], line.size


def _said(moment: Moment, setter: Setter, width: float, size: float) -> list[str]:
    told = f"That is {moment.comparison}." if moment.comparison else next(iter(moment.sentences), "")
    return setter.balanced(told, width - 44, size, 3)
