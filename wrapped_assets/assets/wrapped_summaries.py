"""wrapped_summaries: the year of each customer, as final integers from which the document is made.

What the numbers mean is written by the stories of the product: in sql/products/<product>/ and in its package. This module
says what an edition reads and shows its first customers.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from wrapped_assets import products, queries
from wrapped_assets.assets.common import (
    ENGINE,
    Refresh,
    asset,
    code_version,
    column_schema,
    describe,
    table_name,
    wants_rebuild,
)
from wrapped_assets.assets.plots import MONTHS, as_data_uri, bar_chart_svg, markdown_table
from wrapped_assets.partitions import editions, reaching_outside
from wrapped_assets.product import Facts
from wrapped_assets.resources.warehouse import SummaryReport, Warehouse, Writer
from wrapped_assets.settings import Settings

COLUMNS = column_schema(
    [
        ("year", "smallint", "The edition."),
        ("wrapped_id", "uuid text", "The customer's public identity."),
        ("requests", "bigint", "API requests of the year."),
        (
            "facts",
            "JSON",
            "The columns of every story's SQL; a null is a number that some request of the year does not say.",
        ),
    ]
)

STATEMENTS = [
    "duckdb/summaries/summaries",
    *(
        f"products/{product.name}/{name}"
        for product in products.PRODUCTS.values()
        for name in queries.names(f"products/{product.name}")
    ),
]


@asset(
    "wrapped_summaries",
    deps=[
        *(
            dg.AssetDep(["monthly", family.name], partition_mapping=reaching_outside)
            for family in products.DEFAULT.families.values()
        ),
        "wrapped_organizations",
        *(names.name for names in products.DEFAULT.names),
    ],
    partitions=editions,
    group="wrapped",
    kinds=[ENGINE],
    code=code_version(duckdb=STATEMENTS, clickhouse=[*STATEMENTS, "clickhouse/summaries/yearly"]),
    columns=COLUMNS,
    table=table_name("main", "wrapped_summaries"),
    description=describe(
        "one customer's year: the final integers its document is made of",
        "the monthly rollups of all families, kept by year, the identities and the workspaces' names",
        "Requests by calendar day stand in `wrapped_days`, one row per customer and day (on ClickHouse, in a list `days` here)."
        " Customers who used nothing in the year are looked at too, and have no row."
        " Late data of the year before changes `previous_requests`, so it makes this edition stale too."
        " An edition named in WRAPPED_FROZEN_EDITIONS stops following after its freeze and counts what it left out.",
    ),
)
def wrapped_summaries(
    context: dg.AssetExecutionContext, config: Refresh, warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult:
    """Recompute the summaries of the customers that something changed."""
    frozen = Settings.load().frozen
    with warehouse.writing() as writer:
        for key in context.partition_keys:
            year, full = int(key), wants_rebuild(context, config)
            report = writer.refresh_summaries(year, full, datetime.now(UTC), frozen.get(year))
            if report.frozen and report.left_out:
                context.log.warning(
                    f"The {year} edition is frozen: {report.left_out} late rows are left out of it."
                )
            context.add_asset_metadata(_metadata(writer, year, report), partition_key=key)
    return dg.MaterializeResult()


def _metadata(writer: Writer, year: int, report: SummaryReport) -> dict[str, dg.MetadataValue]:
    largest = writer.facts(year, most=5)
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/partition_row_count": dg.MetadataValue.int(report.summaries),
        "customers_looked_at": dg.MetadataValue.int(report.recomputed),
        "late_rows_left_out": dg.MetadataValue.int(report.left_out),
    }
    edition = writer.edition(year)
    if edition is not None and largest:
        names = writer.customers([row["wrapped_id"] for row in largest])
        metadata["through"] = dg.MetadataValue.timestamp(edition.through)
        metadata["top_customers"] = dg.MetadataValue.md(_preview(largest, names))
        chart = bar_chart_svg(writer.requests_by_month(year), f"Requests by month, {year}", MONTHS)
        metadata["requests_by_month"] = dg.MetadataValue.md(f"![Requests by month]({as_data_uri(chart)})")
    return metadata


def _preview(facts: Sequence[Facts], names: dict[str, str | None]) -> str:
    rows = [
        (
            names.get(row["wrapped_id"]) or row["wrapped_id"],
            f"{row['requests']:,}",
            f"{row['bytes_read']:,}",
            _peak(row),
        )
        for row in facts
    ]
    return markdown_table(["customer", "requests", "bytes read", "peak day"], rows)


def _peak(row: Facts) -> str:
    if not row["days"]:
        return ""
    best = max(row["days"], key=lambda day: (day["requests"], -day["day"].toordinal()))
    return f"{best['day']} ({best['requests']:,})"
