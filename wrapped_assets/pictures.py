"""What a materialization shows of its numbers: Markdown tables and small bar charts, as plain text.

No Dagster here and no drawing library: its UI renders Markdown, with images in data URIs, and one chart does
not pay for matplotlib (30 MB and a second of import). What customers see (pages, cards) is made elsewhere.
"""

import base64
import re
from collections.abc import Sequence
from typing import TypeGuard
from xml.sax.saxutils import escape

# Names come from outside. Unescaped, `![](https://...)` in one would make every reader's browser fetch it.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|&~])")

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 36, 28
INK, GRID, BAR = (
    "#76808d",
    "#76808d40",
    "#4f7cf0",
)  # each keeps a contrast of 3 or more on white and on near-black


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


def bar_chart_svg(values: Sequence[int], title: str, labels: Sequence[str] = ()) -> str:
    """One bar per value, from zero, on a transparent ground that may be light or dark.

    `labels` stand under the bars, evenly spread: twelve of them name the months under 12 bars or under 365.
    """
    top = _round_up(max(values, default=0))
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img"'
    ink = f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} {ink}>',
        f'<title>{escape(title)}</title><text x="{LEFT}" y="18" font-size="14">{escape(title)}</text>',
        *(_grid_line(top * quarter // 4, top) for quarter in range(5)),
        f'<path fill="{BAR}" d="{_bars(values, top)}"/>',
        *(_label(text, i, len(labels)) for i, text in enumerate(labels)),
        "</svg>",
    ]
    return "".join(parts)


def as_data_uri(svg: str) -> str:
    """The picture as one URL, for `![what it shows](data:...)`."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _round_up(peak: int) -> int:
    """The lowest 4, 8, 12, 20 or 40 times a power of ten that is not below the peak: quarters stay round."""
    scale = 1
    while 40 * scale < peak:
        scale *= 10
    return next(step * scale for step in (4, 8, 12, 20, 40) if step * scale >= peak)


def _height(value: int, top: int) -> float:
    return value * (HEIGHT - TOP - BOTTOM) * 10 // top / 10


def _grid_line(value: int, top: int) -> str:
    y = HEIGHT - BOTTOM - _height(value, top)
    return (
        f'<path stroke="{GRID}" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{_short(value)}</text>'
    )


def _short(value: int) -> str:
    """Three digits and a decimal suffix: 12500 is 12.5k."""
    for power, suffix in ((21, "Z"), (18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if value >= 10**power:
            return f"{value * 10 // 10**power / 10:g}{suffix}"
    return str(value)


def _bars(values: Sequence[int], top: int) -> str:
    """One path for all bars, so that 365 of them stay small in an event log. None is too low to be seen."""
    pitch = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    width = round(pitch * (0.7 if pitch > 8 else 0.9), 2)
    floor = HEIGHT - BOTTOM
    starts = (round(LEFT + pitch * i + (pitch - width) / 2, 2) for i in range(len(values)))
    bars = ((x, max(_height(value, top), 1)) for x, value in zip(starts, values, strict=True) if value)
    return "".join(f"M{x} {floor}v-{height}h{width}V{floor}z" for x, height in bars)


def _label(text: str, i: int, count: int) -> str:
    x = round(LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / count, 1)
    return f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="middle">{escape(text)}</text>'
