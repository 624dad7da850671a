"""Options that several commands have."""

from typing import Annotated

import typer

from wrapped_assets.products import PRODUCTS


def _known_product(name: str | None) -> str | None:
    if name is not None and name not in PRODUCTS:
        raise typer.BadParameter(f"There is no product '{name}': {', '.join(PRODUCTS)}.")
    return name


ProductName = Annotated[
    str | None, typer.Option("--product", help=f"One of {', '.join(PRODUCTS)}.", callback=_known_product)
]
