"""Setting type on a card: lines of text in SVG, fitted and broken by the fonts' own measures."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from wrapped_assets.slides.fitting import DISPLAY, TEXT
from wrapped_assets.slides.glyphs import Fonts
from wrapped_assets.slides.markup import NOTHING, Markup, el, join
from wrapped_assets.text.clusters import clusters

ELLIPSIS = "…"

CLEAR = 0.04
"""Room between the letters of two lines, in ems."""

CAPITALS = 0.72
"""How far the capitals of the display type rise, and its figures."""


@dataclass(frozen=True)
class Line:
    """A line of text that is known to fit."""

    text: str
    size: float


class Setter:
    """Sets text, and remembers which fonts it used."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.families: set[str] = {DISPLAY, TEXT}

    def text(
        self, text: str, x: float, y: float, size: float, family: str = DISPLAY, end: bool = False
    ) -> Markup:
        """One line with its baseline at y; `end` sets it to the left of x.

        Each run of one font is an element of its own, and each of its pieces: usvg 0.47 panics on joined emoji beside another font in one.
        """
        runs = self.fonts.runs(text, family)
        self.families.update(run.family for run in runs)
        widths = [size * self.fonts.advance(run) for run in runs]
        left = x - sum(widths) if end else x
        return join(
            *(
                el("text", piece, class_="ink", x=f"{left + sum(widths[:i]) + size * start:.6g}", y=f"{y:.6g}", font_size=f"{size:.6g}",
                   font_family=f"'{run.family}'", style="white-space:pre")
                for i, run in enumerate(runs)
                for start, piece in self.fonts.pieces(run)
            )
        )  # fmt: skip

    def named(self, name: str, instead: str) -> str:
        """The name, or what stands in for one that no font can draw a letter of."""
        return name if self.fonts.drawable(name, DISPLAY) else instead

    def fitted(self, text: str, width: float, most: float, family: str = DISPLAY) -> Line:
        """The text on one line as large as fits into the width, up to a size."""
        ems = self.fonts.width(text, family) or 1
        return Line(text, min(most, width / ems))

    def broken(self, text: str, width: float, size: float, lines: int, family: str = DISPLAY) -> list[str]:
        """The text on at most so many lines; what is too long ends in an ellipsis."""
        out = [""]
        for word in self.fonts.drawable(text, family).split():
            for piece in self._pieces(word, width, size, family):
                joined = f"{out[-1]} {piece}".strip()
                if self._wide(joined, size, family) <= width:
                    out[-1] = joined
                else:
                    out.append(piece)
        full = [line for line in out if line]
        return (
            full
            if len(full) <= lines
            else [*full[: lines - 1], self._cut(full[lines - 1], width, size, family)]
        )

    def balanced(self, text: str, width: float, size: float, lines: int) -> list[str]:
        """As broken, on lines as alike as they can be, so that no word stands alone on the last."""
        best = self.broken(text, width, size, lines)
        for part in (0.9, 0.8, 0.7, 0.6, 0.55):
            tried = self.broken(text, part * width, size, lines)
            if len(best) < 2 or len(tried) > len(best) or tried[-1].endswith(ELLIPSIS):
                break
            best = tried
        return best

    def paragraph(
        self, lines: list[str], x: float, y: float, size: float, leading: float, family: str = DISPLAY
    ) -> Markup:
        """Lines below each other, the first with its baseline at y."""
        baselines = self.baselines(lines, leading, family)
        return (
            join(
                *(
                    self.text(line, x, y + size * at, size, family)
                    for line, at in zip(lines, baselines, strict=True)
                )
            )
            or NOTHING
        )

    def baselines(self, lines: list[str], leading: float, family: str = DISPLAY) -> list[float]:
        """How far each line's baseline is below the first one's, in ems: `leading` each, or more where letters would touch."""
        reaches = [self.fonts.reach(line, family) for line in lines]
        steps = (max(leading, drop + rise + CLEAR) for (_, drop), (rise, _) in pairwise(reaches))
        return [*accumulate(steps, initial=0.0)][: len(lines)]

    def height(self, lines: list[str], leading: float) -> tuple[float, float]:
        """How far lines of display type rise above the first baseline, beyond what capitals do, and how far they go below it, in ems."""
        if not lines:
            return 0.0, 0.0
        rise, drop = self.fonts.reach(lines[0], DISPLAY)[0], self.fonts.reach(lines[-1], DISPLAY)[1]
        return max(rise - CAPITALS, 0.0), self.baselines(lines, leading)[-1] + drop

    def shrunk(
        self, text: str, width: float, sizes: tuple[float, ...], lines: int
    ) -> tuple[list[str], float]:
        """The text on at most so many lines, in the largest of these sizes in which no word is cut and which needs no more room
        below each other than Latin does in the first, else the last.
        """
        longest = max((self._wide(word, 1, DISPLAY) for word in text.split()), default=0)
        for size in sizes:
            broken = self.broken(text, width, size, lines)
            fits = size * sum(self.height(broken, 1.0)) <= sizes[0] * (lines + 0.2)
            if fits and longest * size <= width and not (broken and broken[-1].endswith(ELLIPSIS)):
                break
        return broken, size

    def _pieces(self, word: str, width: float, size: float, family: str) -> list[str]:
        """The word, cut where it is wider than a line."""
        if self._wide(word, size, family) <= width:
            return [word]
        pieces = [""]
        for cluster in clusters(word):
            if pieces[-1] and self._wide(pieces[-1] + cluster, size, family) > width:
                pieces.append("")
            pieces[-1] += cluster
        return pieces

    def _cut(self, line: str, width: float, size: float, family: str) -> str:
        parts = [*clusters(line)]
        while parts and self._wide("".join(parts) + ELLIPSIS, size, family) > width:
            parts.pop()
        return "".join(parts).rstrip() + ELLIPSIS

    def _wide(self, text: str, size: float, family: str) -> float:
        return size * self.fonts.width(text, family)
