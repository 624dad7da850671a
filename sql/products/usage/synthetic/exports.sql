-- exports: the batch as it lands, with the path of the object that each row lies in.
-- One row per event and export that carries it, in the order of the objects and of time.
-- Reads batch, outdated, carriers.
create or replace temp view exports as
select
    {columns},
    format('{family}/dt={{}}/region={{}}/{{}}.parquet', folder_day, region, object) as path
from (select *, false as is_outdated from batch union all select *, true as is_outdated from outdated)
inner join carriers using (region, event_day, event_hour, mishap)
where is_outdated = (is_corrected and is_first)
order by path, {event_time}, event_no
