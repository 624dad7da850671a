-- The impossible rows of some new landing files of {family}, each with its reason and all it says.
-- One row per quarantined landing row.
-- Reads the Parquet files in $paths.
select landing_path, row_number, reason, content
from (
    select
        landing_path,
        file_row_number as row_number,
        cast(to_json(struct_pack({content})) as varchar) as content,
        case
        {reasons}
        end as reason
    from read_parquet($paths, hive_partitioning = false, column_statistics = {statistics}, filename = 'landing_path')
)
where reason is not null
order by landing_path, row_number
