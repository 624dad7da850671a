-- The editions that must say anew how far they reach: files were exported later, or took another's place.
-- One row per year.
-- Reads landing_ledger for the days in {partitions} and imports after {after}, and wrapped_editions.
select distinct toInt32(toYear(waiting.day)) as year
from (
    select day, last_exported_at, 0 as replaced
    from landing_ledger
    array join `days.day` as day, `days.last_exported_at` as last_exported_at
    where family = {family:String} and sequence > {after:UInt64}
    union all
    select arrayJoin(replaced_days), toDateTime64(0, 6, 'UTC'), 1
    from landing_ledger
    where family = {family:String} and sequence > {after:UInt64}
) as waiting
left join wrapped_editions as editions on editions.year = toInt32(toYear(waiting.day))
where toYYYYMMDD(waiting.day) in {partitions:Array(UInt32)}
    and (waiting.replaced or editions.generated_at is null or waiting.last_exported_at > editions.generated_at)
