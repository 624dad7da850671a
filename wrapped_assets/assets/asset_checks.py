"""The asset checks: each a query for the rows that break a rule, over the partitions of the run.

Dagster shows the last evaluation of a check, whatever it looked at: each therefore says what is still broken elsewhere
(wrapped_assets/assets/breaches.py). Which checks there are, what they promise and where the queries are is declared in wrapped_assets/resources/checks.py. A run without partitions checks the year in its configuration.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from wrapped_assets.assets.breaches import BREACHES, NOT_CHECKED_AGAIN, Breach, standing
from wrapped_assets.assets.common import ENGINE, text_span
from wrapped_assets.assets.importing import fetching
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.bucketed.editions_of import edition_exists, open_edition_beside
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.partitions import days, span_of
from wrapped_assets.periods import Span, years
from wrapped_assets.product import BucketedProduct, EditionCheck
from wrapped_assets.products import BUCKETED, DIMENSIONS, FAMILIES
from wrapped_assets.resources.checks import CHECKS, Check
from wrapped_assets.resources.unrecognized import at_top, folders, skipped
from wrapped_assets.resources.warehouse import EXAMPLES, Broken, Reader, Warehouse
from wrapped_assets.settings import Settings


class Scope(dg.Config):
    """What to check when the run has no partitions."""

    year: int | None = None
    """A calendar year; default the present one, UTC."""


def asset_check(check: Check) -> dg.AssetChecksDefinition:
    """One declared check as a Dagster asset check."""

    @dg.asset_check(
        name=check.name, asset=dg.AssetKey(check.asset), description=f"{check.promise} (sql/{ENGINE}/checks/)"
    )
    def run(
        context: dg.AssetCheckExecutionContext,
        config: Scope,
        landing_store: LandingResource,
        warehouse: dg.ResourceParam[Warehouse],
    ) -> dg.AssetCheckResult:
        now = datetime.now(UTC)
        span = _span(context, config, now)
        with warehouse.reading() as reader:
            broken = _broken(check, span, now, reader, landing_store.store())
        return _result(check, span, now, broken, context.op_execution_context.instance)

    return run


def evaluate(
    context: dg.AssetExecutionContext, check: Check, span: Span, reader: Reader, store: LandingStore
) -> dg.AssetCheckEvaluation:
    """Log the check's result as an event of the asset's own step: no step more, and nothing is opened again."""
    now = datetime.now(UTC)
    result = _result(check, span, now, _broken(check, span, now, reader, store), context.instance)
    seen = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(check.asset),
        check_name=check.name,
        passed=result.passed,
        severity=result.severity,
        description=result.description,
        metadata=result.metadata,
    )
    # Dagster accepts it; only its annotation (1.13.27) forgets checks.
    context.op_execution_context.log_event(seen)  # type: ignore[arg-type]
    return seen


def _broken(check: Check, span: Span, now: datetime, reader: Reader, store: LandingStore) -> Broken:
    spans = years(span) if check.looks_at == "year" else [span]
    found = (reader.violations(check, each, now, fetching(store)) for each in spans)
    return sum(found, Broken())


def _result(
    check: Check, span: Span, began: datetime, broken: Broken, instance: dg.DagsterInstance
) -> dg.AssetCheckResult:
    """Passed when nothing is broken, here or wherever an earlier evaluation found something and nobody looked again."""
    earlier = standing(instance, check, span, began)
    found = [Breach.of(span, broken.count, datetime.now(UTC))] if broken.count else []
    breaches = [*earlier, *found]
    return dg.AssetCheckResult(
        passed=not breaches,
        severity=dg.AssetCheckSeverity.WARN if check.warning else dg.AssetCheckSeverity.ERROR,
        description=f"{check.promise} Checked {text_span(span)}.",
        metadata={
            "checked": text_span(span),
            **_examples(broken),
            **({NOT_CHECKED_AGAIN: "; ".join(map(str, earlier))} if earlier else {}),
            BREACHES: dg.MetadataValue.json([asdict(breach) for breach in breaches]),
        },
    )


def edition_check(product: BucketedProduct, check: EditionCheck) -> dg.AssetChecksDefinition:
    """A rule about an edition's tables; without an edition there is nothing that could break it."""
    folder = f"sql/products/{product.name}/checks"

    @dg.asset_check(
        name=check.name,
        asset=dg.AssetKey([product.name, check.table]),
        description=f"{check.promise} ({folder}/{check.name}.sql)",
    )
    def run(
        context: dg.AssetCheckExecutionContext, config: Scope, warehouse: dg.ResourceParam[Warehouse]
    ) -> dg.AssetCheckResult:
        now, settings = datetime.now(UTC), Settings.load()
        span = _span(context, config, now)
        broken = Broken()
        with warehouse.reading() as reader:
            for year in years(span):
                if edition_exists(settings, product, year.start.year):
                    with open_edition_beside(reader, settings, product, year.start.year) as (beside, edition):
                        broken += edition.violations(beside, check)
        return _result(
            Check(check.name, (product.name, check.table), check.name, check.promise, warning=check.warning),
            span,
            now,
            broken,
            context.op_execution_context.instance,
        )

    return run


FOLDERS_ARE_READ = "Every folder and every file of landing is one that the import looks at."


def folders_are_read(family: str) -> dg.AssetChecksDefinition:
    """A warning of what lies in landing and is not imported; asked of the store, not of the warehouse.

    What belongs to no family, at the top and among snapshots, is told once: by the first family's check.
    """
    is_first = family == next(iter(FAMILIES))

    @dg.asset_check(
        name="folders_are_read", asset=dg.AssetKey(["landing", family]), description=FOLDERS_ARE_READ
    )
    def run(context: dg.AssetCheckExecutionContext, landing_store: LandingResource) -> dg.AssetCheckResult:
        store, today = landing_store.store(), datetime.now(UTC).date()
        seen = folders(store, family, Span(days.start.date(), today + timedelta(days=1)))
        unrecognized = seen.skipped | skipped(store, family)
        if is_first:
            unrecognized |= at_top(store) | skipped(store, *DIMENSIONS)
        rows = [{"place": place, "reason": reason} for place, reason in sorted(unrecognized.items())]
        return dg.AssetCheckResult(
            passed=not rows,
            severity=dg.AssetCheckSeverity.WARN,
            description=FOLDERS_ARE_READ,
            metadata=_examples(Broken(len(rows), rows[:EXAMPLES])),
        )

    return run


def _span(context: dg.AssetCheckExecutionContext, config: Scope, now: datetime) -> Span:
    execution = context.op_execution_context
    if config.year is None and (execution.has_partition_key or execution.has_partition_key_range):
        return span_of(context)
    return Span.year(config.year or now.year)


def _examples(broken: Broken) -> dict[str, dg.MetadataValue[Any]]:
    """How many rows break a rule, and the first of them: to read, and as data."""
    rows = [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in broken.examples
    ]
    metadata: dict[str, dg.MetadataValue[Any]] = {"broken_rows": dg.MetadataValue.int(broken.count)}
    if rows:
        table = markdown_table(list(rows[0]), [list(row.values()) for row in rows])
        metadata["first_broken_rows"] = dg.MetadataValue.md(table)
    return metadata | {"first_broken_rows_as_data": dg.MetadataValue.json(rows)}


checks = [
    *(asset_check(check) for check in CHECKS),
    *(folders_are_read(family) for family in FAMILIES),
    *(edition_check(product, check) for product in BUCKETED.values() for check in product.checks),
]
