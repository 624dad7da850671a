-- The valid rows of some landing files of {family}, types settled, for an engine that keeps them in a table of its own.
-- One row per valid landing row, with its file and its number in it.
-- Reads the Parquet files in $paths; $file_ids and $regions are theirs, in the same order.
select {columns}
from (
    select
        {values},
        file_row_number as row_number,
        landing_path,
        case
        {reasons}
        end as reason
    from read_parquet($paths, hive_partitioning = false, filename = 'landing_path')
) as landed
join (
    select unnest($paths) as landing_path, unnest($file_ids) as file_id, unnest($regions) as folder_region
) as files using (landing_path)
where reason is null
