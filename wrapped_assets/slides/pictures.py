"""What stands on a card beside its words: a drawing, or a list."""

from collections.abc import Callable
from dataclasses import dataclass

from wrapped_assets.slides import shapes
from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.slides.markup import NOTHING, Markup, join
from wrapped_assets.slides.moments import Moment, Slideshow
from wrapped_assets.slides.typesetting import Setter


@dataclass(frozen=True)
class Box:
    """Where a picture may be."""

    x: float
    y: float
    width: float
    height: float

    @property
    def upright(self) -> bool:
        return self.width > 600


Draw = Callable[[Slideshow, Moment, Setter, Box], Markup]


@dataclass(frozen=True)
class Picture:
    """A story's picture on its card, and whether there is something to draw; else the words have the whole card."""

    draw: Draw
    exists: Callable[[Slideshow, Moment], bool] = lambda show, moment: True


def placed(drawing: Markup, x: float, y: float, width: float, height: float) -> Markup:
    """A drawing in a box."""
    return Markup(
        drawing.replace(
            "<svg", f'<svg x="{x:.6g}" y="{y:.6g}" width="{width:.6g}" height="{max(height, 1):.6g}"', 1
        )
    )


def whole(draw: Callable[[Slideshow, Moment], Markup]) -> Draw:
    """A drawing that fills the box."""
    return lambda show, moment, setter, box: placed(draw(show, moment), box.x, box.y, box.width, box.height)


def has_rows(show: Slideshow, moment: Moment) -> bool:
    """Whether there is a list to draw."""
    return bool(moment.rows)


def listed(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    """Rows with a name, what is told of it, and a bar or two from the middle."""
    if not moment.rows:
        return NOTHING
    size, small = (44, 34) if box.upright else (28, 21)
    # A few rows share out the room that many would have.
    few = 2 if len(moment.rows) < 3 else 1
    step = min(box.height / len(moment.rows), few * (330 if box.upright else 150))
    most = max(max(row.parts, default=0) for row in moment.rows) or 1
    parts = []
    for i, row in enumerate(moment.rows):
        top = box.y + i * step
        told = setter.fitted(row.told, box.width * 0.5, small, TEXT)
        name = setter.broken(
            setter.named(row.name, f"No. {i + 1}"),
            box.width - 24 - told.size * setter.fonts.width(told.text, TEXT),
            size,
            1,
        )
        # Scripts that stack letters reach further down.
        below = size * max(1.25, 0.95 + setter.height(name, 1)[1])
        parts += [
            setter.paragraph(name, box.x, top + size * 0.85, size, 1),
            setter.text(told.text, box.x + box.width, top + size * 0.85, told.size, TEXT, end=True),
        ]
        drawn = (
            shapes.mirror(*(part / most for part in row.parts))
            if len(row.parts) == 2
            else shapes.bar(row.parts[0] / most)
        )
        parts.append(placed(drawn, box.x, top + below, box.width, min(step - size * 0.65 - below, few * 190)))
    return join(*parts)


def noted(drawing: Markup, note: str, setter: Setter, box: Box) -> Markup:
    """A drawing of areas over what they stand for."""
    line = setter.fitted(note, box.width, 30 if box.upright else 20, TEXT)
    return join(
        placed(drawing, box.x, box.y, box.width, box.height - line.size * 1.5),
        setter.text(line.text, box.x, box.y + box.height - line.size * 0.3, line.size, TEXT),
    )
