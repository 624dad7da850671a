"""From SVG to the bytes of an image. The same SVG gives the same bytes."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from resvg import render, usvg

JPEG_QUALITY = 85
_AS_IT_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class NotDrawn(Exception):
    """The renderer gave up on a card."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(
            f"A card was not drawn: resvg gave up with {reason}. Nothing was written.\n"
            "  Next: report the customer's name as it is; a name in one script alone has never done this."
        )


def png(svg: str, fonts: Iterable[Path]) -> bytes:
    """The SVG as PNG, drawn with these font files and no others; NotDrawn when that cannot be done."""
    try:
        return bytes(render(usvg.Tree.from_str(svg, _options(fonts)), _AS_IT_IS))
    except BaseException as error:
        # A panic of the Rust side derives from BaseException and would end the whole worker.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise NotDrawn(error) from error


def jpeg(image: bytes) -> bytes:
    """A PNG as JPEG, where bytes count."""
    with Image.open(io.BytesIO(image)) as opened:
        out = io.BytesIO()
        opened.convert("RGB").save(
            out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True, subsampling=0
        )
    return out.getvalue()


# Made anew for each card: they belong to their thread, and loading two fonts takes 30 microseconds.
def _options(files: Iterable[Path]) -> usvg.Options:
    options = usvg.Options.default()
    for file in files:
        options.load_font_file(str(file))
    return options
