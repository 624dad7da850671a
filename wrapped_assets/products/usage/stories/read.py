"""Data read: what the requests scanned, and how much of it was answered."""

from wrapped_assets.product import Story
from wrapped_assets.products.usage.stories.requests import Fields
from wrapped_assets.slides import shapes
from wrapped_assets.slides.markup import NOTHING, Markup, el, join
from wrapped_assets.slides.moments import Moment, Slideshow
from wrapped_assets.slides.numbers import count, scaled
from wrapped_assets.slides.parts import Look, View, area, comparison, figure, heading, sentences, words
from wrapped_assets.slides.pictures import Box, Picture, noted
from wrapped_assets.slides.teller import Teller
from wrapped_assets.slides.typesetting import Setter
from wrapped_assets.slides.wording import roughly


def _words(teller: Teller) -> Moment | None:
    document: Fields = teller.document
    told = document.requests
    if not told.bytes_read:
        return None
    number, unit = scaled(told.bytes_read, teller.locale)
    lines = [f"Exactly {teller.locale.integer(told.bytes_read)} bytes."]
    if told.rows_read:
        answered = (
            "" if told.result_rows is None else f" to answer with {count(told.result_rows, teller.locale)}"
        )
        lines.append(f"{roughly(told.rows_read, 'row', teller.locale)} processed{answered}.")
    return Moment(
        "read", "Data read", number, f"{unit} read", tuple(lines),
        comparison=teller.compared(told.bytes_read, "bytes"),
    )  # fmt: skip


def _answered_of_read(show: Slideshow) -> tuple[int, int] | None:
    """Rows answered and rows processed, where the ones are among the others: generated rows are no part of what was read."""
    answered, processed = show.document.requests.result_rows, show.document.requests.rows_read
    return None if answered is None or not 0 < processed >= answered else (answered, processed)


def _slide(view: View) -> Markup:
    moment, answered = view.moment, _answered_of_read(view.show)
    return join(
        words(heading(moment), figure(moment), sentences(moment), comparison(moment)),
        area(needle(*answered), "The field: rows processed. In it, to scale: rows answered.")
        if answered
        else None,
    )


def needle(found: int, searched: int) -> Markup:
    """What was answered within what was read, as areas; two lines lead to it, for it can be too small to see."""
    side = 100 * (min(found, searched) / searched) ** 0.5
    x, y = (68.0 - side / 2, 38.0 - side / 2) if side < 60 else (0.0, 0.0)
    return shapes.drawing(
        100, 100, shapes.rects([(0, 0, 100, 100)], "soft"),
        el("g", shapes.rects([(0, 37.8, 100, 0.4)], "ink"), data_motion="spin"),
        el("g", shapes.rects([(67.7, 0, 0.6, 100)], "ink"), data_motion="spin"),
        shapes.rects([(x, y, side, side)], "accent"),
    )  # fmt: skip


def _picture(show: Slideshow, moment: Moment, setter: Setter, box: Box) -> Markup:
    answered = _answered_of_read(show)
    if answered is None:
        return NOTHING
    return noted(needle(*answered), "Field: rows processed. In it: rows answered.", setter, box)


STORY = Story(
    "read",
    words=_words,
    look=Look("night", "corners", "shrink", _slide),
    picture=Picture(_picture, lambda show, moment: _answered_of_read(show) is not None),
)
