-- The landed files of {family} with rows on some days, imported after {after}.
-- One row per file.
-- Reads landing_ledger; the days are in {partitions}.
select file_id
from (
    select
        max(sequence) as newest,
        argMax(file_id, sequence) as file_id,
        argMax(state, sequence) as state,
        argMax(`days.day`, sequence) as days
    from landing_ledger
    where family = '{family}'
    group by object_key
)
where state = 'landed'
    and newest > {after:UInt64}
    and arrayExists(day -> has({partitions:Array(UInt32)}, toYYYYMMDD(day)), days)
