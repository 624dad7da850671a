-- What some new landing files of {family} hold: how many rows fall on which day, and how many are impossible and why.
-- One row per (file, day of the event or null, reason or null).
-- Reads the Parquet files in $paths, all columns of the contract and no others.
select
    landing_path,
    case when reason is null then {day} end as day,
    reason,
    count(*) as row_count,
    max(exported_at) filter (where reason is null) as last_exported_at,
    {hours} filter (where reason is null) as hours,
    -- Reads every column to its last page: what cannot be read must fail here, where only its file is set aside.
    bit_xor(hash({columns})) as content
from (
    select
        {values},
        landing_path,
        case
        {reasons}
        end as reason
    -- Under a name of our own: `filename` would be the column of that name of a file that has one.
    from read_parquet($paths, hive_partitioning = false, column_statistics = {statistics}, filename = 'landing_path')
)
group by all
