-- hourly_pipe_stats_durations: the histogram of request durations, as one state of arrays. A request that does not say its
-- duration is in no bucket.
-- One row per (hour, organization_id).
-- Reads raw_pipe_stats for the days in {partitions}.
--
-- Below 256 microseconds every value has its own bucket; above, each power of two is cut into 128
-- by its leading bits, so a bucket is at most 1/128 wide and the same integers fall into it on
-- every engine. log2 is exact enough here: landing refuses durations of 2^45 microseconds or more.
with buckets as (
    select
        toStartOfHour(event.start_datetime) as hour,
        event.organization_id as organization_id,
        toUInt16(greatest(toInt32(floor(log2(greatest(assumeNotNull(event.duration_us), 1)))) - 7, 0)) as shift,
        toUInt16(shift * 128 + bitShiftRight(assumeNotNull(event.duration_us), shift)) as duration_bucket,
        toInt64(count()) as requests
    from raw_pipe_stats as event
    where toYYYYMMDD(event.start_datetime) in {partitions:Array(UInt32)} and event.duration_us is not null
    group by hour, organization_id, shift, duration_bucket
)

select hour, organization_id, sumMapState([duration_bucket], [requests]) as histogram
from buckets
group by hour, organization_id
