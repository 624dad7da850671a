-- Requests of $year by month, of all customers together: what the plot of an edition shows.
-- One row per month that has any.
-- Reads yearly.pipe_stats_days.
select month(event_date) as month, cast(sum(requests) as bigint) as requests
from yearly.pipe_stats_days
where year = make_date($year, 1, 1)
group by all
