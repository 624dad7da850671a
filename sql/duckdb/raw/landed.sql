-- The valid rows of some landing files, types settled, one version or many of each key.
-- One row per landing row of {family} whose event time lies from $from up to $to.
-- Reads the Parquet files in {paths}.
select {columns}
from (
    select {values}{reason}
    from read_parquet({paths}, hive_partitioning = false, column_statistics = {statistics})
)
where {event_time} >= $from and {event_time} < $to{only_valid}
