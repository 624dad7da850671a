-- waiting: the hours of the files of a day that were imported after what raw holds, or all hours of a day to rebuild.
-- One row.
-- Reads serving.file_hours.
select
    $family as family,
    $day as day,
    case when $newer_than < 0 then 16777215 else coalesce(bit_or(hours), 0) end as hours
from serving.file_hours
where family = $family and day = $day and file_id > $newer_than
