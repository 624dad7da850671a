"""How the shipped fonts were made, so that anyone can make them again: python tools/make_fonts.py FOLDER.

FOLDER holds what the registries ship, unpacked: Archivo[wdth,wght].ttf (PyPI fontpkg-archivo), Noto*-Bold.ttf (Debian
fonts-noto-core), NotoSansCJK-Bold.ttc (Debian fonts-noto-cjk), NotoEmoji[wght].ttf (PyPI manimgx-fonts). Needs fonttools
and, for the two web fonts, brotli. Only a maintainer runs it; docs/decisions/0014-cards-and-fonts.md says what was chosen and why.
"""

import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SERVING = Path(__file__).parents[1] / "wrapped_assets" / "serving"
HERE, STATIC = SERVING / "fonts", SERVING / "pages" / "static"

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), 0x2032, 0x2033, 0x20AC, 0x2030]
LATIN += [0x202F, 0x2190, 0x2191, 0x2192, 0x2193, 0x2197, 0x2212, 0x2248, 0x2264, 0x2265, 0x00D7]
# What the first slide needs at once and therefore comes inside the page: the less, the sooner it is painted.
BASE = [*range(0x20, 0x7F), 0xA0, 0xD7, 0x202F, 0x2013, 0x2014, 0x2019, 0x2026, 0x2212]
WEB_FEATURES = ("kern", "ccmp", "mark", "mkmk", "locl", "tnum", "liga")
WIDE_LATIN = [*LATIN, *range(0x180, 0x250), *range(0x1E00, 0x1F00)]

ARCHIVO: dict[Path, Iterable[int]] = {
    HERE / "wrapped-display.ttf": WIDE_LATIN,
    HERE / "wrapped-text.ttf": WIDE_LATIN,
    STATIC / "display.woff2": BASE,
    STATIC / "display-more.woff2": {*LATIN} - {*BASE},
    STATIC / "text.woff2": LATIN,
}

SCRIPTS = [
    "Sans",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Georgian",
    "Armenian",
    "Ethiopic",
    "Symbols",
]


def main(folder: Path) -> None:
    """Write every font file, and say how large each is."""
    sources = {
        path.name: path
        for path in sorted(folder.rglob("Noto*.tt[fc]")) + sorted(folder.rglob("Archivo*.ttf"))
    }
    for path, characters in ARCHIVO.items():
        _write(_archivo(sources["Archivo[wdth,wght].ttf"], path, characters), path)
    for script in SCRIPTS:
        name = "NotoSans-Bold" if script == "Sans" else f"NotoSans{script}-Bold"
        font = TTFont(sources[f"{name}.ttf"])
        _write(_subset(font, _kept(script, font)), HERE / f"{name}.ttf")
    symbols = TTFont(sources["NotoSansSymbols2-Regular.ttf"])
    _write(_subset(symbols, _marks(symbols)), HERE / "NotoSansSymbols2-Regular.ttf")
    emoji = _instance(sources["NotoEmoji[wght].ttf"], wght=700)
    _write(_subset(emoji, emoji.getBestCmap()), HERE / "NotoEmoji-Bold.ttf")
    for number, characters in enumerate(_cjk_pieces(), 1):
        font = TTFont(sources["NotoSansCJK-Bold.ttc"], fontNumber=2)  # simplified Chinese forms
        _write(
            _subset(_renamed(font, f"Noto Sans CJK {number}"), characters, ()),
            HERE / f"NotoSansCJK-Bold-{number}.otf",
        )


def _archivo(source: Path, path: Path, characters: Iterable[int]) -> TTFont:
    """One of the two cuts, display or text, with these characters; for the web without what cards alone need."""
    display = "display" in path.name
    cut = _instance(source, wght=880, wdth=62) if display else _instance(source, wght=520, wdth=100)
    if display:
        _space_words(cut, 0.19)
    renamed = _renamed(cut, "Wrapped Display" if display else "Wrapped Text")
    if path.suffix == ".woff2":
        return _subset(renamed, characters, WEB_FEATURES, "woff2")
    return _subset(renamed, characters)


def _instance(path: Path, **axes: float) -> TTFont:
    return instancer.instantiateVariableFont(TTFont(path), axes)


def _space_words(font: TTFont, ems: float) -> None:
    """A wider word space: the condensed cut's own (0.11 em) runs headlines together."""
    for character in (0x20, 0xA0):
        glyph = font.getBestCmap()[character]
        font["hmtx"][glyph] = (round(ems * font["head"].unitsPerEm), font["hmtx"][glyph][1])


def _renamed(font: TTFont, family: str) -> TTFont:
    """The same font under a family name of its own, so that no installed font can stand in for it."""
    for table in font["cmap"].tables:
        if 0xA0 in table.cmap:  # French groups digits with a narrow space, which Archivo lacks
            table.cmap.setdefault(0x202F, table.cmap[0xA0])
    for record in [*font["name"].names]:
        if record.nameID in (16, 17, 21, 22, 25):
            font["name"].removeNames(nameID=record.nameID)
    for number, text in ((1, family), (2, "Regular"), (3, family), (4, family), (6, family.replace(" ", ""))):
        font["name"].setName(text, number, 3, 1, 0x409)
        font["name"].removeNames(nameID=number, platformID=1)
    font["OS/2"].usWeightClass = 400
    return font


def _subset(
    font: TTFont, characters: Iterable[int], features: tuple[str, ...] = ("*",), flavor: str | None = None
) -> TTFont:
    options = subset.Options()
    options.layout_features = [*features]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.flavor = flavor
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(characters))
    cutter.subset(font)
    font.flavor = flavor
    return font


def _kept(script: str, font: TTFont) -> Iterable[int]:
    """Noto Sans gives Greek and Cyrillic, which Archivo lacks; the others all they have."""
    every = set(font.getBestCmap())
    return (
        every & {*range(0x20, 0x530), *range(0x1E00, 0x2200), *range(0x2C60, 0x2C80)}
        if script == "Sans"
        else every
    )


def _marks(font: TTFont) -> Iterable[int]:
    """Arrows, shapes, stars and dingbats; not the dominoes and cards that make the file large."""
    return set(font.getBestCmap()) & {*range(0x2190, 0x2800), *range(0x2B00, 0x2C00)}


def _cjk_pieces() -> Iterable[set[int]]:
    """What the everyday standards of China, Taiwan, Japan and Korea hold, in pieces that stay under 1 MB each."""
    every: set[int] = set()
    for codec in ("gb2312", "shift_jis", "euc_kr"):
        every |= _holds(codec)
    every |= {c for c in _holds("big5") if chr(c).encode("big5") < b"\xc9\x40"}
    every |= {*range(0x3000, 0x3100), *range(0xFF01, 0xFFEF)}
    every -= {*range(0x3000)}
    edges = [0x3000, 0x5DFF, 0x6C00, 0x7B00, 0x8C00, 0xAC00, 0x10000]
    for first, last in itertools.pairwise(edges):
        yield {c for c in every if first <= c < last}


def _holds(codec: str) -> set[int]:
    # Two bytes: Python's euc_kr also spells rarer syllables out, in eight.
    return {c for c in range(0x3000, 0xFFF0) if len(chr(c).encode(codec, "ignore")) == 2}


def _write(font: TTFont, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    font["head"].modified = font["head"].created  # the same bytes on every run
    font.recalcTimestamp = False
    font.save(path)
    print(f"{path.stat().st_size:>9,}  {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
