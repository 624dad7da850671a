-- raw_{family}: of each key the row with the highest version, equal versions settled by the row's own values.
-- One row per ({key}).
-- Reads the landing rows; to merge, beside what raw holds. Of many days, in their order.
select {columns}
from (
    {landed}
)
order by {first}{key}, {greatest_first}
limit 1 by {key}
