-- positions: where in the landing files the newest row of each key lies, and whether another row of that version exists.
-- One row per ({key}).
-- Reads the Parquet files in $paths_0, all of the same types.
create or replace temp table positions as
with landed as (
    select
        {landed_key},
        cast(epoch_us({exported_at}) as hugeint) << 64 as version,
        cast(file_index as bigint) << 32 | file_row_number as position
    from read_parquet($paths_0, hive_partitioning = false, column_statistics = {statistics})
    where {event_time} >= $from and {event_time} < $to{only_valid}
),

-- One integer that holds version and position tells the winner and a tie in one pass: a quarter less CPU than the
-- rewrite that DuckDB has for row_number() = 1 and a second pass for ties (measured; see docs/decisions/0003).
newest as (
    select max(version + position) as last_of_newest, max(version - position) as first_of_newest
    from landed
    group by {key}
)

select
    cast(last_of_newest >> 32 & 4294967295 as ubigint) as file_index,
    cast(last_of_newest & 4294967295 as bigint) as file_row_number,
    (last_of_newest + first_of_newest) & 18446744073709551615 <> 0 as is_repeated
from newest
