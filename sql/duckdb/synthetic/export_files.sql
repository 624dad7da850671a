-- The objects that carry the batch into landing, and how many of its rows each holds.
-- One row per object.
-- Reads batch, carriers.
select
    carriers.folder_day,
    batch.region,
    carriers.object,
    count(*) as row_count
from batch
inner join carriers using (region, event_day, event_hour, mishap)
group by carriers.folder_day, batch.region, carriers.object
order by carriers.folder_day, batch.region, carriers.object
