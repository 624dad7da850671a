"""Landing files that nobody would write: `python -m tests.fuzz --files 5000`.

A seed decides everything. Each file is a real Parquet file, damaged in its bytes or of a shape that its writer chose badly; it lands between two
good ones, and the import must take them in, set the damaged one aside with a reason or count every row of it, and end.
"""
