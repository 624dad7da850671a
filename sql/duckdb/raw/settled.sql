-- raw.{family}: of each key the row with the highest version, equal versions settled by the row's own values.
-- One row per ({key}).
-- Reads the landing rows. Slower than newest.sql, and never dependent on the order of arrival.
select {columns}
from ({landed})
qualify row_number() over (partition by {key} order by {greatest_first}) = 1
order by {event_time}, {key}
