"""raw: one row per unique key, the highest version wins.

A refresh merges the files that landed since the last one; what a person launches rebuilds the days from all
their files. Both give identical rows. How a winner is chosen is written in sql/*/raw/.
"""

from datetime import UTC, datetime

import dagster as dg

from wrapped_assets.assets.common import (
    ENGINE,
    Refresh,
    asset,
    code_version,
    describe,
    landing_schema,
    refusals_are_final,
    reporter,
    sql_of,
    table_name,
    tell,
    wants_rebuild,
)
from wrapped_assets.assets.importing import refresh_raw
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.families import Family
from wrapped_assets.partitions import days, span_of
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.warehouse import Warehouse


def raw(family: Family) -> dg.AssetsDefinition:
    """The asset that removes the duplicates of one family."""

    @asset(
        ["raw", family.name],
        deps=[["landing", family.name]],
        partitions=days,
        group="raw",
        kinds=[ENGINE],
        code=code_version(
            duckdb=[
                "duckdb/raw/landed",
                "duckdb/raw/positions",
                "duckdb/raw/newest",
                "duckdb/raw/settled",
                "duckdb/raw/merge",
            ],
            clickhouse=["clickhouse/raw/landed", "clickhouse/raw/newest"],
        ),
        columns=landing_schema(family.columns),
        table=table_name("raw", family.name),
        more={"unique_key": ", ".join(family.key), "sql": sql_of("raw", family.name)},
        description=describe(
            f"{family.one_row_is}, exactly once, by its key ({', '.join(family.key)})",
            f"the landing rows of `{family.name}`: of each key the one exported last",
            "New rows are checked for duplicate keys before anyone can see them.",
        ),
    )
    def deduplicate(
        context: dg.AssetExecutionContext,
        config: Refresh,
        landing_store: LandingResource,
        warehouse: dg.ResourceParam[Warehouse],
    ) -> dg.MaterializeResult:
        span, full = span_of(context), wants_rebuild(context, config)
        with refusals_are_final(), warehouse.writing() as writer:
            store, now = landing_store.store(), datetime.now(UTC)
            report = refresh_raw(writer, store, family.name, span, full, now, reporter(context))
        tell(context, report)
        return dg.MaterializeResult()

    return deduplicate


raws = [raw(family) for family in FAMILIES.values()]
