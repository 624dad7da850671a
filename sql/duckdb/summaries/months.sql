-- Requests of $year by month, of all customers together: what the plot of an edition shows.
-- One row per month that has any.
-- Reads main.wrapped_days.
select month(day) as month, cast(sum(requests) as bigint) as requests
from main.wrapped_days
where year = $year
group by all
