-- Makes hourly recompute the hours of the organizations whose rows were just merged.
-- One row per (hour, organization_id).
-- Reads staged, writes stale.hourly.
insert into stale.hourly
select distinct
    $family,
    cast({event_time} as date),
    date_trunc('hour', {event_time}),
    organization_id
from staged
