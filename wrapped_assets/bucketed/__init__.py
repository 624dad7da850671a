"""Editions of products with many subjects: each in a DuckDB file of its own, computed bucket by bucket."""
