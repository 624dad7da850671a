-- raw_{family}: of each key the row with the highest version, equal versions settled by the row's own values.
-- One row per ({key}).
-- Reads the landing rows; to merge, beside what raw holds. By day and organization, as landing is sorted: so they are sorted piece by piece,
-- in small blocks, for each of a month's parts has one open.
select {columns}
from (
    {landed}
)
order by toYYYYMMDD({event_time}), {key}, {greatest_first}
limit 1 by toYYYYMMDD({event_time}), {key}
settings max_block_size = 8192
