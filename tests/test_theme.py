"""The one file that says how everything looks."""

from pathlib import Path

import pytest

from wrapped_assets.serving.colours import between, contrast
from wrapped_assets.serving.theme import DEFAULT, GROUNDS, SCHEMES, BadTheme, Theme, default_theme


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_has_a_contrast_of_seven_and_what_matters_in_a_drawing_three(scheme: str, ground: str) -> None:
    """In both schemes, on every ground."""
    inks = default_theme().grounds[scheme][ground]  # type: ignore[index]
    assert contrast(inks.ink, inks.ground) >= 7
    assert contrast(inks.accent, inks.ground) >= 3


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
