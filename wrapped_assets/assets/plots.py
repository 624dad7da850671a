"""What a materialization shows of its numbers: Markdown tables and small bar charts, as plain text.

Dagster's UI renders Markdown, with images in data URIs. It shows up to 999 characters in place and more
behind a "Show Markdown" link, so a chart of twelve months is drawn in fewer: no drawing library gets near
that. Nothing here imports Dagster. What customers see (pages, cards) is made elsewhere.
"""

import base64
import re
from collections.abc import Sequence
from typing import TypeGuard
from xml.sax.saxutils import escape

# Names come from outside. Unescaped, `![](https://...)` in one would make every reader's browser fetch it.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|&~])")

WIDTH, HEIGHT = 520, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 36, 28
BAR, INK = "#4f7cf0", "#76808d"  # both keep a contrast of 3.5 or more on white and on near-black

MONTHS = "JFMAMJJASOND"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A GitHub-style table. Numbers get thousands separators and stand right; None shows as a dash."""
    aligns = ["---:" if _is_numeric([row[i] for row in rows]) else "---" for i in range(len(header))]
    lines = [[_cell(name) for name in header], aligns, *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_numeric(values: Sequence[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(map(_is_number, known))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    text = f"{value:,}" if _is_number(value) else " ".join(str(value).split())
    return _MARKDOWN.sub(r"\\\1", text)


def bar_chart_svg(values: Sequence[int], title: str, labels: str = "") -> str:
    """One bar per value, from zero, on a transparent ground that may be light or dark.

    The characters of `labels` stand evenly spread under the bars: MONTHS serves 12 bars and 365.
    """
    top = _round_up(max(values, default=0))
    drawing = (
        f'<text x="{WIDTH // 2}" y="18">{escape(title)}</text>',
        _scale(top),
        _bars(values, top),
        _labels(labels),
    )
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" fill="{INK}" text-anchor="middle"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} style="font:13px sans-serif">'
        f"{''.join(drawing)}</svg>"
    )


def as_data_uri(svg: str) -> str:
    """The picture as one URL, for `![what it shows](data:...)`."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _round_up(peak: int) -> int:
    """The next number that is round, and whose half is round and whole."""
    scale = 1
    while 20 * scale < peak:
        scale *= 10
    return next(step * scale for step in (2, 4, 6, 8, 10, 12, 16, 20) if step * scale >= peak)


def _short(value: int) -> str:
    """The value in three digits or so and a decimal suffix: 12500 is 12.5k."""
    for power, suffix in ((21, "Z"), (18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if value >= 10**power:
            return f"{value * 10 // 10**power / 10:g}{suffix}"
    return str(value)


def _scale(top: int) -> str:
    """Three lines (top, half, zero), each with its value to the left."""
    half = (HEIGHT - TOP - BOTTOM) // 2
    right = WIDTH - RIGHT
    lines = f'<path stroke="{INK}" opacity=".3" d="M{LEFT} {TOP}H{right}m0 {half}H{LEFT}m0 {half}H{right}"/>'
    texts = (
        f'<text x="{LEFT // 2}" y="{TOP + 4 + half * i}">{_short(value)}</text>'
        for i, value in enumerate((top, top // 2, 0))
    )
    return lines + "".join(texts)


def _bars(values: Sequence[int], top: int) -> str:
    """All bars as one stroke. What is not nothing is at least one pixel high."""
    floor = HEIGHT - BOTTOM
    heights = [max(value * (floor - TOP) // top, 1) if value else 0 for value in values]
    strokes = (
        f"M{x} {floor}v-{height}" for x, height in zip(_centres(len(values)), heights, strict=True) if height
    )
    width = (WIDTH - LEFT - RIGHT) * 0.75 / max(len(values), 1)
    return f'<path stroke="{BAR}" stroke-width="{width:.3g}" d="{"".join(strokes)}"/>'


def _labels(labels: str) -> str:
    return f'<text x="{" ".join(_centres(len(labels)))}" y="{HEIGHT - 10}">{escape(labels)}</text>'


def _centres(count: int) -> list[str]:
    """Where the middles of so many equal columns are."""
    return [f"{LEFT + (WIDTH - LEFT - RIGHT) * (2 * i + 1) / (2 * count):.4g}" for i in range(count)]
