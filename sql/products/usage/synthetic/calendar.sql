-- days: the world's calendar. chunk_days: those from the variable from_day until to_day.
-- One row per day; share_before to share_so_far are the day's part of the world's requests and operations.
-- Reads the variables first_day, last_day. Growth, quiet weekends, a slow August and a rush in late November.
create or replace temp table days as
with calendar as (
    select
        unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as day,
        first_day,
        last_day - first_day + 1 as day_count
    from (select getvariable('first_day') as first_day, getvariable('last_day') as last_day)
),

weighted as (
    select
        day,
        day - first_day as day_no,
        day_count,
        case isodow(day) when 6 then 0.55 when 7 then 0.5 when 2 then 1.08 else 1 end
        * (1 + 0.7 * day_no / day_count)
        * case month(day) when 8 then 0.8 when 11 then 1.12 else 1 end
        * case
            when month(day) = 11 and day(day) between 24 and 30 then 1.6
            when (month(day) = 12 and day(day) between 24 and 26) or (month(day) = 1 and day(day) = 1) then 0.5
            else 1
        end
        * (0.9 + 0.2 * fraction(roll(day_no, 'day'))) as weight
    from calendar
),

cumulated as (
    select *, sum(weight) over (order by day) as weight_so_far
    from weighted
),

shared as (
    -- Divided by its own maximum, the last share is exactly 1: no event is lost to rounding.
    select *, weight_so_far / max(weight_so_far) over () as share_so_far
    from cumulated
)

select
    day,
    day_no,
    day_count,
    epoch_ms(day::timestamp) as day_ms,
    coalesce(lag(share_so_far) over (order by day), 0) as share_before,
    share_so_far,
    case
        -- Some days the exporter fell behind, some days a writer put rows into a neighbour's folder.
        when day_no % 10 = 0 then 'late'
        when day_no % 45 = 1 or day = last_day(day) then 'misfiled'
        else 'regular'
    end as mishap
from shared
order by day;

create or replace temp view chunk_days as
from days
where day >= getvariable('from_day') and day < getvariable('to_day');

-- The chunk's events by number, of so many in the whole time.
create or replace temp macro numbered(events) as table
select
    *,
    floor(events * share_before + 0.5)::bigint as first_no,
    unnest(range(first_no, floor(events * share_so_far + 0.5)::bigint)) as event_no
from chunk_days;
