"""The API: what is published, and the query-time half of the lambda. Imports neither Dagster nor `assets/`."""
