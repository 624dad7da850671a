-- raw.{family}: of each key the row with the highest version.
-- One row per ({key}).
-- Reads the Parquet files in $paths_0, all of the same columns; equal versions are settled by settled.sql, see repeated.sql.
select {values}
from (
    select *
    from read_parquet($paths_0, hive_partitioning = false)
    where {event_time} >= $from and {event_time} < $to{only_valid}
    -- DuckDB turns row_number() = 1 over ONE ordering column of a plain scan into arg_max over row positions and a
    -- late read of the winners. With types settled in here, or more columns to order by, the same day costs twice
    -- the CPU and carries whole rows through arg_max (measured; see docs/decisions/0003).
    qualify row_number() over (partition by {key} order by exported_at desc) = 1
)
order by {event_time}
