"""Puts the application together from the settings: which registry, publication, landing store and engine it works with."""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from wrapped_assets.access.open import open_registry
from wrapped_assets.access.tokens import Authority
from wrapped_assets.editions.open import open_published
from wrapped_assets.editions.version import Version
from wrapped_assets.periods import Span
from wrapped_assets.resources.open import open_landing
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.api.openapi import document
from wrapped_assets.serving.api.token_admin import TokenAdmin
from wrapped_assets.serving.api.token_routes import TokenRoutes
from wrapped_assets.serving.app import App, Parts
from wrapped_assets.serving.http.access_log import AccessLog
from wrapped_assets.serving.http.authentication import Door
from wrapped_assets.serving.http.metrics import Metrics
from wrapped_assets.serving.http.page_keys import Keys
from wrapped_assets.serving.http.rate_limits import Limits
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.live.follower import Follower
from wrapped_assets.serving.live.live import Live
from wrapped_assets.serving.live.shelf import Shelf
from wrapped_assets.serving.operations import Operations
from wrapped_assets.serving.optional import Additions, modules
from wrapped_assets.serving.page_routes import Pages
from wrapped_assets.serving.pages.theme import Theme
from wrapped_assets.serving.pipes import Pipes
from wrapped_assets.serving.proxy import Proxy
from wrapped_assets.serving.site import Site
from wrapped_assets.settings import Settings
from wrapped_assets.snapshot.warm_start import Keeper


def _imported_days(settings: Settings) -> Span:
    """The days that imports look at: files of others wait in landing."""
    return Span(settings.first_day, datetime.now(UTC).date() + timedelta(days=1))


def _keeper(settings: Settings, version: Version) -> Keeper:
    """Keeps what workers of this home took in for an edition."""
    belongs = {
        "snapshot": version.snapshot_sha256,
        "landing": settings.landing_url,
        "first_day": settings.first_day.isoformat(),
    }
    return Keeper(settings.home / "serving" / f"{version.year}.kept", settings.secret(), belongs)


def application(
    settings: Settings, folder: Path, public_url: str, shared: Path, log_access: bool, theme: Theme
) -> App:
    """The application of one worker. `folder` is its own, for snapshots that come from a bucket; `shared` is that of all workers of this server."""
    registry, published, landing = open_registry(settings), open_published(settings), open_landing(settings)
    endpoints = load_endpoints()
    metrics = Metrics(shared / "metrics")
    threads = Threads()
    authority = Authority(settings.secret(), registry)
    door = Door(authority, Limits.open(settings.limits_url))

    def open_live(snapshot: Path, version: Version) -> Live:
        keeper = _keeper(settings, version)
        return Live.open(
            snapshot, landing, settings.secret(), calendar=partial(_imported_days, settings), keeper=keeper
        )

    shelf = Shelf(published, open_live, folder)
    keys = Keys(registry, published, threads, lambda: shelf.years)
    pipes = Pipes(endpoints, shelf, door, threads)
    pages = Pages(Site(public_url, theme))
    added = Additions(settings, shared, metrics, pipes, pages)
    for each in modules("wrapped_assets.serving"):
        each.add_to(added)
    described = document(
        endpoints.values(), version("wrapped-assets"), public_url, added.parameters, added.paths
    )
    return App(
        Parts(
            pipes=pipes,
            proxy=Proxy(keys, threads, public_url, pages),
            tokens=TokenRoutes(TokenAdmin(authority, registry, endpoints), door, threads),
            operations=Operations(shelf, metrics, described),
            additions=added,
            follower=Follower(shelf, metrics),
            metrics=metrics,
            access_log=AccessLog(sys.stdout, lambda lines: metrics.lost("access", lines))
            if log_access
            else None,
            documentation=f"{public_url}/v0/pipes/openapi.json",
        )
    )
