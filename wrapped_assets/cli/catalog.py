"""`wrapped catalog`: which names and lengths an edition counts with."""

from typing import Annotated

import typer

from wrapped_assets.cli.options import ProductName
from wrapped_assets.products import BUCKETED
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import bars, console, say

app = typer.Typer(no_args_is_help=True, help="The catalog that an edition has pinned.")


@app.callback()
def group() -> None:
    """What the commands of this group share."""


@app.command()
def pin(
    year: Annotated[int, typer.Option("--year", "-y", help="The edition.", min=1990, max=2200)],
    product: ProductName = "listening",
) -> None:
    """Pin the catalog as its newest snapshots are now, and compute the whole edition anew with it.

    Until then an edition counts with the catalog that it was first built with, whatever lands later.
    """
    bucketed = BUCKETED.get(product or "")
    if bucketed is None:
        raise typer.BadParameter(f"{product} pins no catalog: {', '.join(BUCKETED)}.")
    settings = Settings.load()
    from wrapped_assets.cli import running
    from wrapped_assets.cli.instance import dagster_instance

    with bars(), dagster_instance(settings) as instance:
        running.pin(instance, bucketed, year)
    say(console, f"Pinned the catalog of {product} for {year}, and computed the edition anew.")
