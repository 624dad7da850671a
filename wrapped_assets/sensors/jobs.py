"""The jobs by calendar: what one run can refresh together. Sensors, the command line and people launch these."""

from collections.abc import Collection

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from wrapped_assets.products import BUCKETED, DIMENSIONS, EXPORTED, FAMILIES, layers
from wrapped_assets.sensors.retention import forget_old_runs

DAY_LAYERS = ("raw", "hourly", "daily")
"""The layers that one run refreshes once a day has landed."""


def _layers(*names: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*[dg.AssetKey(pair) for pair in layers(*names)]).without_checks()


def _exports(sources: Collection[str]) -> dg.AssetSelection:
    exported = [name for name in sources if name in EXPORTED]
    return dg.AssetSelection.assets(*[dg.AssetKey(["regional_exports", name]) for name in exported])


jobs: list[UnresolvedAssetJobDefinition] = []


def _job(name: str, selection: dg.AssetSelection, description: str) -> UnresolvedAssetJobDefinition:
    jobs.append(dg.define_asset_job(name, selection=selection, description=description))
    return jobs[-1]


def _assets(*names: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*names).without_checks()


export_regions = _job(
    "export_regions",
    _exports(FAMILIES).without_checks(),
    "Exports a window of every region's own database into landing.",
)
export_snapshots = _job(
    "export_snapshots",
    _exports(DIMENSIONS),
    "Exports the organizations and workspaces of every region into landing.",
)
import_landing = _job(
    "import_landing",
    _layers("landing"),
    "Imports every landing file of some days that the ledger does not hold.",
)
build_days = _job(
    "build_days", _layers("landing", *DAY_LAYERS), "Imports, deduplicates and rolls up some days."
)
refresh_days = _job("refresh_days", _layers(*DAY_LAYERS), "Merges what landed for some days and rolls it up.")
refresh_raw = _job("refresh_raw", _layers("raw"), "Merges what landed for some days.")
refresh_hours_and_days = _job(
    "refresh_hours_and_days", _layers("hourly", "daily"), "Rolls up some days of raw."
)
refresh_weeks = _job("refresh_weeks", _layers("weekly"), "Merges days into weeks.")
refresh_months = _job("refresh_months", _layers("monthly"), "Merges days into months.")
refresh_identities = _job(
    "refresh_identities",
    _assets(*DIMENSIONS, "wrapped_organizations"),
    "Imports names and owners, and gives every organization its public identity.",
)
refresh_editions = _job(
    "refresh_editions",
    _assets("wrapped_summaries"),
    "Recomputes the summaries that something changed.",
)
refresh_bucketed = {
    product: _job(
        f"refresh_{product}",
        dg.AssetSelection.groups(product).without_checks(),
        "Counts the months that changed and computes what follows, to the documents.",
    )
    for product in BUCKETED
}
issue_tokens = _job(
    "issue_tokens",
    _assets("wrapped_tokens"),
    "Gives each customer of an edition its link and its token, unless it has them.",
)
publish_editions = _job(
    "publish_editions",
    _assets("wrapped_publication"),
    "Makes another version of an edition for `wrapped promote`; nothing starts it but an operator.",
)
check_everything = _job(
    "check_everything",
    dg.AssetSelection.all_asset_checks(),
    "Runs every asset check over a whole year; `wrapped check` runs this job.",
)

_UNFOLLOWED = (
    *(export_regions, export_snapshots, issue_tokens, publish_editions),
    *(check_everything, forget_old_runs),
)
UNFOLLOWED = frozenset(job.name for job in _UNFOLLOWED)
"""The jobs that change nothing that the sensors follow."""

FOLLOWED = frozenset(
    {dg.AssetKey(pair) for pair in layers("landing", *DAY_LAYERS, "weekly", "monthly")}
    | {dg.AssetKey(name) for name in (*DIMENSIONS, "wrapped_organizations", "wrapped_summaries")}
)
"""The assets that the sensors keep up to date."""
