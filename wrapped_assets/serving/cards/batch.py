"""Many customers' cards, one at a time: memory is that of a single card however many there are."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wrapped_assets.progress import Progress
from wrapped_assets.serving.cards.card_layout import SUMMARY, card, names
from wrapped_assets.serving.cards.raster import png
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.slides.glyphs import Fonts
from wrapped_assets.slides.moments import Slideshow

SHARED = ("1080x1920", "1200x630")

Write = Callable[[str, bytes], None]
"""Takes a name such as "<wrapped_id>/summary-1200x630.png" and the image."""


@dataclass
class Drawn:
    """What a run made."""

    customers: int = 0
    cards: int = 0
    bytes: int = 0


def draw(
    stories: Iterator[tuple[str, Slideshow]],
    total: int,
    write: Write,
    theme: Theme,
    fonts: Fonts,
    every: bool,
    report: Progress,
) -> Drawn:
    """The summary cards of each customer's slideshow, or with `every` those of all its moments, in both shared sizes."""
    drawn = Drawn()
    for wrapped_id, show in stories:
        for name in names(show) if every else [SUMMARY]:
            for size in SHARED:
                made = card(show, name, size, theme, fonts)
                image = png(made.svg, made.fonts)
                write(f"{wrapped_id}/{name}-{size}.png", image)
                drawn.cards += 1
                drawn.bytes += len(image)
        drawn.customers += 1
        report("cards", drawn.customers, total)
    return drawn


def into(folder: Path) -> Write:
    """Writes below a folder, each file whole or not at all."""

    def write(name: str, image: bytes) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.write_bytes(image)
        os.replace(unfinished, path)

    return write
