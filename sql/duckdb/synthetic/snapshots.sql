-- snapshots: when each region wrote down the names of its organizations and workspaces.
-- One row per region and snapshot: weekly from the first day, and once more when the last day is over.
-- Reads regions.
create or replace temp table snapshots as
with taken as (
    select unnest(generate_series($first_day::timestamp, $last_day::timestamp, interval 7 day))::date as taken_on
    union
    select $last_day + 1 as taken_on
),

timed as (
    select
        regions.region,
        taken.taken_on,
        epoch_ms(
            epoch_ms(taken.taken_on::timestamp)
            + 300000
            + (roll(hash(regions.region, taken.taken_on), 'snapshot') % 60000)::bigint
        )::timestamp_ms as exported_at
    from taken
    cross join regions
)

select
    region,
    taken_on,
    exported_at,
    strftime(exported_at, '%Y%m%dT%H%M%SZ') as object
from timed
order by region, taken_on
