-- What of {family} landed for some days, and what raw holds of it once duplicates are gone.
-- One row.
-- Reads landing_files and raw_{family} from {since} up to {until}.
select
    uniqExact(file_id) as files,
    toInt64(sum(row_count)) as landed_rows,
    (
        select toInt64(count())
        from raw_{family}
        where {event_time} >= toDateTime64({since:Date32}, 6, 'UTC') and {event_time} < toDateTime64({until:Date32}, 6, 'UTC')
    ) as unique_rows
from landing_files
array join `days.day` as day, `days.row_count` as row_count
where family = '{family}'
    and state = 'landed'
    and day >= {since:Date32} and day < {until:Date32}
