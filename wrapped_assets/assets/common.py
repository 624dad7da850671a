"""What every asset of the graph says about itself, and what a run says about its partitions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import dagster as dg

from wrapped_assets import progress
from wrapped_assets.editions.errors import StoreFailed
from wrapped_assets.families import Column, Kind
from wrapped_assets.periods import EVERYTHING, Span
from wrapped_assets.progress import Progress
from wrapped_assets.queries import digest, digest_of
from wrapped_assets.resources.errors import (
    EditionNotWhole,
    Refused,
    RegionRefused,
    WarehouseBusy,
    WarehouseError,
    WarehouseUnreachable,
)
from wrapped_assets.resources.open import statements
from wrapped_assets.resources.warehouse import RefreshReport
from wrapped_assets.settings import Settings

# Which engine keeps the tables: its kind, its names and the digests of its statements are what the assets show.
ENGINE = Settings.load().engine

OWNERS = ["team:data-platform"]

# One writer: everything that opens the warehouse to write waits its turn here, across runs and processes.
WRITERS_POOL = "warehouse"

# On every run that our sensors, schedules and commands start: those follow what changed. What a person launches rebuilds.
REFRESH_TAG = "wrapped/refresh"

RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)

_TYPES: dict[Kind, str] = {
    "text": "varchar",
    "instant": "timestamp, UTC",
    "counter": "unsigned 64 bit",
    "code": "integer",
    "flag": "0 or 1",
    "seconds": "unsigned microseconds",
}


@contextmanager
def refusals_are_final() -> Iterator[None]:
    """What the warehouse, a region or the publisher refuses it will refuse again: the run fails at once, in the refusal's own words.

    Except that another process holds it, that an edition is just being put in place, or that its server or store is
    away: that passes, and the step is tried again.
    """
    try:
        yield
    except (WarehouseBusy, EditionNotWhole, WarehouseUnreachable, StoreFailed):
        raise
    except (WarehouseError, RegionRefused, Refused) as error:
        raise dg.Failure(str(error), allow_retries=False) from error


class Refresh(dg.Config):
    """How to bring a partition up to date."""

    full_refresh: bool = False
    """Rebuild the partition from the layer below instead of following what changed. Gives the same rows."""


def asset(
    key: str | Sequence[str],
    *,
    group: str,
    kinds: Iterable[str],
    code: str,
    columns: dg.TableSchema,
    description: str,
    deps: Sequence[Any] = (),
    partitions: dg.PartitionsDefinition[Any] | None = None,
    table: str | None = None,
    more: Mapping[str, Any] | None = None,
    writes: bool = True,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declares an asset with what all of the graph have in common; one run covers as many of its partitions as there are.

    `more` is metadata besides. `writes` to the warehouse, or reads what must not change meanwhile: then it waits its turn.
    """
    metadata = {"dagster/column_schema": columns, **(more or {})}
    metadata |= {"dagster/table_name": table} if table else {}
    return dg.asset(
        key=key,
        deps=deps,
        partitions_def=partitions,
        group_name=group,
        kinds=set(kinds),
        owners=OWNERS,
        code_version=code,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        retry_policy=RETRY,
        pool=WRITERS_POOL if writes else None,
        metadata=metadata,
        description=description,
    )


def code_version(**statements: Sequence[str]) -> str:
    """Changes when any of these statements does; `duckdb=` and `clickhouse=` name those of each engine."""
    return digest(*statements[ENGINE])


def table_name(layer: str, table: str) -> str:
    """How the engine calls a table: DuckDB has a schema for each layer, ClickHouse one database for all."""
    if ENGINE == "duckdb":
        return f"{layer}.{table}"
    return table if layer == "main" else f"{layer}_{table}"


def wants_rebuild(context: dg.AssetExecutionContext, config: Refresh) -> bool:
    """Whether this run rebuilds: it was asked to, or a person launched it."""
    return config.full_refresh or REFRESH_TAG not in context.run.tags


def column_schema(columns: Iterable[tuple[str, str, str]]) -> dg.TableSchema:
    """A table schema from (name, type, description)."""
    return dg.TableSchema([dg.TableColumn(name, kind, description=text) for name, kind, text in columns])


def landing_schema(columns: Iterable[Column]) -> dg.TableSchema:
    """The columns of landing files and of raw, with what they mean."""
    return column_schema(
        (c.raw_name, _TYPES[c.kind] + (", nullable" if c.nullable else ""), c.description) for c in columns
    )


def count_rows(context: dg.AssetExecutionContext, rows: Mapping[date, int]) -> None:
    """Attach to each partition of the run the number of rows it now has."""
    for key in context.partition_keys:
        day = date.fromisoformat(key)
        context.add_asset_metadata({"dagster/partition_row_count": rows.get(day, 0)}, partition_key=key)


def tell(context: dg.AssetExecutionContext, report: RefreshReport) -> None:
    """Show each partition's rows on the partition; what the run as a whole did goes to its log."""
    count_rows(context, report.rows)
    context.log.info(
        f"Partitions rebuilt: {report.rebuilt}, with new rows merged into them: {report.merged},"
        f" of {len(context.partition_keys)} in this run."
    )


def reporter(context: dg.AssetExecutionContext) -> Progress:
    """Progress to the terminal, and to the log whenever another tenth is done."""
    logged: dict[str, int] = {}

    def report(label: str, done: int, total: int) -> None:
        progress.report(label, done, total)
        tenth = done * 10 // total if total else 10
        if total > 1 and logged.get(label) != tenth:
            logged[label] = tenth
            context.log.info(f"{label}: {done} of {total} chunks")

    return report


def describe(one_row_is: str, comes_from: str, more: str = "") -> str:
    """An asset's description: what one row is and where it comes from."""
    # Plain text: Dagster shows the Markdown of a description as it is in lists and in the graph.
    text = f"One row is {one_row_is}.\n\nComes from {comes_from}."
    return f"{text}\n\n{more}" if more else text


def version_of(layer: str, family: str) -> str:
    """The code version of what these statements compute."""
    return digest_of(statements(Settings.load(), layer, family))


def sql_of(layer: str, family: str) -> dg.MetadataValue[Any]:
    """The statements that compute a layer, for the asset's page: shown once, since every partition has the same."""
    return dg.MetadataValue.md(f"```sql\n{statements(Settings.load(), layer, family)}\n```")


def text_span(span: Span) -> str:
    """`2025-01-01` or `2025-01-01 to 2025-01-07`, the end included, as people say it."""
    if span == EVERYTHING:
        return "all days"
    last = span.end - timedelta(days=1)
    return str(last) if last == span.start else f"{span.start} to {last}"
