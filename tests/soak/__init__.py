"""The daemon for an hour, compressed: everything runs, everything is killed, and a client asks all the time.

`python -m tests.soak --minutes 10`. Real processes only: `dagster dev` over a world of its own, `wrapped serve`,
and an exporter that reads a region's database by the statement of `regional_exports`. The region's database is the truth.
"""
