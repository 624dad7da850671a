-- waiting: hours whose landing files raw has not followed yet: those of a file to merge, or the whole day to rebuild.
-- One row per (family, day).
-- Reads stale.raw and the ledger from $from up to $to.
select
    waiting.family,
    waiting.period as day,
    bit_or(coalesce(file_days.hours, 16777215)) as hours
from stale.raw as waiting
left join landing.file_days on file_days.file_id = waiting.file_id and file_days.day = waiting.period
where waiting.period >= $from and waiting.period < $to
group by waiting.family, waiting.period
order by waiting.family, waiting.period
