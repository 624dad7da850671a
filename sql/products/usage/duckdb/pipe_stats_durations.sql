-- hourly.pipe_stats_durations: the histogram of request durations. A request that does not say its duration is in no bucket.
-- One row per (hour, organization_id, duration_bucket).
-- Reads raw.pipe_stats from $from up to $to; a refresh puts a semi join in place of the comment.
--
-- Below 256 microseconds every value has its own bucket; above, each power of two is cut into 128
-- by its leading bits, so a bucket is at most 1/128 wide and the same integers fall into it on
-- every engine. log2 is exact enough here: landing refuses durations of 2^45 microseconds or more.
with events as (
    select
        date_trunc('hour', event.start_datetime) as hour,
        event.organization_id,
        event.duration_us,
        greatest(cast(floor(log2(greatest(event.duration_us, 1))) as integer) - 7, 0) as shift
    from raw.pipe_stats as event /* touched */
    where event.start_datetime >= $from and event.start_datetime < $to and event.duration_us is not null
)

select
    hour,
    organization_id,
    cast(shift * 128 + (duration_us >> shift) as usmallint) as duration_bucket,
    count(*) as requests
from events
group by all
