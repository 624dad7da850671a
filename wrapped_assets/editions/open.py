"""From the settings to the store they name; for serving too, so nothing here imports Dagster."""

from wrapped_assets.editions.reader import Published
from wrapped_assets.editions.store import Store, open_store
from wrapped_assets.settings import Settings


def open_publication(settings: Settings) -> Store:
    """The published store of WRAPPED_PUBLISHED_URL; asks no server yet.

    A bucket's region, endpoint and credentials are those of the landing store.
    """
    if not settings.published_url.startswith("s3://"):
        return open_store(settings.published_url)
    # boto3 takes half a second to import: only where S3 is configured.
    from wrapped_assets.resources import s3

    access = s3.from_settings(settings.s3_endpoint_url)
    return open_store(settings.published_url, access.options, access.credentials)


def open_published(settings: Settings) -> Published:
    """What readers see of it."""
    return Published(open_publication(settings))
