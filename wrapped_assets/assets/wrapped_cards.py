"""wrapped_cards: the cards of an edition's largest customers, as files, and what they look like.

What stands on a card is written in wrapped_assets/serving/cards/; this module says for whom, and shows the first ones.
"""

import base64
from collections.abc import Iterator

import dagster as dg

from wrapped_assets.assets.common import OWNERS, RETRY, WRITERS_POOL, column_schema, describe, reporter
from wrapped_assets.partitions import editions
from wrapped_assets.pictures import markdown_table
from wrapped_assets.resources.warehouse import Reader, Warehouse
from wrapped_assets.serving.cards.batch import Drawn, draw, into
from wrapped_assets.serving.cards.fonts import shared_fonts
from wrapped_assets.serving.cards.layout import SUMMARY, card
from wrapped_assets.serving.cards.raster import jpeg, png
from wrapped_assets.serving.moments import Story
from wrapped_assets.serving.pages.slides import PREVIEW
from wrapped_assets.serving.story import tell
from wrapped_assets.serving.theme import default_theme, version
from wrapped_assets.settings import Settings
from wrapped_assets.summaries import document

COLUMNS = column_schema(
    [
        ("wrapped_id", "text", "Whose card it is; the name of the folder."),
        ("name", "text", "What it shows: summary, or one moment of the year."),
        ("size", "text", "1080x1920 for stories, 1200x630 for links."),
    ]
)
_SHOWN = 3


class Cards(dg.Config):
    """Whose cards to draw."""

    customers: int = 200
    """How many, those with most requests first. Everybody else's are drawn when someone asks for them."""

    every: bool = False
    """Also a card for each moment of the year, not only the summary: a dozen times the work."""


@dg.asset(
    deps=["wrapped_summaries"],
    partitions_def=editions,
    group_name="wrapped",
    kinds={"png"},
    owners=OWNERS,
    code_version=version(),
    backfill_policy=dg.BackfillPolicy.single_run(),
    retry_policy=RETRY,
    # It only reads the warehouse, but no one reads it while somebody writes.
    pool=WRITERS_POOL,
    metadata={"dagster/column_schema": COLUMNS},
    description=describe(
        "one image: a customer's card in one size",
        "`wrapped_summaries`, in the theme of `wrapped_assets/serving/theme.toml`",
        "Written below `<WRAPPED_HOME>/cards/<year>/<wrapped_id>/`. The API needs none of these files, it draws a card when it is asked"
        " for: they are for looking at before a launch, and for whoever sends cards by other ways.",
    ),
)
def wrapped_cards(
    context: dg.AssetExecutionContext, config: Cards, warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult:
    """Draw the cards of each edition of the run."""
    for key in context.partition_keys:
        folder = Settings.load().home / "cards" / key
        with warehouse.reading() as reader:
            stories = [*_stories(reader, int(key), config.customers)]
        drawn = draw(
            iter(stories),
            len(stories),
            into(folder),
            default_theme(),
            shared_fonts(),
            config.every,
            reporter(context),
        )
        context.add_asset_metadata(_metadata(drawn, stories, str(folder)), partition_key=key)
    return dg.MaterializeResult()


def _stories(reader: Reader, year: int, most: int) -> Iterator[tuple[str, Story]]:
    edition = reader.edition(year)
    if edition is None:
        return
    facts = reader.facts(year, most=most)
    names = reader.customers([row["wrapped_id"] for row in facts])
    for row in facts:
        yield row["wrapped_id"], tell(document(row, edition), names.get(row["wrapped_id"]))


def _metadata(drawn: Drawn, stories: list[tuple[str, Story]], folder: str) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(drawn.cards),
        "customers": dg.MetadataValue.int(drawn.customers),
        "bytes": dg.MetadataValue.int(drawn.bytes),
        "folder": dg.MetadataValue.path(folder),
        "first_cards": dg.MetadataValue.md(
            "\n\n".join(_shown(story) for _, story in stories[:_SHOWN]) or "There are none."
        ),
    }


def _shown(story: Story) -> str:
    """The summary card, small, under the customer's name."""
    made = card(story, SUMMARY, PREVIEW, default_theme(), shared_fonts())
    return f"{markdown_table(['customer'], [(story.company,)])}\n\n![card]({_as_data_uri(jpeg(png(made.svg, made.fonts)))})"


def _as_data_uri(image: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(image).decode()
