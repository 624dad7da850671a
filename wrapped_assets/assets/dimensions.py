"""organizations and workspaces: names and owners, the newest snapshot of each id wins.

The snapshots arrive in landing like everything else; this asset imports the new ones and merges them.
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
    table_name,
    wants_rebuild,
)
from wrapped_assets.assets.importing import fetching, import_dimension
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.families import Dimension
from wrapped_assets.products import DIMENSIONS
from wrapped_assets.resources.unrecognized import in_words
from wrapped_assets.resources.warehouse import Warehouse


def dimension_asset(dimension: Dimension) -> dg.AssetsDefinition:
    """The asset that keeps one dimension."""

    @asset(
        dimension.name,
        deps=[["regional_exports", dimension.name]] if dimension.exported else [],
        group="dimensions",
        kinds=[ENGINE, "parquet"],
        code=code_version(duckdb=["duckdb/dimensions/merge"], clickhouse=["clickhouse/dimensions/newest"]),
        columns=landing_schema(dimension.columns),
        description=describe(
            f"{dimension.one_row_is}, as the newest snapshot says",
            f"the Parquet files below `{dimension.name}/` in the landing store",
            "An id that later snapshots no longer name keeps its last name.",
        ),
        table=table_name("dimensions", dimension.name),
    )
    def merge_snapshots(
        context: dg.AssetExecutionContext,
        config: Refresh,
        landing_store: LandingResource,
        warehouse: dg.ResourceParam[Warehouse],
    ) -> dg.MaterializeResult:
        store = landing_store.store()
        with refusals_are_final(), warehouse.writing() as writer:
            done = import_dimension(writer, store, dimension.name, datetime.now(UTC))
            full = wants_rebuild(context, config)
            rows = writer.refresh_dimension(dimension.name, fetching(store), full, reporter(context))
        if done.unread:
            context.log.warning(in_words(done.unread))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": rows,
                "snapshots_imported": done.report.files,
                "snapshots_quarantined": len(done.report.quarantined_files),
            }
        )

    return merge_snapshots


dimensions = [dimension_asset(dimension) for dimension in DIMENSIONS.values()]
