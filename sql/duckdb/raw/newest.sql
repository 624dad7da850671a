-- raw.{family}: of each key the row with the highest version.
-- One row per ({key}).
-- Reads positions and the same Parquet files in $paths_0; equal versions are settled by settled.sql, see contested.sql.
select {values}
from read_parquet($paths_0, hive_partitioning = false, column_statistics = {statistics}) as landed
semi join positions
    -- No bounds on the time here: DuckDB would take the landing rows for the smaller side and put them all into its hash table.
    on landed.file_index = positions.file_index and landed.file_row_number = positions.file_row_number
order by {event_time}
