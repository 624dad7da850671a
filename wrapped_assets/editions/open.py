"""From the settings to the store they name; for serving too, so nothing here imports Dagster."""

from wrapped_assets.editions.reader import Published
from wrapped_assets.editions.store import Store
from wrapped_assets.landing.s3 import access_of
from wrapped_assets.settings import Settings


def open_publication(settings: Settings) -> Store:
    """The published store of WRAPPED_PUBLISHED_URL; asks no server yet.

    A bucket's region, endpoint and credentials are those of the landing store.
    """
    return Store(settings.published_url, *access_of(settings.published_url, settings.s3_endpoint_url))


def open_published(settings: Settings) -> Published:
    """What readers see of it."""
    return Published(open_publication(settings))
