"""The stores as Dagster resources: thin shells around plain classes that serving and tests use without Dagster."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import dagster as dg

from wrapped_assets.access.open import open_registry
from wrapped_assets.access.registry import Registry
from wrapped_assets.editions import Publisher
from wrapped_assets.editions.open import open_publication
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.progress import Progress
from wrapped_assets.regions.database import RegionalDatabase, open_region
from wrapped_assets.resources.open import kept_open, open_landing, open_warehouse
from wrapped_assets.resources.warehouse import Reader, Warehouse, Writer
from wrapped_assets.settings import Settings
from wrapped_assets.settings.address import Address


class WarehouseResource(dg.ConfigurableResource):
    """The warehouse of this installation, as the Warehouse contract says, with the timeouts of a run.

    Dagster shows and stores what a resource is configured with, so the password is not among it: the settings are read
    when a session is opened. In ClickHouse every statement carries the run, the asset and the partitions it works for in
    `log_comment`.
    """

    address: str

    @classmethod
    def from_settings(cls, settings: Settings) -> "WarehouseResource":
        """The resource for WRAPPED_WAREHOUSE_URL."""
        url = settings.warehouse_url
        return cls(address=url if settings.engine == "duckdb" else str(Address.parse(url)))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["WarehouseResource"]:
        """For the time of a run, what its first step opens in process stays open for the others."""
        with kept_open(Settings.load()):
            yield self

    def writing(self) -> AbstractContextManager[Writer]:
        """To change it."""
        return self._warehouse().writing()

    def reading(self, patience: float = 60.0) -> AbstractContextManager[Reader]:
        """To read it; waits so many seconds for a writer."""
        return self._warehouse().reading(patience)

    def unchanging(self, patience: float = 60.0) -> AbstractContextManager[Reader]:
        """To read it while nothing changes it."""
        return self._warehouse().unchanging(patience)

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


class PublishedResource(dg.ConfigurableResource):
    """The published store named by WRAPPED_PUBLISHED_URL."""

    def publisher(self, progress: Progress) -> Publisher:
        """Publishes there; asks no server yet."""
        return Publisher(open_publication(Settings.load()), progress=progress)


class RegistryResource(dg.ConfigurableResource):
    """The registry named by WRAPPED_REGISTRY_URL; its address, which may hold a password, is read when it is opened."""

    @contextmanager
    def opened(self) -> Iterator[Registry]:
        """The registry, for the time of a step."""
        with open_registry(Settings.load()) as registry:
            yield registry
