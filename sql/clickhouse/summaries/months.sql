-- Requests of a year by month, of all customers together: what the plot of an edition shows.
-- One row per month that has any.
-- Reads wrapped_summaries.
select toMonth(day.1) as number, sum(day.2) as total
from wrapped_summaries
array join days as day
where year = {year:Int32}
group by number
