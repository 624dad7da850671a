"""The HTTP side: endpoints, published documents, pages. Nothing here imports Dagster or the graph."""
