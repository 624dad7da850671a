-- {level}_{table}: the states of {source}_{table} merged into one row per {period}.
-- One row per ({period}, {dimensions}).
-- Reads {source}_{table} for the days in {partitions}.
select
    {start_of_period} as {period},
    {dimensions},
    {merges}
from {source}_{table} as state
where toYYYYMMDD(state.{source_period}) in {partitions:Array(UInt32)}
group by {period}, {dimensions}
