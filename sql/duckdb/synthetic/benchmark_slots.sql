-- How many requests of the batch fall into each slot of a region's day, in the order of the batch.
-- One row per (event_day, region, slot), also where there are none.
-- Reads batch.
with requests as (
    select
        event_day,
        region,
        (epoch_ms(start_datetime) - epoch_ms(event_day::timestamp)) * $slots // 86400000 as slot
    from batch
),

region_days as (
    select
        event_day,
        region,
        unnest(range($slots::bigint)) as slot
    from (select distinct event_day, region from requests)
)

select
    region_days.event_day,
    region_days.region,
    region_days.slot,
    count(requests.slot) as row_count
from region_days
left join requests using (event_day, region, slot)
group by region_days.event_day, region_days.region, region_days.slot
order by region_days.event_day, region_days.region, region_days.slot
