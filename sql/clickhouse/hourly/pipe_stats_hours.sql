-- hourly_pipe_stats_hours: requests by hour of the day (UTC), kept as a dimension so that a month still knows its hours.
-- One row per (hour, organization_id, hour_of_day).
-- Reads raw_pipe_stats for the days in {partitions}.
select
    toStartOfHour(event.start_datetime) as hour,
    event.organization_id as organization_id,
    toHour(event.start_datetime) as hour_of_day,
    sumState(toInt64(1)) as requests
from raw_pipe_stats as event
where toYYYYMMDD(event.start_datetime) in {partitions:Array(UInt32)}
group by hour, organization_id, hour_of_day
