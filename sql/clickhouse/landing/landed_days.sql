-- Valid landing rows of a family by day of the event.
-- One row per day that has any.
-- Reads landing_files from {since} up to {until}.
select day, sum(row_count) as row_count
from landing_files
array join `days.day` as day, `days.row_count` as row_count
where family = {family:String}
    and state = 'landed'
    and day >= {since:Date32} and day < {until:Date32}
group by day
order by day
