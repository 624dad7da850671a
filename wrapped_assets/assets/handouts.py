"""What the assets that write files for customers have in common: how they run, whose stories they show, and where the files go."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from wrapped_assets.assets.common import asset, refusals_are_final
from wrapped_assets.partitions import editions
from wrapped_assets.product import Facts
from wrapped_assets.products import DEFAULT
from wrapped_assets.resources.warehouse import Reader
from wrapped_assets.serving.pages.theme import Theme, version
from wrapped_assets.settings import Settings
from wrapped_assets.slides.moments import Slideshow


def handout(
    name: str, deps: Sequence[str], kind: str, columns: dg.TableSchema, description: str
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declares an asset that writes files for an edition's customers; what was made in another theme is out of date."""
    code = version(Settings.load().theme)
    return asset(
        name,
        deps=deps,
        partitions=editions,
        group="wrapped",
        kinds=[kind],
        code=code,
        columns=columns,
        description=description,
    )


def theme() -> Theme:
    """The operator's theme; a run with one that cannot be used fails at once."""
    with refusals_are_final():
        return Theme.load(Settings.load().theme)


def folder(kind: str, edition: str) -> Path:
    """Where the files of an edition go: "<WRAPPED_HOME>/cards/2025". It is there, and for its owner only."""
    made = Settings.load().home / kind / edition
    made.mkdir(parents=True, exist_ok=True)
    made.chmod(0o700)
    return made


def stories(
    reader: Reader, year: int, customers: Iterable[tuple[Facts, str | None]]
) -> Iterator[tuple[str, Slideshow]]:
    """The story of each customer's facts under its name, by wrapped_id; none before the edition was built."""
    edition = reader.edition(year)
    if edition is not None:
        yield from (
            (facts["wrapped_id"], DEFAULT.tell(DEFAULT.document(facts, edition), name))
            for facts, name in customers
        )
