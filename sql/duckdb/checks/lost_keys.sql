-- Keys that landed and do not stand in raw.{family}. None is a pass.
-- One row per lost key.
-- Reads the landing files and raw.{family} from $from up to $to.
select distinct {key}
from ({landed}) as landed
anti join (
    select {key} from raw.{family} where {event_time} >= $from and {event_time} < $to
) as known using ({key})
order by all
