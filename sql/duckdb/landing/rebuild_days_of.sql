-- Makes raw rebuild each day on which a replaced file had rows.
-- One row per (family, day).
-- Reads landing.file_days, writes stale.raw.
insert into stale.raw
select distinct family, day, cast(null as bigint)
from landing.file_days
where file_id in (select unnest($file_ids))
