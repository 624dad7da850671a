"""The serving snapshot: one year of a warehouse in an immutable DuckDB file, which the API reads instead of the warehouse, and what landed since.

`tables` says what is in it, `from_warehouse` writes one, `history` reads one, and `overlay` holds beside it what landed since: `following` says
where to look for that, `fresh` takes it in, `warm_start` keeps it for the next process.
"""
