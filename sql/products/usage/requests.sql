-- The requests of each customer's year, and what they read and answered. A null: one of them does not say.
-- One row per customer with a request in $year.
-- Reads members and a year of the yearly rollup of requests.
select
    customer,
    cast(sum(requests) as bigint) as requests,
    if(sum(errors_unknown) = 0, cast(sum(errors) as bigint), null) as errors,
    sum(read_bytes) as bytes_read,
    sum(read_rows) as rows_read,
    if(sum(result_rows_unknown) = 0, sum(result_rows), null) as result_rows
from yearly.pipe_stats_requests
join members using (organization_id)
where year = make_date($year, 1, 1)
group by customer
