"""A region's own database, twice: in a DuckDB file and in a ClickHouse server, with the same rows; and what is made of it."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from tests.clickhouse_server import PASSWORD, Server
from tests.landing_files import DIMENSIONS, FAMILIES
from wrapped_assets.assets import regional_exports
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.regions.clickhouse_region import ClickHouseRegion
from wrapped_assets.regions.database import DuckDBRegion, RegionalDatabase, open_region
from wrapped_assets.settings import Settings

TABLES = (*FAMILIES, *DIMENSIONS)
EXPORTED_AT = datetime(2025, 3, 1, 12, 30, 15, 123456, UTC)

# As somebody would make them who knows ClickHouse: a zone of their own, dictionaries, ids that are no texts.
COLUMNS = {
    "pipe_stats": """
        start_datetime DateTime64(3, 'America/New_York'), organization_id LowCardinality(String),
        workspace_id LowCardinality(String), pipe_id String, pipe_name LowCardinality(String), request_id String,
        status_code Int16, error UInt8, duration Float64, read_bytes UInt64, read_rows UInt64, result_rows UInt64,
        cpu_time Float64, method Enum8('GET' = 1, 'POST' = 2, 'HEAD' = 3, 'PUT' = 4, 'DELETE' = 5),
        user_agent LowCardinality(Nullable(String))""",
    "ingestion": """
        timestamp DateTime64(3), organization_id String, workspace_id String, operation_id String, datasource_id String,
        datasource_name String, event_type LowCardinality(String), result LowCardinality(String), error Nullable(String),
        elapsed_time Float64, written_rows UInt64, written_bytes UInt64, written_rows_quarantine UInt64,
        written_bytes_quarantine UInt64, read_rows UInt64, read_bytes UInt64, cpu_time Float64""",
    "storage": """
        timestamp DateTime64(3, 'UTC'), organization_id String, workspace_id String, datasource_id String,
        datasource_name String, bytes UInt64, rows UInt64, bytes_quarantine UInt64, rows_quarantine UInt64""",
    "organizations": """
        organization_id String, name Nullable(String), customer_id Nullable(String), customer_name Nullable(String)""",
    "workspaces": "workspace_id String, organization_id String, name Nullable(String)",
}
EVENT_TIME = {"pipe_stats": "start_datetime", "ingestion": "timestamp", "storage": "timestamp"}

# A day of many requests whose rows do not compress.
MANY = """
    insert into logs.pipe_stats (
        start_datetime, organization_id, workspace_id, pipe_id, pipe_name, request_id, status_code, error, duration,
        read_bytes, read_rows, result_rows, method, user_agent)
    select toDateTime64('{day} 00:00:00', 3, 'UTC') + number / 100, 'org-' || number % 1000, 'ws', 'p', 'pipe',
        generateUUIDv4(), 200, 0, rand() / 1e9, rand64(), rand64(), rand64(), 'GET', toString(rand64())
    from numbers({rows})"""


def clickhouse(dsn: str, **settings: str) -> ClickHouseRegion:
    """The regional database behind a DSN, as the settings say."""
    found = open_region(Settings.load({"WRAPPED_REGIONS": f"eu={dsn}", **settings}), "eu")
    assert isinstance(found, ClickHouseRegion)
    return found


def embedded(file: Path) -> DuckDBRegion:
    """The regional database in a DuckDB file."""
    return DuckDBRegion("eu", f"duckdb://{file}")


def make(server: Server, table: str, columns: str | None = None, database: str = "logs") -> None:
    """An empty table of a region."""
    server.ask(f"create database if not exists {database}")
    order = f"(organization_id, {EVENT_TIME[table]})" if table in EVENT_TIME else "tuple()"
    server.ask(
        f"create table {database}.{table} ({columns or COLUMNS[table]}) engine MergeTree order by {order}"
        " settings allow_nullable_key = 1"
    )


def copy(server: Server, file: Path, database: str = "logs") -> None:
    """What a region's DuckDB file holds, in a database of the server."""
    with duckdb.connect(str(file), read_only=True) as connection:
        for table in TABLES:
            make(server, table, database=database)
            content = io.BytesIO()
            pq.write_table(connection.sql(f"from {table}").to_arrow_table(), content)
            server.load(f"{database}.{table}", content.getvalue())


def rows(paths: Sequence[Path]) -> list[tuple[object, ...]]:
    """Every value of Parquet files in order, instants as UTC without a zone to the microsecond."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        files = connection.read_parquet([str(path) for path in paths])
        columns = ", ".join(
            f"cast({name} as timestamp) as {name}" if "TIMESTAMP" in str(kind) else name
            for name, kind in zip(files.columns, files.types, strict=True)
        )
        return files.project(columns).order("all").fetchall()


def land(
    landing: Path, database: RegionalDatabase, *days: datetime, family: str = "pipe_stats"
) -> dict[str, int]:
    """Export these days as the asset does; the rows by object key."""
    landing.mkdir(parents=True, exist_ok=True)
    windows = [(day, day.replace(hour=23, minute=59, second=59)) for day in days]
    return regional_exports.export_windows(
        database, LandingStore.open(landing.as_uri()), family, windows, EXPORTED_AT
    )


def landed(landing: Path) -> list[Path]:
    """Every file of a landing folder, leftovers too."""
    return sorted(path for path in landing.rglob("*") if path.is_file())


def holds_no_secret(text: str) -> bool:
    """Whether the password is not in it, neither plain nor as the URL has it."""
    return not any(secret in text for secret in (PASSWORD, quote(PASSWORD, safe=""), "s%3Acr", "s:cr"))
