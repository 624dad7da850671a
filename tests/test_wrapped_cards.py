"""Cards for many customers, and what an operator sees of them."""

import csv
import io
import os
import re
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests import year_documents
from tests.built_world import YEAR, BuiltWorld
from wrapped_assets.definitions import defs
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.cards.batch import draw, into
from wrapped_assets.serving.pages.theme import DEFAULT, default_theme
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.slides.moments import Slideshow

pytestmark = pytest.mark.proof


def test_two_hundred_customers_are_drawn_one_at_a_time(tmp_path: Path) -> None:
    """Each is reported when it is done, and memory does not grow with their number."""
    reports: list[tuple[int, int]] = []
    peaks: list[int] = []

    def stories() -> Iterator[tuple[str, Slideshow]]:
        document = year_documents.rich()
        for number in range(200):
            if number in (20, 199):
                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            yield document.wrapped_id, USAGE.tell(document, f"Customer {number}")

    drawn = draw(
        stories(), 200, lambda name, image: None, default_theme(), shared_fonts(), False,
        lambda label, done, total: reports.append((done, total)),
    )  # fmt: skip

    assert (drawn.customers, drawn.cards) == (200, 400)
    assert reports == [(number, 200) for number in range(1, 201)]
    assert peaks[1] - peaks[0] < 40_000  # kB


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash leaves behind is no card."""
    write = into(tmp_path)
    write("a/summary-1200x630.png", b"old")

    def crash(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="disk full"):
        write("a/summary-1200x630.png", b"new")

    assert (tmp_path / "a" / "summary-1200x630.png").read_bytes() == b"old"


@pytest.fixture
def world(built_world: BuiltWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuiltWorld:
    """A twin of the small world, which this process works on."""
    twin = built_world.twin(tmp_path / "home")
    for name, value in twin.settings_alone.items():
        monkeypatch.setenv(name, value)
    return twin


def _materialize(asset: str, upstream: tuple[str, ...], config: dict[str, object]) -> dg.AssetMaterialization:
    """Run the asset for the year as Dagster would, on the settings of this process."""
    from wrapped_assets.assets.stores import RegistryResource, WarehouseResource
    from wrapped_assets.settings import Settings

    resources = {
        "warehouse": WarehouseResource.from_settings(Settings.load()),
        "registry": RegistryResource(),
    }
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [defs.get_assets_def(name) for name in (*upstream, asset)],
            partition_key=str(YEAR),
            resources=resources,
            run_config={"ops": {asset: {"config": config}}},
            instance=instance,
        )
    return result.asset_materializations_for_node(asset)[0]


def test_an_operator_sees_the_cards_of_the_largest_customers(world: BuiltWorld) -> None:
    """The asset writes both sizes for each and shows the first ones as pictures."""
    shown = _materialize("wrapped_cards", (), {"customers": 5})

    files = sorted((world.home / "cards" / str(YEAR)).rglob("*.png"))
    assert len(files) == 10
    assert {path.name for path in files} == {"summary-1080x1920.png", "summary-1200x630.png"}
    assert shown.metadata["customers"].value == 5
    assert (
        len(re.findall(r"!\[card\]\(data:image/jpeg;base64,", str(shown.metadata["first_cards"].value))) == 3
    )


def test_nobody_who_opted_out_has_cards(world: BuiltWorld) -> None:
    """The next takes the place, and what an earlier run wrote for whoever is not drawn any more is gone. Nobody else may read them."""
    from wrapped_assets.access.open import open_registry
    from wrapped_assets.settings import Settings

    _materialize("wrapped_cards", (), {"customers": 3})
    folder = world.home / "cards" / str(YEAR)
    first = {path.name for path in folder.iterdir()}
    (folder / "chosen").mkdir()
    with open_registry(Settings.load()) as registry:
        leaving = sorted(first)[0]
        registry.opt_out(leaving)
        registry.opt_out("of no edition")
    shown = _materialize("wrapped_cards", (), {"customers": 3})
    second = {path.name for path in folder.iterdir()} - {"chosen"}

    assert len(first) == 3 == len(second)
    assert first - second == {leaving}
    assert shown.metadata["customers"].value == 3
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    _materialize("wrapped_cards", (), {"customers": 1})
    assert len([*folder.iterdir()]) == 1 + 1


def test_the_announcement_has_a_mail_for_everybody_with_a_link(
    world: BuiltWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row and two files each, readable by nobody else; whoever opted out gets none, whoever has no link is counted. The setting says where pages are, unless the run does."""
    from wrapped_assets.access.open import open_registry
    from wrapped_assets.settings import Settings

    none_yet = _materialize("wrapped_announcement", (), {"public_url": "https://wrapped.example.com/"})
    all_of_them = _materialize(
        "wrapped_announcement", ("wrapped_tokens",), {"public_url": "https://wrapped.example.com/"}
    )
    folder = world.home / "announcements" / str(YEAR)
    first = _table(folder)
    with open_registry(Settings.load()) as registry:
        links = {link.subject: link.url_key for link in registry.links_of_edition(YEAR)}
        registry.opt_out(first[0]["wrapped_id"])
    monkeypatch.setenv("WRAPPED_PUBLIC_URL", "https://other.example.com/")
    without_one = _materialize("wrapped_announcement", ("wrapped_tokens",), {})
    second = _table(folder)
    counts = [
        (made.metadata["dagster/partition_row_count"].value, made.metadata["customers_without_a_link"].value)
        for made in (none_yet, all_of_them, without_one)
    ]

    assert counts == [(0, len(links)), (len(links), 0), (len(links) - 1, 0)]

    assert {row["wrapped_id"]: row["address"] for row in first} == {
        subject: f"https://wrapped.example.com/wrapped/{key}" for subject, key in links.items()
    }
    assert {row["wrapped_id"] for row in first} - {row["wrapped_id"] for row in second} == {
        first[0]["wrapped_id"]
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {row["address"].rpartition("/")[0] for row in second} == {"https://other.example.com/wrapped"}
    assert second[0]["address"] in (folder / second[0]["text_file"]).read_text(encoding="utf-8")
    assert not (folder / first[0]["html_file"]).exists()


@pytest.mark.parametrize("config", [{}, {"public_url": "wrapped.example.com"}])
def test_no_mail_is_written_whose_link_would_lead_nowhere(
    world: BuiltWorld, monkeypatch: pytest.MonkeyPatch, config: dict[str, object]
) -> None:
    """Nobody said where the pages are, or it is no address: the run fails, and says what to set."""
    monkeypatch.delenv("WRAPPED_PUBLIC_URL", raising=False)

    with pytest.raises(
        dg.Failure, match=r"would lead nowhere.\n  .*public_url.*\n  Next: set WRAPPED_PUBLIC_URL"
    ):
        _materialize("wrapped_announcement", ("wrapped_tokens",), config)

    assert not (world.home / "announcements").exists()


def test_cards_and_mails_are_in_the_operators_own_theme(
    world: BuiltWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WRAPPED_THEME names it; one that cannot be used ends the run in its own words."""
    own = tmp_path / "theme.toml"
    own.write_text(DEFAULT.read_text(encoding="utf-8").replace('name = "Wrapped"', 'name = "Initech"'))
    monkeypatch.setenv("WRAPPED_THEME", str(own))
    _materialize("wrapped_announcement", ("wrapped_tokens",), {"public_url": "https://wrapped.example.com"})
    folder = world.home / "announcements" / str(YEAR)
    assert all("Initech" in (folder / row["text_file"]).read_text() for row in _table(folder))

    own.write_text("[operator]")
    with pytest.raises(dg.Failure, match=r"cannot be used.\n  operator.name is missing"):
        _materialize("wrapped_cards", (), {"customers": 1})


def _table(folder: Path) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO((folder / "announcement.csv").read_text(encoding="utf-8")))]
