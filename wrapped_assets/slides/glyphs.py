"""Which font draws which character, so that a card never shows the box of a missing glyph.

Shipped fonts come first; where Debian's fonts-noto packages are installed they take what those lack. A character that
no font has is left out, and a name of which nothing is left is replaced by the caller. Fonts are opened when first asked about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from wrapped_assets.slides.fitting import TEXT
from wrapped_assets.text.clusters import INVISIBLE, clusters

if TYPE_CHECKING:
    from PIL import ImageFont

# What reads fonts is imported with the first card: no start waits for it.

SHIPPED = Path(__file__).parents[1] / "serving" / "fonts"
INSTALLED = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto"))

_SHAPED = (range(0x590, 0x10A0), range(0x1780, 0x1800))
"""Scripts whose letters join, stack or change places: Hebrew and Arabic, those of India and its neighbours, Thai, Burmese, Khmer."""
_JOINED_UP = range(0x590, 0x900)
"""Those of them that are written from the right, in which a letter depends on its neighbours."""

_PIXELS = 200


@dataclass(frozen=True)
class Run:
    """A stretch of text in one font."""

    text: str
    family: str


@dataclass(frozen=True)
class Face:
    """One font file, or one font of a collection. What is asked of it is read once, and the file is closed again."""

    path: Path
    number: int = -1

    @cached_property
    def _read(self) -> tuple[str, dict[int, float]]:
        """The family, and the advance of each character it has, in ems."""
        from fontTools.ttLib import TTFont

        with TTFont(self.path, fontNumber=self.number, lazy=True) as font:
            metrics, scale = font["hmtx"], 1 / float(font["head"].unitsPerEm)
            glyphs = font.getBestCmap() or {}
            return str(font["name"].getBestFamilyName()), {
                c: metrics[name][0] * scale for c, name in glyphs.items()
            }

    @property
    def family(self) -> str:
        return self._read[0]

    def covers(self, cluster: str) -> bool:
        return all(ord(character) in self._read[1] for character in cluster)

    @cached_property
    def _drawn(self) -> "ImageFont.FreeTypeFont":
        from PIL import ImageFont

        return ImageFont.truetype(str(self.path), _PIXELS, index=max(self.number, 0))

    def measured(self, text: str) -> tuple[float, float, float]:
        """How wide the text is once its letters are joined and stacked, how far it rises above its baseline and drops below, in ems."""
        _, top, _, bottom = self._drawn.getbbox(text, anchor="ls")
        return self._drawn.getlength(text) / _PIXELS, -top / _PIXELS, bottom / _PIXELS

    def width(self, cluster: str) -> float:
        """The advance of a cluster in ems, before shaping. Joined emoji are as wide as one."""
        advances = [self._read[1].get(ord(character), 0.0) for character in cluster]
        joined = len(cluster) > 1 and ("\u200d" in cluster or ord(cluster[-1]) > 0xFFFF)
        return max(advances, default=0.0) if joined else sum(advances)


class Fonts:
    """The fonts there are, best first."""

    def __init__(self, folders: Sequence[Path] = (SHIPPED, *INSTALLED)) -> None:
        faces = [face for folder in folders for face in _faces(folder)]
        self.primary = {face.family: face for face in faces if face.path.name.startswith("wrapped-")}
        self.others = [face for face in faces if not face.path.name.startswith("wrapped-")]
        self._remembered = lru_cache(maxsize=8192)(self._drawn)
        self._measured = lru_cache(maxsize=8192)(lambda run: self.face(run.family).measured(run.text))

    def runs(self, text: str, family: str) -> list[Run]:
        """The text in stretches of one font each, without what no font can draw."""
        runs: list[Run] = []
        for cluster in clusters(text):
            found = self._remembered(cluster, family, runs[-1].family if runs else family)
            if found is None:
                continue
            if runs and runs[-1].family == found.family:
                runs[-1] = Run(runs[-1].text + found.text, found.family)
            else:
                runs.append(found)
        return runs

    def drawable(self, text: str, family: str = TEXT) -> str:
        """What of the text can be drawn, single-spaced."""
        return " ".join("".join(run.text for run in self.runs(text, family)).split())

    def width(self, text: str, family: str) -> float:
        """How wide the text is in ems."""
        return sum(map(self.advance, self.runs(text, family)))

    def advance(self, run: Run) -> float:
        """How wide a run is in ems."""
        if _has(run.text, *_SHAPED):
            return self._measured(run)[0]
        face = self.face(run.family)
        return sum(map(face.width, clusters(run.text)))

    def reach(self, text: str, family: str) -> tuple[float, float]:
        """How far the text rises above its baseline and drops below it, in ems."""
        measured = [self._measured(run) for run in self.runs(text, family)]
        return max((rise for _, rise, _ in measured), default=0.0), max(
            (drop for *_, drop in measured), default=0.0
        )

    def pieces(self, run: Run) -> list[tuple[float, str]]:
        """The run in what has to be drawn by itself, and where each piece starts, in ems.

        usvg 0.47 makes a letter that consists of several glyphs as wide as the widest of them, and the next one covers it.
        """
        if not _has(run.text, *_SHAPED) or _has(run.text, _JOINED_UP):
            return [(0.0, run.text)]
        letters = [*clusters(run.text)]
        starts = (self.advance(Run("".join(letters[:i]), run.family)) for i in range(len(letters)))
        return [*zip(starts, letters, strict=True)]

    def files(self, families: Iterable[str]) -> list[Path]:
        """Where these families are."""
        return sorted({self.face(family).path for family in families})

    def _drawn(self, cluster: str, family: str, last: str) -> Run | None:
        """The cluster in the first font that has all of it; else its visible part in the first that has that."""
        bare = "".join(character for character in cluster if character not in INVISIBLE)
        for wanted in dict.fromkeys((cluster, bare)):
            if not wanted:
                continue
            for face in self._candidates(wanted, family, last):
                # The renderer knows fonts by family, so of two files of one family only the first can be named.
                if face.covers(wanted) and self.face(face.family) is face:
                    return Run(wanted, face.family)
        base = bare[:1]
        return self._drawn(base, family, last) if len(bare) > 1 else None

    def _candidates(self, cluster: str, family: str, last: str) -> Iterator[Face]:
        """The fonts to ask, in order. Between words of one script a space or an ellipsis belongs to that script's font."""
        before = self.face(last)
        if cluster in " …" and before.covers(cluster) and before.width(cluster) < 1:
            yield before
        yield self.primary[family]
        yield before
        yield from self.others

    def face(self, family: str) -> Face:
        """The font of this family."""
        return self.primary.get(family) or next(face for face in self.others if face.family == family)


def _has(text: str, *blocks: range) -> bool:
    return any(ord(character) in block for character in text for block in blocks)


def _faces(folder: Path) -> Iterator[Face]:
    for path in sorted(folder.glob("*.[ot]t[fc]")):
        if path.suffix != ".ttc":
            yield Face(path)
            continue
        from fontTools.ttLib import TTCollection

        with TTCollection(path, lazy=True) as collection:
            yield from (Face(path, number) for number in range(len(collection.fonts)))


@cache
def shared_fonts() -> Fonts:
    """The fonts of this process: opened once, for they never change while it runs."""
    return Fonts()
