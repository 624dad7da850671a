"""Wrapped: a year of regional usage logs into an exact year-in-review for every customer."""
