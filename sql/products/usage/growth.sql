-- The requests of the year before by month, each with the first day that has one, and the last day of all: years are compared by whole months.
-- One row per customer with a request in the year before $year.
-- Reads members and the year before of the yearly rollup by day.
select
    customer,
    cast(sum(requests) as bigint) as previous_requests,
    list(struct_pack(first_day := first_day, requests := requests) order by first_day) as previous_months,
    max(last_day) as previous_last_day
from (
    select customer, min(event_date) as first_day, max(event_date) as last_day, cast(sum(requests) as bigint) as requests
    from yearly.pipe_stats_days
    join members using (organization_id)
    where year = make_date($year - 1, 1, 1)
    group by customer, month(event_date)
)
group by customer
