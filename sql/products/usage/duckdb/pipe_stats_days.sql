-- hourly.pipe_stats_days: requests by calendar day, kept as a dimension so that a month still knows its days.
-- One row per (hour, organization_id, event_date).
-- Reads raw.pipe_stats from $from up to $to; a refresh puts a semi join in place of the comment.
select
    date_trunc('hour', event.start_datetime) as hour,
    event.organization_id,
    cast(event.start_datetime as date) as event_date,
    count(*) as requests,
    sum(coalesce(event.error, 0)) as errors,
    count(*) filter (where event.error is null) as errors_unknown
from raw.pipe_stats as event /* touched */
where event.start_datetime >= $from and event.start_datetime < $to
group by all
