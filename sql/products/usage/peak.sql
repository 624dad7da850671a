-- Requests by hour of the day, all days of the year together: the peak hour is the first of the largest.
-- One row per customer with a request in $year; hours without one are left out.
-- Reads members and a year of the yearly rollup by hour of the day.
select
    customer,
    list(struct_pack(hour_of_day := hour_of_day, requests := requests) order by hour_of_day) as hours
from (
    select customer, hour_of_day, cast(sum(requests) as bigint) as requests
    from yearly.pipe_stats_hours
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, hour_of_day
)
group by customer
