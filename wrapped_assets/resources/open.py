"""From a setting to the store it names, without Dagster."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wrapped_assets.landing.s3 import access_of
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import LEVELS
from wrapped_assets.products import FAMILIES
from wrapped_assets.resources.duckdb import DuckDBWarehouse, Engine
from wrapped_assets.resources.warehouse import Warehouse
from wrapped_assets.settings import Settings
from wrapped_assets.settings.address import Address

Labels = Callable[[], Mapping[str, str]]


def open_warehouse(settings: Settings, labels: Labels = dict) -> Warehouse:
    """The warehouse of these settings; opens nothing yet. `labels` says for whom a session works."""
    if settings.engine == "clickhouse":
        # Imported only where it is used: DuckDB's commands start without it.
        from wrapped_assets.resources.clickhouse import ClickHouseWarehouse, Limits

        address, lock = Address.parse(settings.warehouse_url), settings.home / "clickhouse-writer.lock"
        return ClickHouseWarehouse(address, lock, Limits(settings.memory_limit, settings.threads), labels)
    return DuckDBWarehouse(Path(unquote(urlsplit(settings.warehouse_url).path)), engine_of(settings))


def engine_of(settings: Settings) -> Engine:
    """What a DuckDB of this process may use."""
    return Engine(settings.memory_limit, settings.threads, settings.home / "spill")


def statements(settings: Settings, layer: str, family: str) -> str:
    """The SQL that computes a layer of a family on the engine of these settings, to read."""
    if settings.engine == "clickhouse":
        # Imported only where it is used: DuckDB's commands start without it.
        from wrapped_assets.resources.clickhouse.raw import shown as of_raw
        from wrapped_assets.resources.clickhouse.rollups import shown as of_rollup
    else:
        from wrapped_assets.resources.duckdb.raw import shown as of_raw
        from wrapped_assets.resources.duckdb.rollups import shown as of_rollup
    return of_raw(FAMILIES[family]) if layer == "raw" else of_rollup(LEVELS[layer], FAMILIES[family])


def kept_open(settings: Settings) -> AbstractContextManager[None]:
    """What chDB opens of the warehouse in here stays open to the end of it: it loads every part at each start."""
    if settings.engine != "clickhouse":
        return nullcontext()
    from wrapped_assets.resources.clickhouse.connection import kept_open

    return kept_open()


def open_landing(settings: Settings) -> LandingStore:
    """The landing store of these settings; asks no server yet.

    A bucket's region, endpoint and credentials are those that Dagster's own S3 resource would use.
    """
    return _open_store(settings.landing_url, settings)


def open_request_log(settings: Settings) -> LandingStore | None:
    """Where the API's own requests land; None when they do not."""
    return _open_store(settings.request_log_url, settings) if settings.request_log_url else None


def _open_store(url: str, settings: Settings) -> LandingStore:
    return LandingStore.open(url, *access_of(url, settings.s3_endpoint_url))
