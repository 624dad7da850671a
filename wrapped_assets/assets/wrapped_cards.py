"""wrapped_cards: the cards of an edition's largest customers, as files, and what they look like.

What a card shows is written in wrapped_assets/serving/cards/; this module says whose, and shows the first ones.
"""

import base64
import shutil
from collections.abc import Set
from pathlib import Path

import dagster as dg

from wrapped_assets.assets import handouts
from wrapped_assets.assets.common import column_schema, describe, reporter
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.stores import RegistryResource
from wrapped_assets.resources.warehouse import Reader, Warehouse
from wrapped_assets.serving.cards.batch import Drawn, draw, into
from wrapped_assets.serving.cards.card_layout import SUMMARY, card
from wrapped_assets.serving.cards.raster import jpeg, png
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.slides.links import PREVIEW
from wrapped_assets.slides.moments import Slideshow

COLUMNS = column_schema(
    [
        ("wrapped_id", "text", "Whose card it is; the name of the folder."),
        ("name", "text", "What it shows: summary, or one moment of the year."),
        ("size", "text", "1080x1920 for stories, 1200x630 for links."),
    ]
)
_SHOWN = 3

# Whatever else an operator puts beside the customers' folders stays.
_WRAPPED_ID = "-".join("?" * digits for digits in (8, 4, 4, 4, 12))


class Cards(dg.Config):
    """Whose cards to draw."""

    customers: int = 200
    """How many, those with most requests first, without those who opted out. Everybody else's are drawn when someone asks for them."""

    every: bool = False
    """Also a card for each moment of the year, not only the summary: a dozen times the work."""


@handouts.handout(
    "wrapped_cards",
    deps=["wrapped_summaries"],
    kind="png",
    columns=COLUMNS,
    description=describe(
        "one image: a customer's card in one size",
        "`wrapped_summaries`, in the theme of `WRAPPED_THEME`, or else `wrapped_assets/serving/pages/theme.toml`",
        "Written below `<WRAPPED_HOME>/cards/<year>/<wrapped_id>/` (mode 0700); folders of customers that are not drawn this time, because they"
        " opted out for one, are removed. The API needs none of these files, it draws a card when it is asked"
        " for: they are for looking at before a launch, and for sending cards by other means.",
    ),
)
def wrapped_cards(
    context: dg.AssetExecutionContext,
    config: Cards,
    warehouse: dg.ResourceParam[Warehouse],
    registry: RegistryResource,
) -> dg.MaterializeResult:
    """Draw the cards of each edition of the run."""
    theme, report = handouts.theme(), reporter(context)
    with registry.opened() as opened:
        gone = opened.opted_out()
    for key in context.partition_keys:
        folder = handouts.folder("cards", key)
        with warehouse.reading() as reader:
            stories = _stories(reader, int(key), config.customers, gone)
        _forget(folder, {wrapped_id for wrapped_id, _ in stories})
        drawn = draw(iter(stories), len(stories), into(folder), theme, shared_fonts(), config.every, report)
        context.add_asset_metadata(_metadata(drawn, stories, str(folder), theme), partition_key=key)
    return dg.MaterializeResult()


def _stories(reader: Reader, year: int, most: int, gone: Set[str]) -> list[tuple[str, Slideshow]]:
    """The stories of the largest customers, without those who are gone."""
    largest = reader.facts(year, most=most + len(gone))
    facts = [row for row in largest if row["wrapped_id"] not in gone][:most]
    names = reader.customers([row["wrapped_id"] for row in facts])
    return [*handouts.stories(reader, year, ((row, names.get(row["wrapped_id"])) for row in facts))]


def _forget(folder: Path, drawn: Set[str]) -> None:
    """Remove the cards of customers that an earlier run drew and this one does not."""
    for path in folder.glob(_WRAPPED_ID):
        if path.name not in drawn:
            shutil.rmtree(path)


def _metadata(
    drawn: Drawn, stories: list[tuple[str, Slideshow]], folder: str, theme: Theme
) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(drawn.cards),
        "customers": dg.MetadataValue.int(drawn.customers),
        "bytes": dg.MetadataValue.int(drawn.bytes),
        "folder": dg.MetadataValue.path(folder),
        "first_cards": dg.MetadataValue.md(
            "\n\n".join(_shown(story, theme) for _, story in stories[:_SHOWN]) or "There are none."
        ),
    }


def _shown(story: Slideshow, theme: Theme) -> str:
    """The summary card, small, under the customer's name."""
    made = card(story, SUMMARY, PREVIEW, theme, shared_fonts())
    return f"{markdown_table(['customer'], [(story.company,)])}\n\n![card]({_as_data_uri(jpeg(png(made.svg, made.fonts)))})"


def _as_data_uri(image: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(image).decode()
