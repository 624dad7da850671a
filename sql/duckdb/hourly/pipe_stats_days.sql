-- hourly.pipe_stats_days: requests by calendar day, kept as a dimension so that a month still knows its days.
-- One row per (hour, organization_id, event_date).
-- Reads raw.pipe_stats from $from up to $to; a refresh puts a semi join in place of the comment.
select
    date_trunc('hour', event.start_datetime) as hour,
    event.organization_id,
    cast(event.start_datetime as date) as event_date,
    count(*) as requests,
    sum(event.error) as errors
from raw.pipe_stats as event /* touched */
where event.start_datetime >= $from and event.start_datetime < $to
group by all
