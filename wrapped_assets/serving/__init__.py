"""What answers requests: no Dagster and no assets in here."""
