-- Marks some days of $family as followed by raw, except for the files in $keep, which could not be read.
-- One row per file and day settled.
-- Writes stale.raw from $from up to $to.
delete from stale.raw
where family = $family and period >= $from and period < $to
    and (file_id is null or file_id not in (select unnest(cast($keep as bigint[]))))
