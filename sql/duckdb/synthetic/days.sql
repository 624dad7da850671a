-- days: the world's calendar, and which of the numbered events happen on each day.
-- One row per day; requests are numbered first_request to end_request, the end excluded, and so on.
-- Reads nothing. Growth over the year, quiet weekends, a slow August and a rush in late November.
create or replace temp table days as
with calendar as (
    select
        unnest(generate_series($first_day::timestamp, $last_day::timestamp, interval 1 day))::date as day
),

numbered as (
    select
        day,
        day - $first_day as day_no,
        $last_day - $first_day + 1 as day_count
    from calendar
),

weighted as (
    select
        *,
        case isodow(day) when 6 then 0.55 when 7 then 0.5 when 2 then 1.08 else 1 end
        * (1 + 0.7 * day_no / day_count)
        * case month(day) when 8 then 0.8 when 11 then 1.12 else 1 end
        * case
            when month(day) = 11 and day(day) between 24 and 30 then 1.6
            when (month(day) = 12 and day(day) between 24 and 26) or (month(day) = 1 and day(day) = 1) then 0.5
            else 1
        end
        * (0.9 + 0.2 * fraction(roll(day_no, 'day'))) as weight
    from numbered
),

cumulated as (
    select
        *,
        sum(weight) over (order by day) as weight_so_far
    from weighted
),

shared as (
    select
        *,
        -- Divided by its own maximum, the last share is exactly 1: no event is lost to rounding.
        weight_so_far / max(weight_so_far) over () as share_so_far
    from cumulated
),

ends as (
    select
        day,
        day_no,
        day_count,
        floor($requests * share_so_far + 0.5)::bigint as end_request,
        floor($operations * share_so_far + 0.5)::bigint as end_operation,
        ($readings * (day_no + 1)) // day_count as end_reading
    from shared
)

select
    day,
    day_no,
    day_count,
    epoch_ms(day::timestamp) as day_ms,
    coalesce(lag(end_request) over (order by day), 0) as first_request,
    end_request,
    coalesce(lag(end_operation) over (order by day), 0) as first_operation,
    end_operation,
    coalesce(lag(end_reading) over (order by day), 0) as first_reading,
    end_reading,
    case
        -- Some days the exporter fell behind, some days a writer put rows into a neighbour's folder.
        when day_no % 10 = 0 then 'late'
        when day_no % 45 = 1 or day = last_day(day) then 'misfiled'
        else 'regular'
    end as mishap
from ends
order by day
