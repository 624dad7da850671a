-- Days of $family for which something landed that raw does not hold yet.
-- One row per day; must_rebuild when an object of it was changed.
-- Reads stale.raw from $from up to $to.
select period as day, bool_or(file_id is null) as must_rebuild
from stale.raw
where family = $family and period >= $from and period < $to
group by all
order by day
