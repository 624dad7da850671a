-- Requests of a year by month, of all customers together: what the plot of an edition shows.
-- One row per month that has any.
-- Reads monthly_pipe_stats_days.
select toMonth(month) as number, sumMerge(requests) as total
from monthly_pipe_stats_days
where month >= makeDate32({year:Int32}, 1, 1) and month < makeDate32({year:Int32} + 1, 1, 1)
group by number
