-- Percentiles of the duration of each customer's requests: the largest value of the bucket that holds the nearest rank, so they never flatter.
-- One row per customer whose requests all say their duration; others are in no bucket.
-- Reads members and a year of the yearly rollups of durations and requests.
-- First by runs of 32 buckets, then inside the few runs that hold a percentile: reading the histogram twice is half the
-- price of grouping every bucket of it (measured on 620 customers of a year).
with bucket_runs as (
    select customer, duration_bucket // 32 as bucket_run, cast(sum(requests) as bigint) as requests
    from yearly.pipe_stats_durations
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, bucket_run
),

runs_so_far as (
    select
        customer,
        bucket_run,
        sum(requests) over (partition by customer order by bucket_run) as requests_so_far,
        requests_so_far - requests as requests_before,
        sum(requests) over (partition by customer) as total
    from bucket_runs
),

percentile_runs as (
    select distinct customer, bucket_run, requests_before, total
    from runs_so_far
    cross join (values (50), (95), (99)) as percents (percent)
    where requests_before * 100 < total * percent and requests_so_far * 100 >= total * percent
),

duration_buckets as (
    select
        members.customer,
        runs.bucket_run,
        yearly.duration_bucket,
        runs.total,
        runs.requests_before,
        cast(sum(yearly.requests) as bigint) as requests
    from yearly.pipe_stats_durations as yearly
    join members using (organization_id)
    join percentile_runs as runs
        on members.customer = runs.customer and yearly.duration_bucket // 32 = runs.bucket_run
    where yearly.year = make_date($year, 1, 1)
    group by all
),

buckets_so_far as (
    select
        customer,
        duration_bucket,
        total,
        requests_before
        + sum(requests) over (partition by customer, bucket_run order by duration_bucket) as requests_so_far
    from duration_buckets
),

duration_limits as (
    select
        customer,
        requests_so_far,
        total,
        greatest(cast(duration_bucket as bigint) // 128 - 1, 0) as shift,
        ((cast(duration_bucket as bigint) - shift * 128 + 1) << shift) - 1 as largest_us
    from buckets_so_far
),

request_totals as (
    select customer, sum(requests) as requests
    from yearly.pipe_stats_requests
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer
)

select
    customer,
    min(largest_us) filter (where requests_so_far * 100 >= total * 50) as p50_us,
    min(largest_us) filter (where requests_so_far * 100 >= total * 95) as p95_us,
    min(largest_us) filter (where requests_so_far * 100 >= total * 99) as p99_us
from duration_limits
semi join request_totals
    on duration_limits.customer = request_totals.customer and duration_limits.total = request_totals.requests
group by customer
