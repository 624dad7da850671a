-- difference: everybody's rows of {level} may be different now.
-- One row per day, with no {subject}.
-- Bound from $from up to $to.
create or replace temp table difference as
select cast(day as date) as {period}, cast(null as varchar) as {subject}
from range(cast($from as timestamp), cast($to as timestamp), interval 1 day) as days (day)
