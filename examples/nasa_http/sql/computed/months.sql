-- Requests and bytes by month.
-- One row per month.
-- Reads the monthly rollup. Its months are UTC; here that is the same, as no month has a line after its 28th.
select
    strftime(month, '%Y-%m') as what,
    cast(sum(requests) as bigint) as requests,
    cast(sum(read_bytes) as bigint) as bytes
from monthly.pipe_stats_requests
group by month
order by month
