"""The editions of products with many subjects: the catalog, what counts of each month, and one asset a table, up to the document.

All in a DuckDB file of the edition's own (wrapped_assets/resources/edition_database.py); what the numbers mean is in
sql/products/<product>/. A run computes bucket after bucket, and may be given some of them only.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from wrapped_assets import queries
from wrapped_assets.assets.common import (
    Refresh,
    asset,
    column_schema,
    describe,
    refusals_are_final,
    reporter,
    wants_rebuild,
)
from wrapped_assets.assets.plots import MONTHS, as_data_uri, bar_chart_svg, markdown_table
from wrapped_assets.bucketed.edition_database import EditionDatabase
from wrapped_assets.bucketed.editions_of import open_edition, open_edition_beside
from wrapped_assets.command import wrapped
from wrapped_assets.partitions import editions, reaching_outside
from wrapped_assets.product import BucketedProduct, Step
from wrapped_assets.products import BUCKETED
from wrapped_assets.resources.warehouse import Warehouse
from wrapped_assets.settings import Settings


class Pin(dg.Config):
    """Which catalog to use."""

    again: bool = False
    """Pin the catalog as it is now, in the place of the one that is pinned, and compute everything anew."""


class Buckets(dg.Config):
    """Which subjects to compute."""

    first: int = 0
    """The first bucket."""

    last: int | None = None
    """The last bucket; without it all to the end."""


def catalog(product: BucketedProduct) -> dg.AssetsDefinition:
    """The asset that pins a product's catalog."""

    @asset(
        [product.name, "catalog"],
        deps=[name for name in product.dimensions if name != product.people],
        partitions=editions,
        group=product.name,
        kinds=["duckdb"],
        code=queries.digest(*(f"products/{product.name}/catalog/{name}" for name in product.catalog)),
        columns=_columns(product.catalog),
        more={"sql": _shown(product, "catalog", product.catalog)},
        description=describe(
            "one id of the catalog, as the edition counts it",
            "the newest snapshots when the edition was first built",
            "It stays as it is until `wrapped catalog pin`, so a changed catalog never changes a number unseen.",
        ),
    )
    def pin(
        context: dg.AssetExecutionContext, config: Pin, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult:
        settings = Settings.load()
        for key in context.partition_keys:
            with (
                refusals_are_final(),
                warehouse.unchanging() as reader,
                open_edition_beside(reader, settings, product, int(key)) as (beside, edition),
            ):
                pinned = edition.pin(beside, config.again)
                rows = {name: edition.rows(name) for name in product.catalog}
            context.log.info(
                f"The catalog of {key} was {'pinned' if pinned else 'pinned before, and stays'}."
            )
            context.add_asset_metadata({"pinned_now": pinned, **rows}, partition_key=key)
        return dg.MaterializeResult()

    return pin


def pieces(product: BucketedProduct) -> dg.AssetsDefinition:
    """The asset that counts a product's events month by month."""
    statements = ("heard", *product.pieces)

    @asset(
        [product.name, "pieces"],
        deps=[
            dg.AssetDep(["raw", product.family.name], partition_mapping=reaching_outside),
            product.people,
            [product.name, "catalog"],
        ],
        partitions=editions,
        group=product.name,
        kinds=["duckdb"],
        code=queries.digest(*(f"products/{product.name}/pieces/{name}" for name in statements)),
        columns=_columns(product.pieces),
        more={"sql": _shown(product, "pieces", statements)},
        description=describe(
            f"what counts of one subject's {product.family.name} in one month",
            f"`raw/{product.family.name}`, the catalog and `{product.people}`",
            "A month whose days changed in raw is counted anew; only subjects of whom that makes a difference are followed. "
            "Plays that land after the freeze are counted here and left out.",
        ),
    )
    def count(
        context: dg.AssetExecutionContext, config: Refresh, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.MaterializeResult:
        settings = Settings.load()
        for key in context.partition_keys:
            with refusals_are_final(), warehouse.unchanging() as reader:
                versions = reader.raw_versions(product.family.name)
                people = reader.snapshot_version(product.people)
                with open_edition_beside(reader, settings, product, int(key)) as (beside, edition):
                    edition.pin(beside, again=False)
                    full = wants_rebuild(context, config)
                    done = edition.follow(
                        beside, versions, people, datetime.now(UTC), full, reporter(context)
                    )
                    rows = sum(edition.rows(name) for name in product.pieces)
            if done.late_events:
                context.log.warning(
                    f"The {key} edition is frozen: {done.late_events} {product.family.name} came too late and are left out."
                    f" Next: `{wrapped(f'build --product {product.name} --year {key} --full')}` counts them."
                )
            context.add_asset_metadata(
                {
                    "dagster/partition_row_count": rows,
                    "months_counted": done.months,
                    "subjects_changed": done.subjects,
                    "late_events_left_out": done.late_events,
                },
                partition_key=key,
            )
        return dg.MaterializeResult()

    return count


def table(product: BucketedProduct, step: Step) -> dg.AssetsDefinition:
    """The asset that computes one table of an edition."""
    is_document = step is product.steps[-1]

    @asset(
        [product.name, step.name],
        deps=[[product.name, name] for name in _reads(product, step)],
        partitions=editions,
        group=product.name,
        kinds=["duckdb"],
        code=queries.digest(_file(product, step)),
        columns=_columns({"": step.columns}),
        more={"sql": dg.MetadataValue.md(f"```sql\n{queries.text(_file(product, step))}\n```")},
        description=describe(step.description, ", ".join(f"`{name}`" for name in _reads(product, step))),
        writes=False,
    )
    def compute(context: dg.AssetExecutionContext, config: Buckets) -> dg.MaterializeResult:
        settings = Settings.load()
        last = settings.listening_buckets - 1 if config.last is None else config.last
        for key in context.partition_keys:
            with refusals_are_final(), open_edition(settings, product, int(key)) as edition:
                subjects = edition.compute(step, range(config.first, last + 1), reporter(context))
                metadata = {
                    "dagster/partition_row_count": edition.rows(step.name),
                    "subjects_computed": subjects,
                }
                preview = _preview(edition) if is_document else {}
            context.add_asset_metadata({**metadata, **preview}, partition_key=key)
        return dg.MaterializeResult()

    return compute


def _preview(edition: EditionDatabase) -> dict[str, dg.MetadataValue[Any]]:
    """Who heard the most, and the year of all together."""
    rows, months = edition.preview()
    chart = bar_chart_svg(months, f"Hours by month, {edition.window.year}", MONTHS)
    return {
        "most_minutes": dg.MetadataValue.md(markdown_table(["listener", "minutes", "top artist"], rows)),
        "hours_by_month": dg.MetadataValue.md(f"![Hours by month]({as_data_uri(chart)})"),
    }


def _columns(tables: Mapping[str, Mapping[str, tuple[str, str]]]) -> dg.TableSchema:
    """The columns of some tables, the table's name before each where there are several."""
    return column_schema(
        (f"{table}.{name}" if table else name, kind, meaning)
        for table, columns in tables.items()
        for name, (kind, meaning) in columns.items()
    )


def _file(product: BucketedProduct, step: Step) -> str:
    return "/".join(filter(None, ("products", product.name, step.folder, step.name)))


def _shown(product: BucketedProduct, folder: str, names: Iterable[str]) -> dg.MetadataValue[Any]:
    texts = "\n\n".join(queries.text(f"products/{product.name}/{folder}/{name}") for name in names)
    return dg.MetadataValue.md(f"```sql\n{texts}\n```")


def _reads(product: BucketedProduct, step: Step) -> list[str]:
    """The assets that hold the tables a statement reads."""
    named = set(re.findall(r"\b(?:from|join) (\w+)", queries.text(_file(product, step))))
    found = [other.name for other in product.steps if other.name in named and other is not step]
    return [*(["pieces"] if named & {*product.pieces} else []), *found]


bucketed_editions = [
    made
    for product in BUCKETED.values()
    for made in (catalog(product), pieces(product), *(table(product, step) for step in product.steps))
]
