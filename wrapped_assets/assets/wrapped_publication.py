"""wrapped_publication: an edition as a numbered immutable version that readers come to once it is promoted.

What a version consists of is written in wrapped_assets/editions/, what its documents are in wrapped_assets/assets/publishing.py;
this module says what an operator sees of it. Nothing starts it: publishing is a decision, promoting another.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import dagster as dg

from wrapped_assets.assets.asset_checks import evaluate
from wrapped_assets.assets.common import (
    ENGINE,
    asset,
    code_version,
    column_schema,
    describe,
    refusals_are_final,
    reporter,
)
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.publishing import edition_of
from wrapped_assets.assets.stores import LandingResource, PublishedResource
from wrapped_assets.command import wrapped
from wrapped_assets.editions import CheckResult, Manifest, Outcome, Publisher, object_keys
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.partitions import editions
from wrapped_assets.periods import Span
from wrapped_assets.progress import Progress
from wrapped_assets.resources.checks import CHECKS, found_nothing
from wrapped_assets.resources.warehouse import Reader, Warehouse

COLUMNS = column_schema(
    [
        ("subject", "text", "Whom the document is about: a customer's wrapped_id."),
        ("kind", "text", "What it is: `document`."),
        ("sha256", "text", "The SHA-256 of its bytes, which is also its name."),
        ("bytes", "integer", "How many bytes it has."),
    ]
)


class Publish(dg.Config):
    """What to publish."""

    sample: bool = False
    """A dry run: a hundredth of the customers, the same ones every time; such a version is never promoted."""


@asset(
    "wrapped_publication",
    deps=["wrapped_summaries", "wrapped_tokens"],
    partitions=editions,
    group="wrapped",
    kinds=[ENGINE, "json"],
    code=code_version(duckdb=["duckdb/summaries/read"], clickhouse=["clickhouse/summaries/read"]),
    columns=COLUMNS,
    description=describe(
        "one subject's document in the published store, named by its own bytes",
        "`wrapped_summaries`, with the serving snapshot beside it; `wrapped_tokens` has the links that lead there",
        "Each materialization makes another numbered version (WRAPPED_PUBLISHED_URL), runs every check over the year and keeps the"
        " results in its manifest. Nobody reads a version before `wrapped promote`. A frozen edition is published once: later"
        " materializations compare with it and write nothing.",
    ),
)
def wrapped_publication(
    context: dg.AssetExecutionContext,
    config: Publish,
    warehouse: dg.ResourceParam[Warehouse],
    landing_store: LandingResource,
    published_store: PublishedResource,
) -> dg.MaterializeResult:
    """Publish a version of each edition of the run."""
    report = reporter(context)
    publisher = published_store.publisher(report)
    for key in context.partition_keys:
        year = int(key)
        with refusals_are_final(), warehouse.unchanging() as reader:
            checks = partial(_checked, context, reader, landing_store.store(), year, report)
            contents = edition_of(reader, year, config.sample, checks)
            outcome = publisher.publish(contents, config.sample)
        _warn(context, outcome.manifest, contents.left_out)
        context.add_asset_metadata(_metadata(publisher, outcome, contents.left_out), partition_key=key)
    return dg.MaterializeResult()


def _checked(
    context: dg.AssetExecutionContext, reader: Reader, store: LandingStore, year: int, report: Progress
) -> list[CheckResult]:
    """Every check over the year, as the UI shows it too."""
    results = []
    for number, check in enumerate(CHECKS, start=1):
        seen = evaluate(context, check, Span.year(year), reader, store)
        results.append(CheckResult(asset="/".join(check.asset), name=check.name, result=_result(seen)))
        report("checks", number, len(CHECKS))
    return results


def _result(seen: dg.AssetCheckEvaluation) -> Literal["passed", "warning", "failed"]:
    if found_nothing(seen.metadata):
        return "passed"
    return "warning" if seen.severity is dg.AssetCheckSeverity.WARN else "failed"


def _warn(context: dg.AssetExecutionContext, manifest: Manifest, left_out: int) -> None:
    if left_out:
        context.log.warning(
            f"The {manifest.year} edition is frozen: {left_out} late rows are left out of it."
        )
    if manifest.snapshot is None and not manifest.sample:
        context.log.warning(
            f"Version {manifest.number} has no serving snapshot: late rows came before it was published."
        )
    if failed := manifest.failed():
        context.log.warning(f"Version {manifest.number} cannot be promoted; these checks failed: {failed}.")


def _metadata(publisher: Publisher, outcome: Outcome, left_out: int) -> dict[str, dg.MetadataValue]:
    manifest = outcome.manifest
    place = f"{publisher.store.url}/{object_keys.version(manifest.year, manifest.number)}"
    current = publisher.current(manifest.year)
    totals = [(name, total) for name, total in manifest.totals.items()]
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(manifest.documents.count),
        "dagster/uri": dg.MetadataValue.url(place),
        "version": dg.MetadataValue.int(manifest.number),
        "already_published": dg.MetadataValue.bool(not outcome.made),
        "current_version": dg.MetadataValue.int(current.number) if current else dg.MetadataValue.null(),
        "dry_run": dg.MetadataValue.bool(manifest.sample),
        "customers_of_the_edition": dg.MetadataValue.int(manifest.subjects),
        "bytes": dg.MetadataValue.int(manifest.content()[1]),
        "through": dg.MetadataValue.timestamp(manifest.through),
        "frozen": dg.MetadataValue.bool(manifest.frozen),
        "late_rows_left_out": dg.MetadataValue.int(left_out),
        "totals": dg.MetadataValue.md(markdown_table(["what", "sum over the documents"], totals)),
        "checks": dg.MetadataValue.md(_checks(manifest.checks)),
        "promote_with": dg.MetadataValue.text(_next(manifest)),
        "manifest": dg.MetadataValue.json(manifest.model_dump(mode="json", exclude={"checks", "totals"})),
        "first_document": dg.MetadataValue.md(_preview(publisher, manifest)),
    }


def _checks(checks: Sequence[CheckResult]) -> str:
    wrong = [(str(check), check.result) for check in checks if check.result != "passed"]
    passed = f"{len(checks) - len(wrong)} of {len(checks)} passed."
    return f"{passed}\n\n{markdown_table(['check', 'result'], wrong)}" if wrong else passed


def _next(manifest: Manifest) -> str:
    if manifest.sample:
        return "A dry run is never promoted."
    if failed := manifest.failed():
        return f"Not before these checks pass: {', '.join(failed)}."
    return wrapped(f"promote --year {manifest.year} --version {manifest.number}")


def _preview(publisher: Publisher, manifest: Manifest) -> str:
    """The beginning of a document, as text that no browser reads as anything else."""
    version = publisher.version(manifest.year, manifest.number)
    entry = next(version.entries(), None)
    found = version.document(entry.subject) if entry else None
    return f"```json\n{found.content[:700].decode(errors='ignore')}\n```" if found else "There is none."
