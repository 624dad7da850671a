-- carriers: which objects carry the events of a region, day and hour into the benchmark's landing, and when.
-- A window of three slots slides over a day, as an export every ten minutes of the last thirty does.
-- One row per (region, event_day, event_hour, mishap, object).
-- Reads chunk_days, regions, the variable day_slots, which divides 24. Nothing is late, misfiled or corrected.
create or replace temp table carriers as
select
    region,
    day as event_day,
    event_hour,
    mishaps.mishap,
    day as folder_day,
    epoch_ms(day_ms + 86400000 // getvariable('day_slots') * (slot_no + 1) + 60000)::timestamp_ms as exported_at,
    strftime(exported_at, '%Y%m%dT%H%M%SZ') as object,
    false as is_first
from chunk_days
cross join regions
cross join (values ('regular'), ('late'), ('misfiled')) as mishaps (mishap)
cross join (select unnest(range(24)) as event_hour)
cross join (select unnest(range(getvariable('day_slots') + 2)) as slot_no)
where event_hour * getvariable('day_slots') // 24 between slot_no - 2 and slot_no;
