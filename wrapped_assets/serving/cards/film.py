"""The cards of a slideshow in a row, as an MP4 to share. Needs the extra `video` (PyAV); everything else does without.

Two cards are held as pictures at a time, and the encoder has one thread and looks few frames ahead: a film of any length costs
the same memory and leaves the other processors to the pages. Who keeps films, and where they are made, is in films.py.
"""

import importlib.util
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wrapped_assets.serving.cards.card_layout import Card, card, names
from wrapped_assets.serving.cards.raster import png
from wrapped_assets.serving.pages.theme import Scheme, Theme
from wrapped_assets.slides.glyphs import Fonts
from wrapped_assets.slides.moments import Slideshow

if TYPE_CHECKING:
    import av
    import av.container
    from PIL import Image

SIZE = "1080x1920"
WIDTH, HEIGHT = 1080, 1920

RATE = 25
"""Frames a second. All lengths below are in frames."""

CHANGE = 15
"""How long the next card takes to come: 0.6 seconds."""

HELD = 65
"""How long it then stands still: 2.6 seconds."""

CLOSING = 100
"""How long the last one does: 4 seconds."""

STILL = 13
"""How often a card that stands still is told again: twice a second is enough to jump to, and costs a quarter of every frame."""

BARS = 6
LATER = 0.08
"""By what part of a change each bar starts after the one before it."""

# The first that this build of FFmpeg has. H.264 plays everywhere, VP9 in the browsers of today.
ENCODERS = {
    "libx264": {"preset": "veryfast", "crf": "21", "x264-params": "bframes=0:rc-lookahead=8:colorprim=bt709:transfer=bt709:colormatrix=bt709"},
    "libopenh264": {"b": "3M"},
    "libvpx-vp9": {"crf": "32", "b": "0", "deadline": "realtime", "cpu-used": "6"},
}  # fmt: skip


@cache
def available() -> bool:
    """Whether the extra `video` is installed."""
    return importlib.util.find_spec("av") is not None


def cards(show: Slideshow, theme: Theme, fonts: Fonts, scheme: Scheme) -> list[Card]:
    """What the film shows: the moments in their order, and the summary at last."""
    summary, *moments = names(show)
    return [card(show, name, SIZE, theme, fonts, scheme) for name in (*moments, summary)]


def write(shown: Sequence[Card], path: Path) -> None:
    """The film of these cards, as a file at this path."""
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = _stream(container)
        for at, picture in _timed(_pictures(shown)):
            container.mux(stream.encode(_frame(picture, at)))
        container.mux(stream.encode())


def changing(before: "Image.Image", after: "Image.Image", part: float) -> "Image.Image":
    """The next card grows over the one before it in bars from the foot, each a little later than its neighbour."""
    mixed = before.copy()
    for bar in range(BARS):
        own = min(max((part - bar * LATER) / (1 - (BARS - 1) * LATER), 0.0), 1.0)
        top = round(HEIGHT * (1 - own) ** 3)
        box = (bar * WIDTH // BARS, top, (bar + 1) * WIDTH // BARS, HEIGHT)
        mixed.paste(after.crop(box), box)
    return mixed


def _pictures(shown: Iterable[Card]) -> "Iterator[Image.Image]":
    from PIL import Image

    for one in shown:
        with Image.open(io.BytesIO(png(one.svg, one.fonts))) as image:
            yield image.convert("RGB")


def _timed(pictures: "Iterable[Image.Image]") -> "Iterator[tuple[int, Image.Image]]":
    """Each frame with when it is shown."""
    now, before = 0, None
    for picture in pictures:
        if before is not None:
            yield from ((now + step, changing(before, picture, step / CHANGE)) for step in range(CHANGE))
            now += CHANGE
        yield from ((now + still, picture) for still in range(0, HELD, STILL))
        now, before = now + HELD, picture
    if before is not None:
        yield now + CLOSING - HELD, before


def _stream(container: "av.container.OutputContainer") -> "av.VideoStream":
    import av

    encoder = next(name for name in ENCODERS if name in av.codecs_available)
    stream = container.add_stream(encoder, rate=RATE, options=ENCODERS[encoder])
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.codec_context.thread_count = 1
    return stream


def _frame(picture: "Image.Image", at: int) -> "av.VideoFrame":
    import av
    from av.video.reformatter import Colorspace

    # The colours of high definition, said and done: a player that is told nothing guesses, and not all guess alike.
    frame: av.VideoFrame = av.VideoFrame.from_image(picture).reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709
    )
    frame.pts = at
    return frame
