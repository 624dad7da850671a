-- {level}_{table}: raw rows as states of one {period} and dimension set.
-- One row per ({period}, {dimensions}).
-- Reads raw_{family} for the days in {partitions}.
select
    {start_of_period} as {period},
    {derived},
    {states}
from raw_{family} as event
where toYYYYMMDD(event.{event_time}) in {partitions:Array(UInt32)}
group by {period}, {dimensions}
