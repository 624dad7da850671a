-- carriers: which objects carry the events of a region, day and hour into landing, and when.
-- One row per (region, event_day, event_hour, mishap, object).
-- Reads chunk_days, regions. Late events leave once, days or weeks later; misfiled ones once, in a wrong folder.
create or replace temp table carriers as
-- Every other event leaves in two exports or three. Few and wide ones, where a live region exports every ten
-- minutes: a demo year should be few files. A null family is each of them.
with windows (family, suffix, from_hour, to_hour, export_hour, every_days) as (
    values
    ('pipe_stats', 'morning', 0, 12, 12, 1),
    ('pipe_stats', 'day', 0, 24, 24, 1),
    ('pipe_stats', 'evening', 12, 24, 36, 1),
    ('pipe_stats', 'reconciliation', 0, 24, 80, 7),
    ('ingestion', 'day', 0, 24, 24, 1),
    ('ingestion', 'day-again', 0, 24, 48, 1),
    ('storage', 'day', 0, 24, 24, 1),
    ('storage', 'day-again', 0, 24, 48, 1),
    (null, 'late', 0, 24, null, 1),
    (null, 'misfiled', 0, 24, 48, 1)
),

timed as (
    select
        region,
        day as event_day,
        unnest(range(from_hour, to_hour)) as event_hour,
        suffix,
        if(family is null, suffix, 'regular') as mishap,
        -- At a month's end into the next month, otherwise into the day before; never outside the world.
        case
            when suffix <> 'misfiled' then day
            when day = last_day(day) and day < getvariable('last_day') then day + 1
            when day > getvariable('first_day') then day - 1
            else day
        end as folder_day,
        coalesce(
            export_hour, 24 * least(3 + (roll(day_no, 'late') % 40)::bigint, getvariable('last_day') - day + 13)
        ) as hours_later,
        epoch_ms(
            epoch_ms(day::timestamp)
            + 3600000 * hours_later
            + 60000
            + (roll(hash(region, day, suffix, getvariable('family')), 'clock') % 240000)::bigint
        )::timestamp_ms as exported_at
    from chunk_days
    cross join regions
    inner join windows on day_no % every_days = 0
    where family is null or family = getvariable('family')
)

select
    * exclude (suffix, hours_later),
    strftime(exported_at, '%Y%m%dT%H%M%SZ-') || suffix as object,
    -- A corrected event leaves first as it was, then as it is.
    mishap = 'regular'
    and exported_at = min(exported_at) over (partition by region, event_day, event_hour, mishap) as is_first
from timed;
