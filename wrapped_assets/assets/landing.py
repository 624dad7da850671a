"""landing: every landing file of a day taken in exactly once, or quarantined with its reason.

The ledger in the warehouse is the truth about what was imported; this asset takes the exact difference
between it and the folder's listing, so a backfill needs no sensor and repeating it changes nothing. In
DuckDB the files themselves, named by the ledger, are the landing table.
"""

from datetime import UTC, datetime

import dagster as dg

from wrapped_assets.assets.checks import evaluation
from wrapped_assets.assets.common import (
    ENGINE,
    OWNERS,
    RETRY,
    WRITERS_POOL,
    code_version,
    count_rows,
    describe,
    landing_schema,
    reporter,
    table_name,
)
from wrapped_assets.checks import CHECKS
from wrapped_assets.families import FAMILIES, Family
from wrapped_assets.importing import Import, import_days
from wrapped_assets.partitions import days, every_region, span_of
from wrapped_assets.periods import YEARLY
from wrapped_assets.pictures import markdown_table
from wrapped_assets.resources.configured import LandingResource
from wrapped_assets.resources.warehouse import Warehouse

REPLACED = "A changed object (same key, new etag) replaces what it said before; a vanished one stays landed."

# DuckDB reads and judges the files, whichever engine then keeps them.
_JUDGING = ["duckdb/landing/summary", "duckdb/landing/impossible_rows"]


def landing(family: Family) -> dg.AssetsDefinition:
    """The asset that imports one family."""
    (quarantine,) = [c for c in CHECKS if (c.name, c.family) == ("quarantine_is_empty", family.name)]

    @dg.asset(
        key=["landing", family.name],
        deps=[
            dg.AssetDep(["regional_exports", family.name], partition_mapping=every_region),
        ],
        partitions_def=days,
        group_name="landing",
        kinds={ENGINE, "parquet"},
        owners=OWNERS,
        code_version=code_version(duckdb=_JUDGING, clickhouse=[*_JUDGING, "duckdb/landing/valid_rows"]),
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=RETRY,
        pool=WRITERS_POOL,
        metadata={
            "dagster/column_schema": landing_schema(family.columns),
            "dagster/table_name": table_name("landing", "files"),
        },
        description=describe(
            f"{family.one_row_is}, as often as it was exported: duplicates are expected here",
            f"the Parquet files below `{family.name}/dt=<day>/` in the landing store",
            f"Files and rows that cannot be right go to quarantine with a reason; all others load. {REPLACED}",
        ),
    )
    def import_files(
        context: dg.AssetExecutionContext,
        landing_store: LandingResource,
        warehouse: dg.ResourceParam[Warehouse],
    ) -> dg.MaterializeResult:
        span, store, now = span_of(context), landing_store.store(), datetime.now(UTC)
        with warehouse.writing() as writer:
            done = import_days(writer, store, family.name, span, now, reporter(context))
            count_rows(context, writer.row_counts("landing", family.name, span))
            # Dagster shows one state of a check, so a clean day must not hide what its year has in quarantine.
            seen = evaluation(quarantine, YEARLY.covering(span), now, writer, store)
            # Dagster takes it; only its annotation (1.13.27) forgets checks.
            context.op_execution_context.log_event(seen)  # type: ignore[arg-type]
        if done.unread:
            context.log.warning(f"Not imported this time, and tried again next time: {done.unread}")
        return dg.MaterializeResult(metadata=_metadata(done))

    return import_files


def _metadata(done: Import) -> dict[str, dg.MetadataValue]:
    report = done.report
    reasons = [(file.reason, file.key) for file in report.quarantined_files]
    reasons += [(reason, f"{rows} rows") for reason, rows in report.quarantined_rows.items()]
    metadata: dict[str, dg.MetadataValue] = {
        "files_imported": dg.MetadataValue.int(report.files),
        "rows_imported": dg.MetadataValue.int(report.rows),
        "files_quarantined": dg.MetadataValue.int(len(report.quarantined_files)),
        "rows_quarantined": dg.MetadataValue.int(sum(report.quarantined_rows.values())),
    }
    if reasons:
        metadata["quarantine"] = dg.MetadataValue.md(markdown_table(["reason", "what"], reasons[:20]))
    if done.unread:
        metadata["unread"] = dg.MetadataValue.json(done.unread)
    return metadata


landings = [landing(family) for family in FAMILIES.values()]
