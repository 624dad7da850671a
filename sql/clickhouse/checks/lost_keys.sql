-- Keys that landed and do not stand in raw_{family}. None is a pass.
-- One row per lost key.
-- Reads landing_{family} and raw_{family} for the days in {partitions}.
select distinct {key}
from (
    {landed}
) as landed
left anti join (
    {held}
) as held using ({key})
order by all
