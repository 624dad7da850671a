"""More rows than a row group of DuckDB holds, made of one."""

from pathlib import Path

import duckdb

from tests.landing_files import files_of, request, write

ROW_GROUP = 122_880


def land_requests(landing: Path, day: str, rows: int, organizations: int = 1) -> None:
    """One file of so many requests of a day, over all its hours, of organizations `org-0`, `org-1`... in turn."""
    (one,) = files_of(request("org-0", f"{day}T00:00:00", "one"), name="many")
    path = write(landing, one)
    many = path.with_name("many-rows.parquet")
    with duckdb.connect() as con:
        con.execute(
            "copy (select one.* replace ("
            f"'org-' || number % {organizations} as organization_id, one.request_id || number as request_id,"
            f" one.start_datetime + to_hours(number // {organizations} % 24) as start_datetime)"
            f" from read_parquet('{path}') as one, range({rows}) as numbers (number)) to '{many}'"
        )
    path.unlink()
