"""The floor on chDB: a hand-written script that dedupes by argMax in staging, swaps the day in, and rolls it up.

It keeps no landing rows and no ledger, checks nothing and quarantines nothing, and swaps without looking whether
anything changed. It shares the tables of the rollups and the final summary query with the pipeline, so that both can
be compared customer by customer.

    python -m benchmarks.clickhouse_floor LANDING SECRET_HEX
"""

import json
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.floor import digest
from benchmarks.measure import own_cost
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.resources.clickhouse import Address, Limits, computing, schema, sql, summaries
from wrapped_assets.resources.clickhouse.connection import connect, kept_open
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.identity import wrapped_id

YEAR = 2025

RAW = """
create table {name} (
    organization_id String, start_datetime DateTime64(3, 'UTC'), request_id String,
    workspace_id String, pipe_id String, pipe_name String, status_code Int32, error UInt8,
    read_bytes UInt64, read_rows UInt64, result_rows UInt64, cpu_time_us UInt64, duration_us UInt64,
    method String, user_agent Nullable(String), region String, exported_at DateTime64(3, 'UTC')
)
engine = MergeTree partition by toYYYYMMDD(start_datetime) order by (organization_id, start_datetime)
"""

WINNERS = """
insert into floor_staging
select organization_id, start_datetime, request_id,
    argMax(workspace_id, exported_at), argMax(pipe_id, exported_at), argMax(pipe_name, exported_at),
    argMax(status_code, exported_at), argMax(error, exported_at), argMax(read_bytes, exported_at),
    argMax(read_rows, exported_at), argMax(result_rows, exported_at),
    argMax(toUInt64(floor(cpu_time * 1e6 + 0.5)), exported_at), argMax(toUInt64(floor(duration * 1e6 + 0.5)), exported_at),
    argMax(method, exported_at), argMax(user_agent, exported_at), argMax(region, exported_at), max(exported_at)
from file({files:String}, Parquet)
group by organization_id, start_datetime, request_id
"""

HOURS = [
    """
insert into hourly_pipe_stats_requests (* except (own_partition))
select toStartOfHour(start_datetime), organization_id, workspace_id, pipe_id, pipe_name, region,
    sumState(toInt64(1)), sumState(toInt128(error)), sumState(toInt64(error is null)), sumState(toInt128(read_bytes)),
    sumState(toInt128(read_rows)), sumState(toInt128(result_rows)), sumState(toInt64(result_rows is null)),
    sumState(toInt128(cpu_time_us)), maxState(toDateTime64(start_datetime, 6, 'UTC'))
from floor_raw where toYYYYMMDD(start_datetime) = {partition:UInt32} group by all""",
    """
insert into hourly_pipe_stats_durations (* except (own_partition))
select hour, organization_id, sumMapState([bucket], [requests])
from (
    select toStartOfHour(start_datetime) as hour, organization_id,
        toUInt16(greatest(toInt32(floor(log2(greatest(duration_us, 1)))) - 7, 0)) as shift,
        toUInt16(shift * 128 + bitShiftRight(duration_us, shift)) as bucket, toInt64(count()) as requests
    from floor_raw where toYYYYMMDD(start_datetime) = {partition:UInt32} group by hour, organization_id, shift, bucket)
group by all""",
    """
insert into hourly_pipe_stats_days (* except (own_partition))
select toStartOfHour(start_datetime), organization_id, toDate32(start_datetime),
    sumState(toInt64(1)), sumState(toInt128(error)), sumState(toInt64(error is null))
from floor_raw where toYYYYMMDD(start_datetime) = {partition:UInt32} group by all""",
    """
insert into hourly_pipe_stats_hours (* except (own_partition))
select toStartOfHour(start_datetime) as hour, organization_id, toUInt8(toHour(hour)), sumState(toInt64(1))
from floor_raw where toYYYYMMDD(start_datetime) = {partition:UInt32} group by all""",
]

# What each table keeps beside its period, and its states.
STATES = {
    "requests": (
        "organization_id, workspace_id, pipe_id, pipe_name, region",
        (
            "sumMergeState(requests), sumMergeState(errors), sumMergeState(errors_unknown), sumMergeState(read_bytes),"
            " sumMergeState(read_rows), sumMergeState(result_rows), sumMergeState(result_rows_unknown),"
            " sumMergeState(cpu_time_us), maxMergeState(last_at)"
        ),
    ),
    "durations": ("organization_id", "sumMapMergeState(histogram)"),
    "days": (
        "organization_id, event_date",
        "sumMergeState(requests), sumMergeState(errors), sumMergeState(errors_unknown)",
    ),
    "hours": ("organization_id, hour_of_day", "sumMergeState(requests)"),
}


def main(landing: Path, secret: bytes) -> None:
    """Dedupe, aggregate, summarize, and print a digest of the facts."""
    with tempfile.TemporaryDirectory(prefix="wrapped-floor-") as place, kept_open():
        address = Address("chdb", path=f"{place}/chdb")
        with connect(address, Limits(), {}, create=True, patience=0) as session:
            schema.prepare(session, str(address))
            # A day of argMax fits; spilling it would cost the floor a third more.
            session.client.set_client_setting("max_bytes_before_external_group_by", 0)
            for name in ("floor_raw", "floor_staging"):
                session.run(RAW.format(name=name))
            folders = sorted((landing / "pipe_stats").glob("dt=*"))
            for folder in folders:
                _take(session, folder)
            first, last = (date.fromisoformat(f.name.removeprefix("dt=")) for f in (folders[0], folders[-1]))
            _roll_up(session, first, last)
            _summarize(session, secret)
            facts = summaries.facts(session, YEAR)
    print(json.dumps({**own_cost(), "digest": digest(facts), "customers": len(facts)}))


def _take(session: Session, folder: Path) -> None:
    partition = int(folder.name.removeprefix("dt=").replace("-", ""))
    session.run(WINNERS, {"files": f"{folder}/**/*.parquet"})
    session.run(f"alter table floor_raw replace partition {partition} from floor_staging")
    session.run("truncate table floor_staging")
    for statement in HOURS:
        session.run(statement, {"partition": partition})


def _roll_up(session: Session, first: date, last: date) -> None:
    """Each period by itself, from the level below."""
    days = list(Span(first, last + timedelta(days=1)))
    for level in list(LEVELS.values())[1:]:
        source = LEVELS[level.source(LEVELS)]
        for period in sorted({level.span(day) for day in days}):
            partitions = [sql.partition(day) for day in period]
            for table, (dimensions, states) in STATES.items():
                session.run(
                    f"insert into {level.name}_pipe_stats_{table} (* except (own_partition))"
                    f" select {sql.start_of(level, source.period)}, {dimensions}, {states}"
                    f" from {source.name}_pipe_stats_{table}"
                    f" where toYYYYMMDD({source.period}) in {{partitions:Array(UInt32)}} group by all",
                    {"partitions": partitions},
                )


def _summarize(session: Session, secret: bytes) -> None:
    owners = session.rows("select distinct organization_id from monthly_pipe_stats_days")
    session.insert(
        "wrapped_organizations",
        [{"organization_id": o, "customer_id": o, "wrapped_id": wrapped_id(secret, o)} for (o,) in owners],
    )
    summaries.keep_members(session, YEAR, None, everyone=True)
    computing.compute(session, YEAR, Limits(), summaries.TABLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
