"""The jobs by calendar: what one run can refresh together. Sensors, the command line and people launch these."""

import dagster as dg

from wrapped_assets.families import DIMENSIONS, FAMILIES
from wrapped_assets.sensors.retention import forget_old_runs

DAY_LAYERS = ("raw", "hourly", "daily")
"""What one run takes a day through once it has landed."""


def _layers(*names: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*[dg.AssetKey([name, family]) for name in names for family in FAMILIES])


export_regions = dg.define_asset_job(
    "export_regions",
    selection=_layers("regional_exports").without_checks(),
    description="Exports a window of every region's own database into landing.",
)
export_snapshots = dg.define_asset_job(
    "export_snapshots",
    selection=dg.AssetSelection.assets(*[dg.AssetKey(["regional_exports", name]) for name in DIMENSIONS]),
    description="Exports the organizations and workspaces of every region into landing.",
)
import_landing = dg.define_asset_job(
    "import_landing",
    selection=_layers("landing").without_checks(),
    description="Takes in every landing file of some days that the ledger does not hold.",
)
build_days = dg.define_asset_job(
    "build_days",
    selection=_layers("landing", *DAY_LAYERS).without_checks(),
    description="Imports, deduplicates and rolls up some days.",
)
refresh_days = dg.define_asset_job(
    "refresh_days",
    selection=_layers(*DAY_LAYERS).without_checks(),
    description="Merges what landed for some days and rolls it up.",
)
refresh_raw = dg.define_asset_job(
    "refresh_raw", selection=_layers("raw").without_checks(), description="Merges what landed for some days."
)
refresh_hours_and_days = dg.define_asset_job(
    "refresh_hours_and_days",
    selection=_layers("hourly", "daily").without_checks(),
    description="Rolls up some days of raw.",
)
refresh_weeks = dg.define_asset_job(
    "refresh_weeks", selection=_layers("weekly").without_checks(), description="Merges days into weeks."
)
refresh_months = dg.define_asset_job(
    "refresh_months", selection=_layers("monthly").without_checks(), description="Merges days into months."
)
refresh_identities = dg.define_asset_job(
    "refresh_identities",
    selection=dg.AssetSelection.assets(
        "organizations", "workspaces", "wrapped_organizations"
    ).without_checks(),
    description="Imports names and owners, and gives every organization its public identity.",
)
refresh_editions = dg.define_asset_job(
    "refresh_editions",
    selection=dg.AssetSelection.assets("wrapped_summaries").without_checks(),
    description="Recomputes the summaries that something changed.",
)
issue_tokens = dg.define_asset_job(
    "issue_tokens",
    selection=dg.AssetSelection.assets("wrapped_tokens").without_checks(),
    description="Gives each customer of an edition its link and its token, unless it has them.",
)
publish_editions = dg.define_asset_job(
    "publish_editions",
    selection=dg.AssetSelection.assets("wrapped_publication").without_checks(),
    description="Makes another version of an edition for `wrapped promote`; nothing starts it but an operator.",
)
check_everything = dg.define_asset_job(
    "check_everything",
    selection=dg.AssetSelection.all_asset_checks(),
    description="Runs every asset check over a whole year; `wrapped check` runs this job.",
)

UNFOLLOWED = frozenset(
    job.name
    for job in (
        export_regions,
        export_snapshots,
        issue_tokens,
        publish_editions,
        check_everything,
        forget_old_runs,
    )
)
"""The jobs that change nothing that the sensors follow."""

FOLLOWED = frozenset(
    {
        dg.AssetKey([layer, family])
        for layer in ("landing", *DAY_LAYERS, "weekly", "monthly")
        for family in FAMILIES
    }
    | {dg.AssetKey(name) for name in (*DIMENSIONS, "wrapped_organizations", "wrapped_summaries")}
)
"""The assets that the sensors keep up to date."""

jobs = [
    export_regions,
    export_snapshots,
    import_landing,
    build_days,
    refresh_days,
    refresh_raw,
    refresh_hours_and_days,
    refresh_weeks,
    refresh_months,
    refresh_identities,
    refresh_editions,
    issue_tokens,
    publish_editions,
    check_everything,
]
