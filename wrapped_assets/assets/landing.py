"""landing: every landing file of a day imported exactly once, or quarantined with its reason.

The ledger in the warehouse is the truth about what was imported; this asset imports the exact difference
between it and the folder's listing, so a backfill needs no sensor and repeating it changes nothing. In
DuckDB the files themselves, named by the ledger, are the landing table.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from wrapped_assets.assets.asset_checks import evaluate
from wrapped_assets.assets.common import (
    ENGINE,
    asset,
    code_version,
    count_rows,
    describe,
    landing_schema,
    reporter,
    table_name,
)
from wrapped_assets.assets.importing import Import, import_days
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.families import Family
from wrapped_assets.partitions import days, every_region, span_of
from wrapped_assets.periods import EVERYTHING
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.checks import CHECKS
from wrapped_assets.resources.unrecognized import in_words
from wrapped_assets.resources.warehouse import QuarantineEntry, Warehouse
from wrapped_assets.text.counts import how_many

REPLACED = "A changed object (same key, new etag) replaces what it said before; a vanished one stays landed."

# Lines of a day's quarantine that its partition shows.
SHOWN = 20

# DuckDB reads and judges the files, whichever engine then keeps them.
_JUDGING = ["duckdb/landing/summary", "duckdb/landing/impossible_rows"]


def landing(family: Family) -> dg.AssetsDefinition:
    """The asset that imports one family."""
    (quarantine,) = [c for c in CHECKS if (c.name, c.family) == ("quarantine_is_empty", family.name)]

    @asset(
        ["landing", family.name],
        deps=[dg.AssetDep(["regional_exports", family.name], partition_mapping=every_region)]
        if family.exported
        else [],
        partitions=days,
        group="landing",
        kinds=[ENGINE, "parquet"],
        code=code_version(duckdb=_JUDGING, clickhouse=[*_JUDGING, "duckdb/landing/valid_rows"]),
        columns=landing_schema(family.columns),
        description=describe(
            f"{family.one_row_is}, as often as it was exported: duplicates are expected here",
            f"the Parquet files below `{family.name}/dt=<day>/` in the landing store",
            f"Files and rows that cannot be right go to quarantine with a reason; all others load. {REPLACED}",
        ),
        table=table_name("landing", "files"),
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
            _show_quarantine(context, family.name, writer.quarantine(span))
            # Asking the ledger costs nothing, so what Dagster shows is the state of all that ever landed.
            evaluate(context, quarantine, EVERYTHING, writer, store)
        _log(context, done)
        return dg.MaterializeResult()

    return import_files


def _show_quarantine(
    context: dg.AssetExecutionContext, family: str, entries: Sequence[QuarantineEntry]
) -> None:
    """Attach to each day what of its own files is in quarantine."""
    by_day: dict[str, list[QuarantineEntry]] = {}
    for entry in entries:
        if entry.family == family:
            by_day.setdefault(entry.key.split("/")[1].removeprefix("dt="), []).append(entry)
    for day in by_day.keys() & set(context.partition_keys):
        files = sum(entry.rows is None for entry in by_day[day])
        lines = [(entry.key, entry.reason, entry.rows or "all") for entry in by_day[day]]
        metadata = {
            "files_quarantined": dg.MetadataValue.int(files),
            "rows_quarantined": dg.MetadataValue.int(sum(entry.rows or 0 for entry in by_day[day])),
            "quarantine": dg.MetadataValue.md(markdown_table(["file", "reason", "rows"], lines[:SHOWN])),
        }
        context.add_asset_metadata(metadata, partition_key=day)


def _log(context: dg.AssetExecutionContext, done: Import) -> None:
    """What the run as a whole did, in its log."""
    report = done.report
    if report.files or report.quarantined_files:
        broken, rows = len(report.quarantined_files), sum(report.quarantined_rows.values())
        context.log.info(
            f"Imported: {how_many(report.files - broken, 'file')} with {how_many(report.rows, 'row')}."
            f" In quarantine: {how_many(broken, 'file')} and {how_many(rows, 'row')}."
        )
    if done.unread:
        context.log.warning(in_words(done.unread))


landings = [landing(family) for family in FAMILIES.values()]
