"""From the settings to the registry they name; for serving too, so nothing here imports Dagster."""

from typing import TYPE_CHECKING

from wrapped_assets.settings import Settings

if TYPE_CHECKING:
    from wrapped_assets.access.registry import Registry


def open_registry(settings: Settings, make: bool = True) -> "Registry":
    """The registry of these settings, made when there is none, unless told not to; close it after use."""
    # Imported only where it is used: SQLAlchemy takes a while.
    from wrapped_assets.access.registry import Registry

    return Registry.open(settings.registry_url, make=make)
