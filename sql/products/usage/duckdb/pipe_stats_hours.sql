-- hourly.pipe_stats_hours: requests by hour of the day (UTC), kept as a dimension so that a month still knows its hours.
-- One row per (hour, organization_id, hour_of_day).
-- Reads raw.pipe_stats from $from up to $to; a refresh puts a semi join in place of the comment.
select
    date_trunc('hour', event.start_datetime) as hour,
    event.organization_id,
    cast(extract('hour' from event.start_datetime) as utinyint) as hour_of_day,
    count(*) as requests
from raw.pipe_stats as event /* touched */
where event.start_datetime >= $from and event.start_datetime < $to
group by all
