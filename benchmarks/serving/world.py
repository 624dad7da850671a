"""A dense year to serve: every organization has rows on every day, and 600,000 more rows landed after the snapshot.

No warehouse makes it, so that a dense year costs half a minute: the hours are invented, the days and months merged from them by the
statements that serving uses too. That answers are right is the tests' business (tests/test_serving_splits.py).
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import DAILY, HOURLY, MONTHLY, Level, Span
from wrapped_assets.product import Edition, PartKind
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.snapshot import tables
from wrapped_assets.snapshot.tables import KINDS
from wrapped_assets.snapshot.writing import Draft, drafting

SECRET = b"benchmark-secret-of-32-characters"
YEAR = 2025
ORGANIZATIONS = 2000
FRESH_ROWS = 600_000
# Of the fresh rows, those of hours long past: one in each month, for which history has a file to read again.
LATE_ROWS = 60_000
REGIONS = 4
# Each export holds its last half hour and one is made every ten minutes, so every row lands three times.
VERSIONS = 3

_HOURS = {
    "requests": """
        select
            'org-' || o as organization_id, 'region-' || (o % {regions}) as region, hour, 'requests' as kind, 'ws-' || o || '-' || w as id, '' as label,
            1 + hash(o, hour, w) % 90 as amount, hash(o, hour) % 2 as errors,
            hash(w, hour) % 1000000000 as bytes, hash(w, o) % 1000000 as rows
        from hours, range($organizations) as a (o), range(3) as b (w)
        where hash(o, hour) % 24 < 5 or hour(hour) = o % 24""",
    "operations": """
        select
            'org-' || o as organization_id, 'region-' || (o % {regions}) as region, hour, 'operations' as kind, 'ws-' || o || '-' || w as id,
            ['append', 'append-hfi', 'copy'][1 + k] as label, 1 + hash(o, hour) % 9 as amount, 0 as errors,
            hash(w, hour) % 1000000000 as bytes, hash(w, o) % 1000000 as rows
        from hours, range($organizations) as a (o), range(2) as b (w), range(3) as c (k)
        where hour(hour) = (o + k) % 24""",
    "sizes": """
        select
            'org-' || o as organization_id, 'region-' || (o % {regions}) as region, hour, 'sizes' as kind, 'ds-' || o || '-' || d as id, 'table_' || d as label,
            1 as amount, 0 as errors, hash(d, hour) % 1000000000 as bytes, hash(d, o) % 1000000 as rows,
            hour + interval 7 minute as last_at
        from hours, range($organizations) as a (o), range(5) as b (d)
        where hour(hour) = o % 24""",
}


def make(folder: Path) -> tuple[Path, Path]:
    """The snapshot and the landing folder below `folder`, made when they are not there."""
    snapshot, landing = folder / "serving.duckdb", folder / "landing"
    if not snapshot.exists():
        _write_late_files(landing, version=1)
        _write_snapshot(snapshot, landing)
        _write_newest_day(landing)
        _write_late_files(landing, version=2)
    return snapshot, landing


def customers() -> list[str]:
    """The public id of every organization: each is its own customer."""
    return [wrapped_id(SECRET, f"org-{number}") for number in range(ORGANIZATIONS)]


def _write_snapshot(path: Path, landing: Path) -> None:
    with duckdb.connect(":memory:") as con, drafting(con, path) as draft:
        con.execute("create table owners (organization_id varchar, region varchar, wrapped_id varchar)")
        owners = [
            (f"org-{number}", f"region-{number % REGIONS}", customer)
            for number, customer in enumerate(customers())
        ]
        con.executemany("insert into owners values ($1, $2, $3)", owners)
        draft.number_organizations("owners")
        # History ends with the last day but one.
        through = datetime(YEAR, 12, 30, 23, 59, tzinfo=UTC)
        draft.fill_edition(YEAR, Edition(YEAR, through, through))
        _fill_hours(con, draft)
        for kind in KINDS.values():
            _merge(draft, kind, DAILY, HOURLY)
            _merge(draft, kind, MONTHLY, DAILY)
        draft.finish()
        _fill_ledger(draft, landing)


def _fill_hours(con: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    for part in tables.parts(HOURLY, Span(date(YEAR, 1, 1), date(YEAR, 12, 31))):
        con.execute(
            "create or replace temp table hours as select unnest(range($from, $to, interval 1 hour)) as hour",
            {
                "from": datetime.combine(part.start, datetime.min.time()),
                "to": min(datetime(part.end.year, part.end.month, part.end.day), datetime(YEAR, 12, 31)),
            },
        )
        for source in _HOURS.values():
            text = source.format(regions=REGIONS)
            draft.fill_parts(HOURLY, text, {"organizations": ORGANIZATIONS})


def _merge(draft: Draft, kind: PartKind, level: Level, below: Level) -> None:
    source = f"(from serving.{below.name}.parts where kind = '{kind.name}')"
    draft.fill(f"{level.name}.parts", tables.merged(kind, level, source, below.period))


def _fill_ledger(draft: Draft, landing: Path) -> None:
    """The late hours' files as landed, and a year of names like those of exports."""
    store = LandingStore.open(landing.as_uri())
    for number, day in enumerate(_late_days()):
        (item,) = store.list_day("pipe_stats", day).objects
        row = {"file_id": -1 - number, "key": item.key, "etag": item.etag, "size": item.size, "day": day}
        draft.fill(
            "files",
            "select $file_id as file_id, 'pipe_stats' as family, $key as object_key, $etag as etag, $size as size,"
            " $day as folder_day, 'region-0' as region, 'landed' as state, false as has_impossible_rows",
            row,
        )
        draft.fill(
            "file_hours",
            "select $file_id as file_id, 'pipe_stats' as family, $day as day, 2500 as row_count, 1024 as hours",
            {"file_id": row["file_id"], "day": day},
        )
    draft.fill(
        "files",
        """
        select
            row_number() over () as file_id, family,
            format('{}/dt={}/region=region-{}/{:06}.exported.parquet', family, cast(day as date), r, n) as object_key,
            md5(object_key) as etag, 40000 as size, cast(day as date) as folder_day, 'region-' || r as region,
            'landed' as state, false as has_impossible_rows
        from range($from, $to, interval 1 day) as a (day), range(144) as b (n), range(4) as c (r),
            (values ('pipe_stats'), ('ingestion')) as d (family)
        order by family, day, object_key""",
        {"from": datetime(YEAR, 1, 1), "to": datetime(YEAR, 12, 31)},
    )


def _late_days() -> list[date]:
    return [date(YEAR, month, 10) for month in range(1, 13)]


_ROWS = """
    select
        $start + to_microseconds(cast((n * 1.0 / $count) * $seconds * 1000 as bigint) * 1000) as start_datetime,
        'org-' || o as organization_id, 'ws-' || o || '-' || (n % 3) as workspace_id,
        'pipe-' || (n % 20) as pipe_id, 'name_' || (n % 20) as pipe_name,
        cast(md5_number(cast($salt as varchar) || n) as uuid)::varchar as request_id,
        200 as status_code, cast(n % 2 as tinyint) as error, 0.001 * (n % 900) as duration,
        cast(n % 1000000 as ubigint) as read_bytes, cast(n % 1000 as ubigint) as read_rows,
        cast(n % 10 as ubigint) as result_rows, 0.001 as cpu_time, 'GET' as method, 'curl/8' as user_agent,
        'region-' || $region as region, $exported_at as exported_at
    from (select n, $regions * (hash(n, $salt) % ($organizations // $regions)) + $region as o from range($count) as rows (n))"""


def _write_late_files(landing: Path, version: int) -> None:
    """One hour of each month: the file that history holds, then as many rows again, half of them corrections."""
    for day in _late_days():
        start = datetime(day.year, day.month, day.day, 10)
        _write(
            landing, day, f"late-{version}", start, 3600, LATE_ROWS // 12, 0, start + timedelta(days=version)
        )


def _write_newest_day(landing: Path) -> None:
    """The last day of the year, as exports write it: a file every ten minutes and region, of its last half hour."""
    day = date(YEAR, 12, 31)
    midnight = datetime(YEAR, 12, 31)
    rows = (FRESH_ROWS - LATE_ROWS) // (143 * REGIONS)
    for window in range(1, 144):
        start = midnight + timedelta(minutes=10 * max(0, window - VERSIONS + 1))
        end = midnight + timedelta(minutes=10 * (window + 1))
        for region in range(REGIONS):
            name = f"{window:03}-{region}"
            _write(landing, day, name, start, (end - start).seconds, rows, region, end)


def _write(
    landing: Path,
    day: date,
    name: str,
    start: datetime,
    seconds: int,
    count: int,
    region: int,
    exported_at: datetime,
) -> None:
    path = landing / f"pipe_stats/dt={day}/region=region-{region}/{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {
        "start": start,
        "seconds": seconds,
        "count": count,
        # Windows that overlap say the same of the same instants only by chance: three quarters of all rows are unique.
        "salt": f"{region}-{start}",
        "organizations": ORGANIZATIONS,
        "region": region,
        "regions": REGIONS,
        "exported_at": exported_at,
    }
    with duckdb.connect(":memory:") as con:
        con.execute(f"copy ({_ROWS}) to '{path}' (format parquet)", values)
