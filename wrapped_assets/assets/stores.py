"""The registry and the published store as Dagster resources; those of landing and the warehouse are in resources/configured.py."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from wrapped_assets.access.open import open_registry
from wrapped_assets.access.registry import Registry
from wrapped_assets.editions import Publisher
from wrapped_assets.editions.open import open_publication
from wrapped_assets.progress import Progress
from wrapped_assets.settings import Settings


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
