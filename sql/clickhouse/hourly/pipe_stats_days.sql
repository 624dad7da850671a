-- hourly_pipe_stats_days: requests by calendar day, kept as a dimension so that a month still knows its days.
-- One row per (hour, organization_id, event_date).
-- Reads raw_pipe_stats for the days in {partitions}.
select
    toStartOfHour(event.start_datetime) as hour,
    event.organization_id as organization_id,
    toDate32(event.start_datetime) as event_date,
    sumState(toInt64(1)) as requests,
    sumState(toInt128(ifNull(event.error, 0))) as errors,
    sumState(toInt64(event.error is null)) as errors_unknown
from raw_pipe_stats as event
where toYYYYMMDD(event.start_datetime) in {partitions:Array(UInt32)}
group by hour, organization_id, event_date
