"""The stores as Dagster resources: thin shells around plain classes that serving and tests use without Dagster."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from wrapped_assets.resources.address import Address
from wrapped_assets.resources.duckdb import DuckDBWarehouse, Engine
from wrapped_assets.resources.duckdb.connection import connect
from wrapped_assets.resources.landing_store import LandingStore
from wrapped_assets.resources.open import open_landing, open_region, open_warehouse
from wrapped_assets.resources.regions import RegionalDatabase
from wrapped_assets.resources.warehouse import Reader, Warehouse, Writer
from wrapped_assets.settings import Settings


class _Opened:
    """Opens the warehouse as its contract says, with the patience of a run."""

    def _warehouse(self) -> Warehouse:
        raise NotImplementedError

    def writing(self) -> AbstractContextManager[Writer]:
        return self._warehouse().writing()

    def reading(self, patience: float = 60.0) -> AbstractContextManager[Reader]:
        return self._warehouse().reading(patience)

    def unchanging(self, patience: float = 60.0) -> AbstractContextManager[Reader]:
        return self._warehouse().unchanging(patience)


class DuckDBWarehouseResource(_Opened, DuckDBResource):
    """The warehouse in a DuckDB file, with the settings of this installation.

    dagster-duckdb's own connection stays open after an exception and is always a writer's; this one is
    read-only, waits for a writer for a bounded time, and closes whatever happens. Assets use `writing()`
    and `reading()`, which speak the Warehouse contract; `get_connection()` is for your own queries.
    """

    memory_limit: str = "2GB"
    threads: int | None = None
    spill: str

    @classmethod
    def from_settings(cls, settings: Settings) -> "DuckDBWarehouseResource":
        """The resource for WRAPPED_WAREHOUSE_URL=duckdb:///..."""
        return cls(
            database=unquote(settings.warehouse_url.removeprefix("duckdb://")),
            memory_limit=settings.memory_limit,
            threads=settings.threads,
            spill=str(settings.home / "spill"),
        )

    @contextmanager
    def get_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection for a query of your own."""
        with connect(Path(self.database), self._engine(), read_only=True, patience=60.0) as connection:
            yield connection

    def _warehouse(self) -> DuckDBWarehouse:
        return DuckDBWarehouse(Path(self.database), self._engine())

    def _engine(self) -> Engine:
        return Engine(self.memory_limit, self.threads, Path(self.spill))


class ClickHouseWarehouseResource(_Opened, dg.ConfigurableResource):
    """The warehouse in a ClickHouse database, with the settings of this installation.

    Dagster shows and stores what a resource is configured with, so the password is not among it: the settings are read
    when a session is opened. Every statement carries the run, the asset and the partitions it works for in `log_comment`.
    """

    address: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["ClickHouseWarehouseResource"]:
        """For the time of a run, what its first step opens in process stays open for the others."""
        from wrapped_assets.resources.clickhouse.connection import kept_open

        with kept_open():
            yield self

    @classmethod
    def from_settings(cls, settings: Settings) -> "ClickHouseWarehouseResource":
        """The resource for WRAPPED_WAREHOUSE_URL=clickhouse://... or chdb:///..."""
        return cls(address=str(Address.parse(settings.warehouse_url)))

    def _warehouse(self) -> Warehouse:
        return open_warehouse(Settings.load(), _labels)


def _labels() -> Mapping[str, str]:
    """The run, and the asset with its partitions or the check, that this step works for; nothing outside of a step."""
    try:
        context = dg.AssetExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return _labels_of_check()
    partitions = (
        {"partitions": f"{context.partition_key_range.start}..{context.partition_key_range.end}"}
        if context.has_partition_key_range or context.has_partition_key
        else {}
    )
    return {"run_id": context.run_id, "asset": context.asset_key.to_user_string(), **partitions}


def _labels_of_check() -> Mapping[str, str]:
    try:
        context = dg.AssetCheckExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return {}
    checks = (f"{spec.asset_key.to_user_string()} {spec.name}" for spec in context.check_specs)
    return {"run_id": context.run.run_id, "check": ", ".join(checks)}


def warehouse_resource(settings: Settings) -> DuckDBWarehouseResource | ClickHouseWarehouseResource:
    """The resource for WRAPPED_WAREHOUSE_URL, whichever engine it names."""
    if settings.engine == "duckdb":
        return DuckDBWarehouseResource.from_settings(settings)
    return ClickHouseWarehouseResource.from_settings(settings)


class LandingResource(dg.ConfigurableResource):
    """The landing store named by WRAPPED_LANDING_URL."""

    def store(self) -> LandingStore:
        """The store; asks no server yet."""
        return open_landing(Settings.load())


class RegionsResource(dg.ConfigurableResource):
    """The regional databases, by the name of their region.

    Dagster shows and stores what a resource is configured with: where the databases are, and not who reads them.
    """

    places: dict[str, str]

    @classmethod
    def from_settings(cls, settings: Settings) -> "RegionsResource":
        """The resource for WRAPPED_REGIONS."""
        return cls(places={region: _place(url) for region, url in settings.regions.items()})

    def database(self, region: str) -> RegionalDatabase:
        """The database of one region; it is opened read-only, when used."""
        return open_region(Settings.load(), region)


def _place(url: str) -> str:
    return url if url.startswith("duckdb:") else Address.parse(url).place


class Secret(dg.ConfigurableResource):
    """The secret that public ids are made with, read when it is needed so that no configuration holds it."""

    def value(self) -> bytes:
        """WRAPPED_SECRET, or the one generated into WRAPPED_HOME."""
        return Settings.load().secret()
