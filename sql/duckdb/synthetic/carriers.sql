-- carriers: which objects carry the events of a region, day and hour into landing, and when.
-- One row per (region, event_day, event_hour, mishap, object).
-- Reads days, regions, windows. Late events leave once, days or weeks later; misfiled ones once, in a wrong folder.
create or replace temp table carriers as
with hours as (
    select
        regions.region,
        days.day as event_day,
        days.day_no,
        unnest(range(24)) as event_hour
    from days
    cross join regions
    where days.day >= $from_day and days.day < $to_day
),

planned as (
    select
        hours.region,
        hours.event_day,
        hours.event_hour,
        'regular' as mishap,
        hours.event_day as folder_day,
        windows.object,
        windows.export_hour
    from hours
    inner join windows
        on
            hours.event_hour >= windows.from_hour
            and hours.event_hour < windows.to_hour
            and hours.day_no % windows.every_days = 0
    where windows.family = $family

    union all

    select
        region,
        event_day,
        event_hour,
        'late' as mishap,
        event_day as folder_day,
        'late' as object,
        24 * least(3 + (roll(day_no, 'late') % 40)::bigint, $last_day - event_day + 13) as export_hour
    from hours

    union all

    select
        region,
        event_day,
        event_hour,
        'misfiled' as mishap,
        -- At a month's end into the next month, otherwise into the day before; never outside the world.
        case
            when event_day = last_day(event_day) and event_day < $last_day then event_day + 1
            when event_day > $first_day then event_day - 1
            else event_day
        end as folder_day,
        'misfiled' as object,
        48 as export_hour
    from hours
),

timed as (
    select
        *,
        epoch_ms(
            epoch_ms(event_day::timestamp)
            + 3600000 * export_hour
            + 60000
            + (roll(hash(region, event_day, object, $family), 'clock') % 240000)::bigint
        )::timestamp_ms as exported_at
    from planned
)

select
    region,
    event_day,
    event_hour,
    mishap,
    folder_day,
    strftime(exported_at, '%Y%m%dT%H%M%SZ-') || object as object,
    exported_at,
    -- A corrected event leaves first as it was, then as it is.
    mishap = 'regular'
    and exported_at = min(exported_at) over (partition by region, event_day, event_hour, mishap) as is_first
from timed
