-- hours: milliseconds by the hour of the day in which a play began.
-- One row per listener: 24 numbers.
-- Reads hour_pieces of the wanted listeners.
with hours_heard as (
    select listener, hour, sum(ms) as ms
    from hour_pieces
    semi join wanted using (listener)
    group by all
),

by_hour as (
    select listener, map_from_entries(list((hour, ms))) as heard
    from hours_heard
    group by all
)

select
    listener,
    list_transform(range(0, 24), lambda hour: coalesce(heard[cast(hour as utinyint)], 0)) as hours
from by_hour
