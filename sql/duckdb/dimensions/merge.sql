-- dimensions.{dimension}: of each region the newest snapshot of each id.
-- One row per ({key}).
-- Reads the snapshot files in $paths; the region is the one their folder names, $regions in the same order.
merge into dimensions.{dimension} as known
using (
    select {columns}, region, min(exported_at) over (partition by {key}) as first_exported_at
    from (
        select
            {values},
            case
        {reasons}
            end as reason,
            list_extract($regions, list_position($paths, landing_path)) as region
        from read_parquet($paths, hive_partitioning = false, column_statistics = {statistics}, filename = 'landing_path')
    )
    where reason is null
    qualify row_number() over (partition by {key} order by {greatest_first}) = 1
) as snapshot
on {same_key}
when matched and ({snapshot_tie_break}) > ({known_tie_break})
    then update set
        {assignments},
        first_exported_at = least(known.first_exported_at, snapshot.first_exported_at)
when matched and snapshot.first_exported_at < known.first_exported_at
    then update set first_exported_at = snapshot.first_exported_at
when not matched then insert ({columns}, region, first_exported_at)
    values ({snapshot_columns}, snapshot.first_exported_at)
