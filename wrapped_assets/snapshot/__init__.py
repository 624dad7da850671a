"""The serving snapshot: one year of a warehouse in an immutable DuckDB file, which the API reads instead of the warehouse.

`tables` says what is in it, `writing` makes one (both engines hand in rows), `history` reads one, and `overlay` holds beside it what
landed since.
"""
