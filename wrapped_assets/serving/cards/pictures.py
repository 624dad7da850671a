"""What stands on a card beside its words, by the name of its moment."""

from collections.abc import Callable
from dataclasses import dataclass

from wrapped_assets.serving.cards.fonts import DISPLAY, TEXT
from wrapped_assets.serving.cards.typesetting import Setter
from wrapped_assets.serving.pages import drawings
from wrapped_assets.serving.pages.markup import NOTHING, Markup, join
from wrapped_assets.serving.telling.moments import MONTHS, Moment, Story


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


def placed(drawing: Markup, x: float, y: float, width: float, height: float) -> Markup:
    """A drawing in a box."""
    return Markup(
        drawing.replace(
            "<svg", f'<svg x="{x:.6g}" y="{y:.6g}" width="{width:.6g}" height="{max(height, 1):.6g}"', 1
        )
    )


def _whole(draw: Callable[[Story, Moment], Markup]) -> Callable[[Story, Moment, Setter, Box], Markup]:
    return lambda story, moment, setter, box: placed(draw(story, moment), box.x, box.y, box.width, box.height)


def _list(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
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
            drawings.mirror(*(part / most for part in row.parts))
            if len(row.parts) == 2
            else drawings.bar(row.parts[0] / most)
        )
        parts.append(placed(drawn, box.x, top + below, box.width, min(step - size * 0.65 - below, few * 190)))
    return join(*parts)


def _months(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 40 if box.upright else 24
    step = box.width / 12
    initials = (
        setter.text(
            month[0],
            box.x + (i + 0.5) * step - size * setter.fonts.width(month[0], DISPLAY) / 2,
            box.y + box.height - size * 0.2,
            size,
        )
        for i, month in enumerate(MONTHS)
    )
    drawn = placed(drawings.months(story.document), box.x, box.y, box.width, box.height - size * 1.3)
    return join(drawn, *initials)


def _calendar(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    """The year's days with the months' initials beside them."""
    size = 32 if box.upright else 20
    step, left = box.height / 12, size * 1.3
    initials = (
        setter.text(month[0], box.x, box.y + (i + 0.5) * step + size * 0.35, size)
        for i, month in enumerate(MONTHS)
    )
    drawn = drawings.punch_card(story.document)
    return join(placed(drawn, box.x + left, box.y, box.width - left, box.height), *initials)


def _peak(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 30 if box.upright else 20
    told = (
        setter.text(words, box.x + part * box.width, box.y + box.height - size * 0.3, size, TEXT)
        for words, part in (("median active day", 0.04), ("peak day", 0.54))
    )
    return join(
        placed(drawings.peak(story.document), box.x, box.y, box.width, box.height - size * 1.5), *told
    )


def _noted(drawing: Markup, note: str, setter: Setter, box: Box) -> Markup:
    """A drawing of areas over what they stand for."""
    line = setter.fitted(note, box.width, 30 if box.upright else 20, TEXT)
    return join(
        placed(drawing, box.x, box.y, box.width, box.height - line.size * 1.5),
        setter.text(line.text, box.x, box.y + box.height - line.size * 0.3, line.size, TEXT),
    )


def _years(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    size = 56 if box.upright else 32
    half = (box.width - 24) / 2
    pillars = drawings.columns(*(row.parts[0] for row in moment.rows))
    parts = []
    for i, (row, pillar) in enumerate(zip(moment.rows, pillars, strict=True)):
        x = box.x + i * (half + 24)
        told = setter.fitted(row.told, half, size)
        parts += [
            placed(pillar, x, box.y, half, box.height - size * 2.6),
            setter.text(row.name, x, box.y + box.height - size * 1.5, size * 0.6, TEXT),
            setter.text(told.text, x, box.y + box.height - size * 0.3, told.size),
        ]
    return join(*parts)


def _read(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    answered = story.answered_of_read
    if answered is None:
        return NOTHING
    return _noted(drawings.needle(*answered), "Field: rows processed. In it: rows answered.", setter, box)


def _storage(story: Story, moment: Moment, setter: Setter, box: Box) -> Markup:
    """The largest data source in the field of all bytes kept."""
    if not moment.rows:
        return NOTHING
    return _noted(
        drawings.corner(moment.rows[0].parts[0]),
        "Field: all bytes kept. In its corner: the largest data source.",
        setter,
        box,
    )


PICTURES: dict[str, Callable[[Story, Moment, Setter, Box], Markup]] = {
    "requests": _months,
    "calendar": _calendar,
    "peak": _peak,
    "read": _read,
    "service": _list,
    "storage": _storage,
    "ingestion": _list,
    "workspaces": _list,
    "pipes": _list,
    "rank": _whole(
        lambda story, moment: drawings.crowd(story.document.rank.percentile if story.document.rank else 0)
    ),
    "growth": _years,
}


def has_picture(story: Story, moment: Moment) -> bool:
    """Whether there is something to draw; else the words have the whole card."""
    if moment.name == "read":
        return story.answered_of_read is not None
    return bool(moment.rows) or moment.name not in ("service", "storage", "ingestion", "workspaces")
