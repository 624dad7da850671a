"""The theme: who publishes, the type and the colours of pages and cards, read from one TOML file."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from wrapped_assets.resources.errors import Refused
from wrapped_assets.serving.pages.colours import between, contrast

DEFAULT = Path(__file__).with_name("theme.toml")

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LEAST = {"ink": 4.5, "accent": 3.0}
"""The contrast that each needs with its ground for everybody to see it (WCAG 2.2, 1.4.3 and 1.4.11)."""

INKS = ("ground", "ink", "accent", "soft")
GROUNDS = ("paper", "sun", "flame", "sea", "leaf", "rose", "night")

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]*")
_PATH = re.compile(r"(?:[Mm][0-9MmLlHhVvCcSsQqTtAaZze .,-]*)?")
_FONTS = re.compile(r"[\w ,'-]+")

# What is told ends in a style sheet and in SVG, so nothing may pass that could close either.
_GROUND = dict.fromkeys(INKS, _COLOUR)
_FORM: dict[str, Any] = {
    "operator": {"name": _NAME, "logo": _PATH},
    "type": dict.fromkeys(("display", "text", "system"), _FONTS),
    **{scheme: dict.fromkeys(GROUNDS, _GROUND) for scheme in SCHEMES},
}


class BadTheme(Refused):
    """A theme file that cannot be used, with everything that is wrong in it."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        listed = "".join(f"  {problem}\n" for problem in problems)
        super().__init__(
            f"The theme {path} cannot be used.\n{listed}  Next: compare it with {DEFAULT}, which names every token."
        )


@dataclass(frozen=True)
class Ground:
    """Four flat inks, as #rrggbb."""

    ground: str
    ink: str
    accent: str
    soft: str

    @property
    def levels(self) -> tuple[str, ...]:
        """The steps of a heat map, from nothing to most."""
        return (self.soft, *(between(self.soft, self.accent, part) for part in (0.3, 0.55, 0.8)), self.accent)


@dataclass(frozen=True)
class Theme:
    """Everything an operator can change of the look."""

    operator: str
    logo: str
    display: str
    text: str
    system: str
    grounds: Mapping[Scheme, Mapping[str, Ground]] = field(hash=False)

    @classmethod
    def load(cls, path: Path | None = None) -> "Theme":
        """The theme of this file, or the one that ships; raises BadTheme naming all that is missing, malformed or hard to see."""
        path = path or DEFAULT
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise BadTheme(path, [f"it is no text in UTF-8: {error.reason} at byte {error.start}"]) from error
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise BadTheme(path, [str(error)]) from error
        problems = [*_problems(found, _FORM)]
        if problems:
            raise BadTheme(path, problems)
        return cls(
            operator=found["operator"]["name"],
            logo=found["operator"]["logo"],
            display=found["type"]["display"],
            text=found["type"]["text"],
            system=found["type"]["system"],
            grounds={scheme: {name: Ground(**found[scheme][name]) for name in GROUNDS} for scheme in SCHEMES},
        )

    def css(self) -> str:
        """The colours and fonts as custom properties, for whichever scheme the reader prefers."""
        fonts = (
            f":root{{--display:'{self.display}',{self.system};--text:'{self.text}',{self.system}}}"
            f"{_properties(self.grounds['light'])}"
        )
        return f"{fonts}@media(prefers-color-scheme:dark){{{_properties(self.grounds['dark'])}}}"


@cache
def default_theme() -> Theme:
    """The theme that ships."""
    return Theme.load()


def version(path: Path | None = None) -> str:
    """Changes when the file does: what was drawn in another theme is out of date."""
    return hashlib.sha256((path or DEFAULT).read_bytes()).hexdigest()[:12]


def _properties(grounds: Mapping[str, Ground]) -> str:
    return "".join(
        f"[data-ground={name}]{{--ground:{ground.ground};--ink:{ground.ink};--accent:{ground.accent};--soft:{ground.soft};"
        f"{';'.join(f'--level{i}:{colour}' for i, colour in enumerate(ground.levels))}}}"
        for name, ground in grounds.items()
    )


def _problems(found: Mapping[str, Any], form: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What is missing, malformed, hard to see, or read by nobody and so most likely misspelled."""
    for name, expected in form.items():
        at, value = f"{where}{name}", found.get(name)
        if isinstance(expected, re.Pattern):
            if not isinstance(value, str):
                yield f"{at} is missing"
            elif not expected.fullmatch(value):
                holds = (
                    "is no colour like #1a2b3c"
                    if expected is _COLOUR
                    else "holds characters that have no place there"
                )
                yield f"{at}: {value!r} {holds}"
        elif isinstance(value, dict):
            yield from _problems(value, expected, f"{at}.")
        else:
            inks = f"{at} is missing, four inks are expected: {', '.join(expected)}"
            yield inks if where else f"the section [{name}] is missing"
    for name in (each for each in found if each not in form):
        yield f"{where}{name}: there is no such {'token' if where else 'section'}"
    if form is _GROUND and all(_COLOUR.fullmatch(str(found.get(ink))) for ink in INKS):
        yield from _hard_to_see(found, where)


def _hard_to_see(inks: Mapping[str, str], where: str) -> Iterator[str]:
    for ink, least in LEAST.items():
        seen = contrast(inks[ink], inks["ground"])
        if seen < least:
            yield f"{where}{ink}: {inks[ink]} on {inks['ground']} has a contrast of {seen:.1f}, at least {least} is needed"
