-- main.wrapped_days: requests by calendar day, in the wanted months of each wanted customer.
-- One row per (wrapped_id, day) with any request in $year.
-- Reads wanted, main.wrapped_organizations and a year of the yearly rollup by day.
select
    cast($year as smallint) as year,
    organizations.wrapped_id,
    yearly.event_date as day,
    cast(sum(yearly.requests) as bigint) as requests,
    if(sum(yearly.errors_unknown) = 0, cast(sum(yearly.errors) as bigint), null) as errors
from yearly.pipe_stats_days as yearly
join main.wrapped_organizations as organizations using (organization_id)
semi join wanted
    on wanted.wrapped_id = organizations.wrapped_id
    and coalesce(wanted.month = date_trunc('month', yearly.event_date), true)
where yearly.year = make_date($year, 1, 1)
group by organizations.wrapped_id, yearly.event_date
order by organizations.wrapped_id, yearly.event_date
