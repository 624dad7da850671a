-- The valid rows of some landing files of {family}, types settled, for an engine that keeps them in a table of its own.
-- One row per valid landing row, with its file and its number in it.
-- Reads the Parquet files in $paths; $file_ids and $regions are theirs, in the same order.
select {columns}
from (
    select
        {values},
        cast(file_row_number as ubigint) as row_number,
        landing_path,
        case
        {reasons}
        end as reason
    from read_parquet($paths, hive_partitioning = false, column_statistics = {statistics}, filename = 'landing_path')
) as landed
join (
    select
        unnest(cast($paths as varchar[])) as landing_path,
        unnest(cast($file_ids as ubigint[])) as file_id,
        unnest(cast($regions as varchar[])) as folder_region
) as files using (landing_path)
where reason is null
