"""The layers, one module each, in the order data flows: what each table reads and how a partition is rebuilt.

regional_exports -> landing -> raw -> rollups (hourly, daily, weekly, monthly)
dimensions -> wrapped_organizations -> wrapped_summaries
checks: what must hold in each of them
"""

import warnings

import dagster as dg

# Single-run backfills are marked beta in Dagster 1.13; without them a year of days is 365 runs.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
