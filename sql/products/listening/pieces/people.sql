-- What the newest snapshot says of listeners that is not what the edition knows of them.
-- One row per listener. A time zone that nobody knows is UTC.
-- Reads the snapshots of listeners, listeners, and zones: the names of time zones.
select
    listeners.listener,
    listeners.bucket,
    coalesce(zones.name, 'UTC') as time_zone,
    coalesce(newest.opted_out = 1, false) as opted_out,
    listeners.time_zone <> coalesce(zones.name, 'UTC') as has_moved
from (
    select user_id, time_zone, opted_out
    from listeners_snapshots
    qualify row_number() over (partition by user_id order by exported_at desc, region) = 1
) as newest
join listeners on listeners.user_id = newest.user_id
left join zones on zones.name = newest.time_zone
where listeners.time_zone <> coalesce(zones.name, 'UTC')
    or listeners.opted_out <> coalesce(newest.opted_out = 1, false)
