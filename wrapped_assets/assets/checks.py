"""The asset checks: each a query for the rows that break a rule, over the partitions of the run.

Which checks there are and what they promise is declared in wrapped_assets/checks.py, the queries are in
sql/duckdb/checks/. A run without partitions checks the year in its configuration.
"""

from datetime import UTC, datetime

import dagster as dg

from wrapped_assets.assets.common import text_span
from wrapped_assets.checks import CHECKS, Check
from wrapped_assets.importing import fetching
from wrapped_assets.partitions import span_of
from wrapped_assets.periods import Span
from wrapped_assets.resources.configured import LandingResource
from wrapped_assets.resources.warehouse import Warehouse


class Scope(dg.Config):
    """What to check when the run has no partitions."""

    year: int | None = None
    """A calendar year; default the present one, UTC."""


def asset_check(check: Check) -> dg.AssetChecksDefinition:
    """One declared check as a Dagster asset check."""

    @dg.asset_check(
        name=check.name, asset=dg.AssetKey(check.asset), description=f"{check.promise} (sql/duckdb/checks/)"
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
            broken = reader.violations(check, span, now, fetching(landing_store.store()))
        return dg.AssetCheckResult(
            passed=not broken,
            severity=dg.AssetCheckSeverity.WARN if check.warning else dg.AssetCheckSeverity.ERROR,
            description=f"{check.promise} Checked {text_span(span)}.",
            metadata={"checked": text_span(span), "first_broken_rows": dg.MetadataValue.json(_plain(broken))},
        )

    return run


def _span(context: dg.AssetCheckExecutionContext, config: Scope, now: datetime) -> Span:
    execution = context.op_execution_context
    if config.year is None and (execution.has_partition_key or execution.has_partition_key_range):
        return span_of(context)
    return Span.year(config.year or now.year)


def _plain(rows: list[dict[str, object]]) -> list[dict[str, str | None]]:
    return [{name: None if value is None else str(value) for name, value in row.items()} for row in rows]


checks = [asset_check(check) for check in CHECKS]
