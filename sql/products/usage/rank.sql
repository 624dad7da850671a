-- How many customers had requests in $year, and how many of them had fewer than each. Computed when it is read, so that a refresh
-- never rewrites the customers it did not touch.
-- One row per wrapped_id.
-- Reads main.wrapped_summaries.
with cohort as (
    -- Apart from the ranks: in DuckDB 2.0.0 `count(*) filter (...) over ()` takes 2 s for 100,000 customers, this 10 ms.
    select
        count(*) filter (where requests > 0) as cohort_size,
        count(*) filter (where requests = 0) as idle
    from main.wrapped_summaries
    where year = $year
)

select
    wrapped_id,
    requests,
    cohort_size,
    if(requests > 0, rank() over (order by requests) - 1 - idle, 0) as fewer
from main.wrapped_summaries
cross join cohort
where year = $year
