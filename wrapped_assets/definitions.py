"""The table of contents: every asset in the order data flows, what starts runs, and what they use."""

import dagster as dg

from wrapped_assets.assets.asset_checks import checks
from wrapped_assets.assets.bucketed_editions import bucketed_editions
from wrapped_assets.assets.dimensions import dimensions
from wrapped_assets.assets.landing import landings
from wrapped_assets.assets.raw import raws
from wrapped_assets.assets.regional_exports import regional_exports, regional_snapshots
from wrapped_assets.assets.rollups import rollups
from wrapped_assets.assets.stores import (
    LandingResource,
    PublishedResource,
    RegionsResource,
    RegistryResource,
    Secret,
    WarehouseResource,
)
from wrapped_assets.assets.wrapped_cards import wrapped_cards
from wrapped_assets.assets.wrapped_organizations import wrapped_organizations
from wrapped_assets.assets.wrapped_publication import wrapped_publication
from wrapped_assets.assets.wrapped_summaries import wrapped_summaries
from wrapped_assets.assets.wrapped_tokens import wrapped_tokens
from wrapped_assets.sensors.follow_changes import follow_changes
from wrapped_assets.sensors.jobs import jobs
from wrapped_assets.sensors.landing_files import landing_files
from wrapped_assets.sensors.retention import forget_old_runs
from wrapped_assets.sensors.schedules import (
    check_every_day,
    export_every_ten_minutes,
    forget_old_runs_every_day,
    snapshot_every_day,
)
from wrapped_assets.serving.optional import modules
from wrapped_assets.settings import Settings

_settings = Settings.load()

defs = dg.Definitions(
    assets=[
        *regional_exports,
        *regional_snapshots,
        *landings,
        *raws,
        *rollups,
        *dimensions,
        *bucketed_editions,
        wrapped_organizations,
        wrapped_summaries,
        wrapped_tokens,
        wrapped_publication,
        wrapped_cards,
        *(asset for each in modules("wrapped_assets.assets") for asset in each.assets),
    ],
    asset_checks=checks,
    jobs=[*jobs, forget_old_runs],
    schedules=[export_every_ten_minutes, snapshot_every_day, check_every_day, forget_old_runs_every_day],
    sensors=[landing_files, follow_changes],
    resources={
        "landing_store": LandingResource(),
        "published_store": PublishedResource(),
        "regional_databases": RegionsResource.from_settings(_settings),
        "registry": RegistryResource(),
        "secret": Secret(),
        "warehouse": WarehouseResource.from_settings(_settings),
    },
    # Runs start at once and share what they import; the work itself is the engine's own threads.
    executor=dg.in_process_executor,
)
