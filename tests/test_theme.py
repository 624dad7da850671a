"""The one file that says how everything looks."""

import math
from pathlib import Path

import pytest

from tests.ports import free_port
from wrapped_assets.serving.pages.colours import _lch, between, contrast
from wrapped_assets.serving.pages.theme import DEFAULT, GROUNDS, SCHEMES, BadTheme, Theme, default_theme
from wrapped_assets.serving.server import serve
from wrapped_assets.settings import BadSettings, Settings


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_has_a_contrast_of_seven_and_what_matters_in_a_drawing_three(scheme: str, ground: str) -> None:
    """In both schemes, on every ground."""
    inks = default_theme().grounds[scheme][ground]  # type: ignore[index]
    assert contrast(inks.ink, inks.ground) >= 7
    assert contrast(inks.accent, inks.ground) >= 3


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_dark_ground_is_the_light_one_darkened(ground: str) -> None:
    """Each slide keeps its own colour: blue stays blue, and none of them turns to black but the one that is."""
    light, dark = (_lch(default_theme().grounds[scheme][ground].ground) for scheme in SCHEMES)
    assert dark[0] < 0.5
    if light[1] > 0.03:
        assert dark[1] > 0.05
        assert abs((light[2] - dark[2] + math.pi) % (2 * math.pi) - math.pi) < 0.35


def test_contrast_is_that_of_wcag() -> None:
    """Two values from the standard's own definition."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    """The ends are the colours themselves."""
    assert (between("#2036e8", "#ffc926", 0), between("#2036e8", "#ffc926", 1)) == ("#2036e8", "#ffc926")


def test_every_problem_of_a_theme_is_told_at_once(tmp_path: Path) -> None:
    """A colour that is none, a font that could close a style sheet, and what is missing."""
    text = DEFAULT.read_text(encoding="utf-8")
    text = text.replace('ground = "#f5f0e6"', 'ground = "cream"').replace(
        'display = "Wrapped Display"', 'display = "x}</style>"'
    )
    broken = tmp_path / "theme.toml"
    broken.write_text(text.replace('name = "Wrapped"', ""), encoding="utf-8")

    with pytest.raises(BadTheme) as raised:
        Theme.load(broken)

    for part in (
        "light.paper.ground: 'cream'",
        "type.display",
        "operator.name is missing",
        "Next: compare it with",
    ):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('ink = "#ffffff"', 'ink = "#4258f5"', "light.sea.ink: #4258f5 on #2036e8 has a contrast of 1.4, at least 4.5 is needed"),
        ('accent = "#c11048"', 'accent = "#f296b7"', "light.rose.accent: #f296b7 on #ffb3cd has a contrast of 1.3, at least 3.0 is needed"),
        ("[light]\npaper", "[light]\npapier", "light.papier: there is no such token"),
        ("[light]\npaper", "[light]\npapier", "light.paper is missing, four inks are expected: ground, ink, accent, soft"),
        (', soft = "#ddd4c1"', "", "light.paper.soft is missing"),
        ("[dark]", "[night]", "the section [dark] is missing"),
        ('name = "Wrapped"', 'name = "Wrap\\u0000ped"', "operator.name: 'Wrap\\x00ped' holds characters"),
        ('logo = "', 'logo = "hello world', "operator.logo: 'hello world"),
        ('soft = "#ddd4c1"', 'soft = "#ddd4c1", blink = "#000000"', "light.paper.blink: there is no such token"),
        ("[operator]", "[publisher]", "publisher: there is no such section"),
        ('name = "Wrapped"', "name = Wrapped", "at line 8, column 8"),
    ],
)  # fmt: skip
def test_a_theme_says_which_field_or_line_is_wrong(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    """Colours that cannot be told apart, words that nobody reads, and what is no TOML."""
    own = tmp_path / "theme.toml"
    own.write_text(DEFAULT.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")

    with pytest.raises(BadTheme) as raised:
        Theme.load(own)

    assert problem in str(raised.value)
    assert str(own) in str(raised.value)


def test_an_operator_has_a_theme_of_their_own(tmp_path: Path) -> None:
    """Name and colours come from the file."""
    text = (
        DEFAULT.read_text(encoding="utf-8")
        .replace('name = "Wrapped"', 'name = "Initech"')
        .replace("#f5f0e6", "#fafafa")
    )
    own = tmp_path / "theme.toml"
    own.write_text(text, encoding="utf-8")

    theme = Theme.load(own)

    assert theme.operator == "Initech"
    assert "--ground:#fafafa" in theme.css()


def test_a_server_does_not_start_with_a_theme_that_cannot_be_used(tmp_path: Path) -> None:
    """It says what is wrong at once, not on somebody's page."""
    own = tmp_path / "theme.toml"
    own.write_text("[operator]", encoding="utf-8")
    settings = Settings.load({"WRAPPED_HOME": str(tmp_path / "home"), "WRAPPED_THEME": str(own)})

    with pytest.raises(BadTheme, match=r"operator.name is missing"):
        serve(settings, "127.0.0.1", free_port(), 1, False)


def test_a_theme_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    """With the other settings that are wrong."""
    with pytest.raises(BadSettings, match=r"WRAPPED_THEME: names no file: /.*/none.toml"):
        Settings.load({"WRAPPED_THEME": str(tmp_path / "none.toml")})

    assert Settings.load({"WRAPPED_THEME": str(DEFAULT)}).theme == DEFAULT
    assert Settings.load({}).theme is None
