"""From SVG to the bytes of an image. The same SVG gives the same bytes."""

import io
from collections.abc import Iterable
from pathlib import Path

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
    # Imported with the first card: no start waits for it.
    from resvg import render, usvg

    try:
        # Made anew for each card: they belong to their thread, and loading two fonts takes 30 microseconds.
        options = usvg.Options.default()
        for file in fonts:
            options.load_font_file(str(file))
        return bytes(render(usvg.Tree.from_str(svg, options), _AS_IT_IS))
    except BaseException as error:
        # A panic of the Rust side derives from BaseException and would end the whole worker.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise NotDrawn(error) from error


def jpeg(image: bytes) -> bytes:
    """A PNG as JPEG, where bytes count."""
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        out = io.BytesIO()
        opened.convert("RGB").save(
            out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True, subsampling=0
        )
    return out.getvalue()
