-- What of {family} landed for some days, and what raw holds of it once duplicates are gone.
-- One row.
-- Reads the ledger and raw.{family} from $from up to $to.
select
    count(distinct file_days.file_id) as files,
    coalesce(cast(sum(file_days.row_count) as bigint), 0) as landed_rows,
    (
        select count(*)
        from raw.{family}
        where {event_time} >= $from and {event_time} < $to
    ) as unique_rows
from landing.file_days
join landing.files using (file_id)
where file_days.family = $family
    and files.state = 'landed'
    and file_days.day >= $from and file_days.day < $to
