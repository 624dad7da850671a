-- Has the editions say anew how far they reach where these files were exported later, or took another's place.
-- One row per year. The files in $keep were not there to be read.
-- Reads stale.raw from $from up to $to, the ledger and main.wrapped_editions, writes stale.editions.
insert into stale.editions
select distinct year(waiting.period)
from stale.raw as waiting
left join landing.file_days on file_days.file_id = waiting.file_id and file_days.day = waiting.period
left join main.wrapped_editions as editions on editions.year = year(waiting.period)
where waiting.family = $family
    and waiting.period >= $from
    and waiting.period < $to
    and (waiting.file_id is null or waiting.file_id not in (select unnest(cast($keep as bigint[]))))
    and (
        waiting.file_id is null
        or editions.generated_at is null
        or file_days.last_exported_at > editions.generated_at
    )
