"""The theme: who publishes, the type and the colours of pages and cards, read from one TOML file."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

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
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise BadTheme(path, [f"it is no text in UTF-8: {error.reason} at byte {error.start}"]) from error
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise BadTheme(path, [str(error)]) from error
        problems = [*_problems(told)]
        if problems:
            raise BadTheme(path, problems)
        return cls(
            operator=told["operator"]["name"],
            logo=told["operator"]["logo"],
            display=told["type"]["display"],
            text=told["type"]["text"],
            system=told["type"]["system"],
            grounds={scheme: {name: Ground(**told[scheme][name]) for name in GROUNDS} for scheme in SCHEMES},
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


# What is told ends in a style sheet and in SVG, so nothing may pass that could close either.
def _problems(told: dict[str, object]) -> list[str]:
    wanted = [("operator", "name", _NAME), ("operator", "logo", _PATH)]
    wanted += [("type", name, _FONTS) for name in ("display", "text", "system")]
    problems = [*_missing(told, wanted)]
    known: dict[str, set[str]] = {
        "operator": {"name", "logo"},
        "type": {"display", "text", "system"},
        **{scheme: {*GROUNDS} for scheme in SCHEMES},
    }
    problems += _unknown(told, known)
    return problems + [problem for scheme in SCHEMES for problem in _of_scheme(scheme, told)]


def _of_scheme(scheme: Scheme, told: dict[str, object]) -> list[str]:
    grounds = _table(told, scheme)
    if not grounds:
        return [f"the section [{scheme}] is missing"]
    problems = []
    for name in GROUNDS:
        inks = _table(grounds, name)
        if not inks:
            problems.append(f"{scheme}.{name} is missing, four inks are expected: {', '.join(INKS)}")
            continue
        problems += _colours(f"{scheme}.{name}", {ink: inks.get(ink) for ink in INKS})
        problems += [f"{scheme}.{name}.{ink}: there is no such token" for ink in inks if ink not in INKS]
    return problems


def _unknown(told: dict[str, object], known: Mapping[str, set[str]]) -> list[str]:
    """What stands in the file and is read by nobody: most likely misspelled."""
    problems = [f"{section}: there is no such section" for section in told if section not in known]
    for section, names in known.items():
        problems += [
            f"{section}.{name}: there is no such token" for name in _table(told, section) if name not in names
        ]
    return problems


def _colours(where: str, inks: Mapping[str, object]) -> list[str]:
    problems = [
        f"{where}.{ink} is missing"
        if colour is None
        else f"{where}.{ink}: {colour!r} is no colour like #1a2b3c"
        for ink, colour in inks.items()
        if not _COLOUR.fullmatch(str(colour))
    ]
    if problems:
        return problems
    seen = {ink: contrast(str(inks[ink]), str(inks["ground"])) for ink in LEAST}
    return [
        f"{where}.{ink}: {inks[ink]} on {inks['ground']} has a contrast of {seen[ink]:.1f}, at least {least} is needed"
        for ink, least in LEAST.items()
        if seen[ink] < least
    ]


def _missing(told: dict[str, object], wanted: list[tuple[str, str, re.Pattern[str]]]) -> list[str]:
    problems = []
    for section, name, form in wanted:
        value = _table(told, section).get(name)
        if not isinstance(value, str):
            problems.append(f"{section}.{name} is missing")
        elif not form.fullmatch(value):
            problems.append(f"{section}.{name}: {value!r} holds characters that have no place there")
    return problems


def _table(told: dict[str, object], name: str) -> dict[str, object]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}
